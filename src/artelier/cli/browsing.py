"""The console in the browser, where there is one."""

import os
import sys

import typer


def browser_fits() -> bool:
    """Return whether a browser can be shown: on a screen of this machine, not over a remote shell."""
    if sys.platform in {"darwin", "win32"}:
        return not os.environ.get("SSH_CONNECTION")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def opened(link: str) -> bool:
    """Open a link in the browser; False where that could not be done."""
    return browser_fits() and typer.launch(link) == 0
