"""What agents can call: one family of tools a file."""
