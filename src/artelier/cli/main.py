"""``artelier``: the way in."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

from artelier import __version__
from artelier.cli import plain_letters
from artelier.cli.commands import COMMANDS, build_app
from artelier.cli.russian_problems import failure_in_russian
from artelier.cli.words import choose_language, language
from artelier.cli.wrong_usage import tell_wrong_usage
from artelier.domain.errors import ArtelierError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its code."""
    plain_letters.register()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=plain_letters.HANDLER)  # a terminal that lacks a letter shows its twin
    words = choose_language(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (["--version"], ["-V"]):
        sys.stdout.write(f"artelier {__version__}\n")
        return
    words = _with_serve(words)
    app = build_app(_completed() or words)
    try:
        code = app(args=words, prog_name="artelier", standalone_mode=False)
    except typer.TyperException as failure:
        code = tell_wrong_usage(failure)
    except typer.Abort:
        code = 1
    except ArtelierError as failure:
        said = failure_in_russian(failure.code, failure.message) if language() == "ru" else failure.message
        sys.stderr.write(f"artelier: {said}\n")
        code = 1
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        code = 128 + signal.SIGPIPE
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that nothing is flushed into it at the end
    gc.freeze()  # what is left ends with the process; looking through it for garbage would take a third of a short command's time
    sys.exit(code if isinstance(code, int) else 0)


def _completed() -> list[str]:
    """Return the words of a line that a shell wants completed, without the command's own name."""
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    return line.split()[1:] if "_ARTELIER_COMPLETE" in os.environ else []


def _with_serve(words: list[str]) -> list[str]:
    """Without a command it serves: ``artelier --port 9000`` means ``artelier serve --port 9000``."""
    if not words:
        return ["serve"]
    own = {"-h", "--help", "--install-completion", "--show-completion"}
    if words[0].startswith("-") and words[0] not in own and not any(word in {command.name for command in COMMANDS} for word in words):
        return ["serve", *words]
    return words
