"""The sandbox as the operator's settings want it."""

from pathlib import Path

from artelier.settings import Settings
from artelier.workspaces.sandbox.levels import Sandbox, Wish
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.probing import find_sandbox


async def open_sandbox(settings: Settings, state_folder: Path) -> Sandbox:
    """Return what runs commands here, found by running one in it. What the server owns is hidden from commands."""
    return await find_sandbox(_wish(settings, state_folder))


def _wish(settings: Settings, state_folder: Path) -> Wish:
    wanted = settings.sandbox
    return Wish(
        mode=wanted.mode,
        limits=CommandLimits(
            memory_bytes=wanted.memory_bytes,
            processes=wanted.processes,
            cpu_seconds=wanted.cpu_seconds,
            file_bytes=wanted.file_bytes,
            open_files=wanted.open_files,
            temporary_bytes=wanted.temporary_bytes,
        ),
        tool_folders=tuple(Path(folder).expanduser().resolve() for folder in wanted.tool_paths),
        hidden=(state_folder.resolve(),),
        quarantine=state_folder / "quarantine",
    )
