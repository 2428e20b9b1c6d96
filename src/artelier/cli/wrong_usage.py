"""What was wrong with a command line, in the person's language, and where to look."""

import re
import sys
from typing import Any

import typer

from artelier.cli.words import tr

_INVALID = r"Invalid value for (?P<name>[^:]+): (?P<reason>.+)"
_KNOWN = (
    (r"No such command '(?P<name>.+?)'\. Did you mean (?P<meant>.+)\?", "There is no command {name}. Did you mean {meant}?"),
    (r"No such command '(?P<name>.+)'\.", "There is no command {name}."),
    (
        r"No such option: (?P<name>\S+)(?: \(Possible options: (?P<meant>.+)\)| Did you mean (?P<meant2>.+)\?)",
        "There is no option {name}. Did you mean {meant}?",
    ),
    (r"No such option: (?P<name>\S+)", "There is no option {name}."),
    (r"Missing argument '?(?P<name>[^']+)'?\.", "{name} is missing."),
    (r"Missing option '?(?P<name>[^']+)'?\.", "{name} is missing."),
    (r"Missing command\.", "A command is missing."),
    (r"Option '(?P<name>.+)' requires an arg[a-z]+\.?", "{name} needs a value."),
    (r"Option '(?P<name>.+)' does not take a value\.?", "{name} takes no value."),
    (r"Got unexpected extra argument\S* \((?P<name>.+)\)", "This is too much: {name}."),
    (_INVALID, "{name} does not fit: {reason}"),
)


def tell_wrong_usage(failure: typer.TyperException) -> int:
    """Say on standard error what was wrong and how to get help; return the code to end with."""
    context: Any = getattr(failure, "ctx", None)
    sys.stderr.write(f"artelier: {in_words(failure.format_message())}\n")
    if context is not None:
        sys.stderr.write(tr("See `{command} --help`.", command=context.command_path) + "\n")
    return failure.exit_code


def in_words(message: str) -> str:
    """Return the library's message as we say it; one we do not know stays as it is."""
    for pattern, text in _KNOWN:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            fields = {name.rstrip("2"): value.strip("'") for name, value in found.groupdict().items() if value}
            if pattern.startswith("Missing argument"):
                fields["name"] = fields["name"].upper()
            return tr(text, **fields)
    return message
