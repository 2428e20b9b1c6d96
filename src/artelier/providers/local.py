"""Model servers on this machine, found where they usually listen."""

import asyncio
from collections.abc import Mapping

from msgspec import Struct

from artelier.domain.errors import ProviderError
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.transport import HttpTransport

USUAL_PORTS: Mapping[str, int] = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080}
"""Ports on loopback, by the server that listens there unless it is told otherwise."""
SETTING_NAMES: Mapping[str, str] = {"Ollama": "ollama", "LM Studio": "lmstudio", "llama.cpp": "llamacpp"}
"""What their providers are called in the settings."""
_PATIENCE = 0.3
"""Seconds for each of them; they are asked together."""


class LocalServer(Struct, frozen=True):
    """A server that answered with at least one model."""

    name: str
    base_url: str
    models: tuple[str, ...]


async def find_local_servers(ports: Mapping[str, int] = USUAL_PORTS, patience: float = _PATIENCE) -> tuple[LocalServer, ...]:
    """Return the model servers on 127.0.0.1 in the order of ``ports``, after ``patience`` seconds at most."""
    found = await asyncio.gather(*(_ask(name, port, patience) for name, port in ports.items()))
    return tuple(server for server in found if server is not None)


async def _ask(name: str, port: int, patience: float) -> LocalServer | None:
    base_url = f"http://127.0.0.1:{port}/v1"
    provider = OpenAIChat(base_url, "", HttpTransport())
    try:
        async with asyncio.timeout(patience):
            models = await provider.list_models()
    except (ProviderError, TimeoutError):
        return None
    finally:
        await provider.close()
    return LocalServer(name, base_url, models) if models else None
