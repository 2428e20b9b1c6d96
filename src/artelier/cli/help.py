"""How commands describe themselves: plain text without frames, in the person's language, at any width."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

from artelier.cli.words import tr

_KINDS = {
    "<str>": "<text>",
    "<path>": "<path>",
    "<int>": "<number>",
    "<int range>": "<number>",
    "<float>": "<number>",
    "<float range>": "<number>",
}
_RANGE = re.compile(r"(\d+)<=x<=(\d+)")
_LEAST = re.compile(r"; x>=[\d.]+")
_WHOLE = re.compile(r"(default: \d+)\.0(?=])")
_NAMED = re.compile(r"default: \(([^)]*)\)")


class OneCommand(TyperCommand):
    """A command whose help is in the person's language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each with its words."""
        _write_parameters(self, ctx, formatter)


class CommandGroup(TyperGroup):
    """A group of commands whose help is in the person's language; commands stand under what they are for."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line of usage."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, then the options."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            title = getattr(command, "rich_help_panel", None)
            panels.setdefault(title if isinstance(title, str) else tr("Commands"), []).append((name, command.help or ""))
        for title, rows in panels.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        _write_parameters(self, ctx, formatter)


def _write_usage(command: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    pieces = [_piece(piece) for piece in command.collect_usage_pieces(ctx)]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=tr("Usage: "))


def _piece(piece: str) -> str:
    if piece.startswith(("{", "[{")) or piece == piece.lower():
        return piece.strip("{}").upper()
    return tr("COMMAND") if piece.startswith("COMMAND") else tr(piece)


def _write_parameters(command: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            if parameter.param_type_name == "argument":
                arguments.append((str(parameter.name).upper(), _words(record[1])))
            else:
                options.append((_name(record[0]), _words(record[1])))
    for title, rows in ((tr("Arguments"), arguments), (tr("Options"), options)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _words(text: str) -> str:
    """Return a parameter's words with what the library adds to them in the person's language."""
    own = {
        "Show this message and exit.": tr("Show this help."),
        "Install completion for the current shell.": tr("Install completion for this shell."),
        "Show completion for the current shell, to copy it or customize the installation.": tr("Print the completion script."),
    }
    text = _RANGE.sub(tr("{least} to {most}", least=r"\1", most=r"\2"), own.get(text, text))
    text = _WHOLE.sub(r"\1", _NAMED.sub(r"default: \1", _LEAST.sub("", text)))
    return text.replace("default: ", tr("default: ")).replace("[required]", "").strip()


def _name(record: str) -> str:
    """Return an option with what it takes: ``--port <number>``."""
    name, _, kind = record.partition(" <")
    return f"{name} {tr(_KINDS.get('<' + kind, '<text>'))}" if kind else record
