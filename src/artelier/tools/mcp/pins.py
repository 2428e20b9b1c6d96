"""What each server offered when it was accepted, kept in the state folder: what is offered at start, and what a change is measured by."""

import asyncio
import os
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct

from artelier.domain.errors import StoreError
from artelier.tools.mcp.session import Definition, ServerPlan


class _Pinned(Struct, frozen=True):
    source: str
    tools: tuple[Definition, ...]


class Pins:
    """Keeps definitions in a file a server beneath ``folder``, which is made when needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, plan: ServerPlan) -> tuple[Definition, ...] | None:
        """Return what was accepted of this server, None where nothing was, or of another program or address. Raises ``StoreError``."""
        try:
            kept = msgspec.json.decode(self._file(plan.name).read_bytes(), type=_Pinned)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as failure:
            raise StoreError(
                f"{self._file(plan.name)} cannot be read ({failure}). It holds which MCP tools were accepted; "
                f"`artelier mcp accept {plan.name}` takes what the server offers now."
            ) from failure
        return kept.tools if kept.source == plan.source else None

    async def write(self, plan: ServerPlan, tools: tuple[Definition, ...]) -> None:
        """Accept these. Raises ``StoreError``."""
        content = msgspec.json.encode(_Pinned(plan.source, tools))
        try:
            await asyncio.to_thread(self._write, self._file(plan.name), content)
        except OSError as failure:
            raise StoreError(f"Which tools the MCP server {plan.name} offers could not be kept: {failure}. Look at the disk.") from failure

    def forget(self, name: str) -> bool:
        """Accept at the next start what the server offers then; False when nothing was kept. Raises ``StoreError``."""
        try:
            self._file(name).unlink()
        except FileNotFoundError:
            return False
        except OSError as failure:
            raise StoreError(f"{self._file(name)} cannot be removed: {failure}. Remove it yourself.") from failure
        return True

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _write(self, file: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as written:  # made with mode 0600
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        Path(written.name).replace(file)
