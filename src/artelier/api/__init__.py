"""The HTTP API: thin routers over the runtime."""
