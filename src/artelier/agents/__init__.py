"""The built-in agents and the loader of users' own."""
