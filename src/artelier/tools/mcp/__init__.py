"""Tools of MCP servers. Only ``sdk``, ``process`` and ``schemas`` import the SDK and its libraries; ``sdk`` is loaded by name."""
