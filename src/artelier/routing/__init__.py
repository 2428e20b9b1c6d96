"""Which agent answers a request: what the person said outright, and a small learned classifier. Pure; no input or output but its weights."""
