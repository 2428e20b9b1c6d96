"""Which agent answers: what the person said outright, and a small learned classifier. Pure but for reading its weights."""
