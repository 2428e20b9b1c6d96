"""``artelier``: the way in."""

import signal
import sys
from collections.abc import Sequence

from artelier import __version__
from artelier.cli.commands import COMMANDS, build_app
from artelier.cli.words import choose_language


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its code."""
    words = choose_language(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (["--version"], ["-V"]):
        sys.stdout.write(f"artelier {__version__}\n")
        return
    app = build_app(_with_serve(words))
    try:
        app(args=_with_serve(words), prog_name="artelier", standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        sys.exit(128 + signal.SIGPIPE)


def _with_serve(words: list[str]) -> list[str]:
    """Without a command it serves: ``artelier --port 9000`` means ``artelier serve --port 9000``."""
    if not words:
        return ["serve"]
    own = {"-h", "--help", "--install-completion", "--show-completion"}
    if words[0].startswith("-") and words[0] not in own and not any(word in {command.name for command in COMMANDS} for word in words):
        return ["serve", *words]
    return words
