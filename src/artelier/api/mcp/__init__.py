"""MCP: agents as tools, sessions and files as resources. Source: https://modelcontextprotocol.io/specification."""
