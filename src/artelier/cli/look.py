"""How the terminal looks: colours by meaning, glyphs with a plain twin, and nothing of either where they do not fit."""

import os
import sys

from rich import box
from rich.console import Console
from rich.theme import Theme

_THEME = Theme({"accent": "cyan", "ok": "green", "warn": "yellow", "bad": "red", "dim": "bright_black", "name": "bold"})
_GLYPHS = {
    "done": ("✓", "*"),
    "running": ("◌", "."),
    "waiting": ("?", "?"),
    "failed": ("✗", "x"),
    "denied": ("⊘", "x"),
    "early": ("↯", ">"),
    "cached": ("=", "="),
    "read_ahead": ("◇", "o"),
    "note": ("·", "-"),
    "dash": ("—", "-"),
    "open": ("▾", "v"),
    "warning": ("!", "!"),
    "dot": ("·", "-"),
    "line": ("─", "-"),
    "side": ("│", "|"),
    "bar": ("▬", "="),
    "bar_short": ("▪", "-"),
    "bar_free": ("▫", "o"),
    "bar_mark": ("│", "|"),
    "chosen_from": ("‹", "<"),
    "chosen_to": ("›", ">"),
    "pending": ("○", "o"),
    "more": ("…", "..."),
    "minus": ("−", "-"),
}


def unicode_fits() -> bool:
    """Return whether the terminal takes more than ASCII."""
    return (sys.stdout.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}


def glyph(name: str) -> str:
    """Return a state's own glyph, or its ASCII twin."""
    return _GLYPHS[name][0 if unicode_fits() else 1]


def output(*, stderr: bool = False) -> Console:
    """Return a console; colours only on a terminal and without ``NO_COLOR``."""
    return Console(
        theme=_THEME, stderr=stderr, highlight=False, soft_wrap=True, emoji=False, no_color=bool(os.environ.get("NO_COLOR")) or None
    )


def frame() -> box.Box:
    """Return the frame of a card."""
    return box.SQUARE if unicode_fits() else box.ASCII


def visible(text: str) -> str:
    """Return a text with control and direction characters made visible, so that nothing hides in what is shown."""
    return "".join(letter if letter in "\n\t" or letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
