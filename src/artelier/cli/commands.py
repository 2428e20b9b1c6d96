"""The commands by name. Each is loaded when it is called, so that help is instant; nothing else loads by name here."""

import gc
import importlib  # noqa: TID251  one of the two files that may
from collections.abc import Callable, Sequence
from types import ModuleType

import typer
from msgspec import Struct

from artelier.cli.help import CommandGroup, OneCommand
from artelier.cli.words import tr


class Command(Struct, frozen=True):
    """One command: where it lives and what it does, in a line."""

    name: str
    module: str
    words: str
    group: str
    details: str = ""
    """What its help says beneath."""


TALK, LOOK, RUN = "Talk", "Look and act", "Run and set up"
_CODES = "Ends with 0 finished, 1 failed, 2 wrong usage, 3 waits for a person, 4 limit reached, 5 no model, 130 cancelled."
COMMANDS = (
    Command("chat", "chat", "Talk with the agents in the terminal.", TALK),
    Command("exec", "exec", "Do one run and end with a code that scripts can read.", TALK, _CODES),
    Command("sessions", "sessions", "List, show, undo, fork, export, rename and delete sessions.", LOOK),
    Command("runs", "runs", "List, watch, cancel and resume runs.", LOOK),
    Command("approvals", "approvals", "List the questions that wait for you, and answer them.", LOOK),
    Command("grants", "grants", "List what you allowed for later, and take it back.", LOOK),
    Command("agents", "agents", "List the agents, show one, make some of custom modes.", LOOK),
    Command("tools", "tools", "List the tools, and show what would run together.", LOOK),
    Command("models", "models", "List the models, and test one.", LOOK),
    Command("mcp", "mcp", "List the MCP servers, test one, accept what one offers.", LOOK),
    Command("plugins", "plugins", "List the plugins, and check them.", LOOK),
    Command("workspaces", "workspaces", "List, add, remove and trust the folders agents work in.", LOOK),
    Command("webhooks", "webhooks", "List, add, test and remove addresses that are told of events.", LOOK),
    Command("usage", "usage", "Show what was used, and how agents and tools did.", LOOK),
    Command("cache", "cache", "Show what is kept and how often that helped, and forget it.", LOOK),
    Command("serve", "serve", "Serve; the same as no command at all.", RUN),
    Command("open", "entrance", "Make a new one-time link for the running server.", RUN),
    Command("token", "entrance", "Print a token for curl and scripts.", RUN),
    Command("init", "init", "Ask a few questions, write the settings, test the model.", RUN),
    Command("config", "config", "Check the settings, or show those in force.", RUN),
    Command("doctor", "doctor", "Say what is present, what is missing, and how to get it.", RUN),
    Command("replay", "replay", "Ask the models again what they were asked in a session, with what has changed since.", RUN),
    Command("eval", "eval", "Measure what decides without a model.", RUN),
    Command("openapi", "entrance", "Print the API's description.", RUN),
)
_GROUPS = frozenset(
    {
        "sessions",
        "runs",
        "approvals",
        "grants",
        "agents",
        "models",
        "mcp",
        "plugins",
        "tools",
        "workspaces",
        "webhooks",
        "cache",
        "config",
        "eval",
    }
)
"""Commands that have commands of their own."""


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the application with every command named, and the one that is called loaded."""
    app = typer.Typer(
        name="artelier",
        cls=CommandGroup,
        help=tr("Artelier: a self-hosted runtime for teams of AI agents. Without a command it serves."),
        epilog=tr("Every command takes --help, and --lang en or --lang ru."),
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_nothing)
    called = next((word for word in arguments if not word.startswith("-")), "")
    for command in COMMANDS:
        if command.name == called:
            _load(app, command)
        else:
            _add(app, command, _nothing)
    return app


def load(name: str) -> ModuleType:
    """Return a module of this package, loaded now; loading makes no garbage, so nobody looks for any meanwhile."""
    gc.disable()
    try:
        return importlib.import_module(f"artelier.cli.{name}")
    finally:
        gc.enable()


def _load(app: typer.Typer, command: Command) -> None:
    module = load(command.module)
    if command.name in _GROUPS:
        app.add_typer(module.build(), name=command.name, help=tr(command.words), rich_help_panel=tr(command.group))
    else:
        _add(app, command, getattr(module, f"{command.name}_command"))


def _add(app: typer.Typer, command: Command, function: Callable[..., None]) -> None:
    app.command(
        command.name, cls=OneCommand, help=tr(command.words), epilog=tr(command.details) or None, rich_help_panel=tr(command.group)
    )(function)


def _nothing() -> None:
    """Stand for a command that is named and not called."""
