"""Where Chromium is on this machine."""

import os
import shutil
from pathlib import Path

from artelier.domain.errors import BrowserFailed

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge-stable", "brave-browser")
_FILES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
)
_PLAYWRIGHTS = (
    (".cache/ms-playwright", "chromium-*/chrome-linux*/chrome"),
    ("Library/Caches/ms-playwright", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"),
)
"""Where ``playwright install chromium`` puts one, beneath the home folder."""


def find_chromium(configured: str = "") -> Path:
    """Return the program to start: the configured one, else one from the usual places. Raises ``BrowserFailed``."""
    if configured:
        found = Path(configured).expanduser()
        if not os.access(found, os.X_OK) or found.is_dir():
            raise BrowserFailed(f"tools.browser.executable is {found}, and no program is there. The operator must correct it.")
        return found
    for name in _NAMES:
        if path := shutil.which(name):
            return Path(path)
    for file in (*map(Path, _FILES), *_downloaded()):
        if os.access(file, os.X_OK):
            return file
    raise BrowserFailed(
        "There is no Chromium on this machine. The operator can install it: `apt install chromium`, `brew install --cask chromium`, "
        "or name one in tools.browser.executable."
    )


def _downloaded() -> list[Path]:
    return [path for folder, glob in _PLAYWRIGHTS for path in sorted((Path.home() / folder).glob(glob), reverse=True)]
