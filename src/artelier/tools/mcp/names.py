"""Names by which models call servers' tools: ``server__tool``, in the letters and the length that every provider takes."""

import hashlib
import re
from collections.abc import Iterable

LONGEST = 64
SEPARATOR = "__"
_OTHER = re.compile(r"[^A-Za-z0-9_-]")
_MARK = 6


def tool_names(server: str, tools: Iterable[str]) -> dict[str, str]:
    """Return a name for each of a server's tools, by the server's own name: unique, and the same whenever the tools are the same."""
    wanted = {tool: f"{server}{SEPARATOR}{_OTHER.sub('_', tool) or '_'}" for tool in tools}
    used: dict[str, int] = {}
    for name in wanted.values():
        used[name] = used.get(name, 0) + 1
    return {tool: name if len(name) <= LONGEST and used[name] == 1 else _marked(name, tool) for tool, name in wanted.items()}


def server_of(name: str) -> str:
    """Return the server that a tool's name begins with, empty where it is no server's tool."""
    server, separator, _ = name.partition(SEPARATOR)
    return server if separator else ""


def _marked(name: str, tool: str) -> str:
    mark = hashlib.sha256(tool.encode(errors="surrogatepass")).hexdigest()[:_MARK]
    return f"{name[: LONGEST - _MARK - 1]}_{mark}"
