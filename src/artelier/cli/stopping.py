"""How a command ends."""

import sys

import typer

FINISHED, FAILED, WRONG_USAGE, WAITS, LIMIT, NO_MODEL, CANCELLED = 0, 1, 2, 3, 4, 5, 130
"""What ``exec`` ends with."""


def stop(message: str, code: int = FAILED) -> typer.Exit:
    """Say what went wrong on standard error, and return what to raise to end with a code."""
    sys.stderr.write(f"artelier: {message}\n")
    return typer.Exit(code)
