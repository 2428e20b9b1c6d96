"""``artelier agents``: list them, and show one."""

from pathlib import Path

import typer

from artelier.cli.listing import config_option, group, json_option, print_json, show, speak
from artelier.cli.look import glyph, output, visible
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client.values import Agent


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is None:
            _list(config, as_json=as_json)

    @app.command("list", help=tr("List the agents; the marked one answers when none is named."))
    def listed_by_name(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        _list(config, as_json=as_json)

    @app.command("show", help=tr("Show what an agent is for, what it may do, and its prompt."))
    def shown(name: str, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        found = speak(config, lambda client: client.agents())
        agent = next((each for each in found if each.name == name), None)
        if agent is None:
            names = ", ".join(each.name for each in found)
            raise stop(tr("There is no agent {name}. These are known: {names}.", name=name, names=names), WRONG_USAGE)
        if as_json:
            print_json(agent)
        else:
            _print(agent)

    return app


def _list(config: Path | None, *, as_json: bool) -> None:
    found = speak(config, lambda client: client.agents())
    if as_json:
        print_json(found)
        return
    rows = [(glyph("done") if each.default else "", each.name, each.description, each.model, ", ".join(each.tools)) for each in found]
    show(rows, ("", "Agent", "For", "Model", "Tools"), "There are no agents.")


def _print(agent: Agent) -> None:
    console = output()
    console.print(agent.name, style="name", markup=False)
    writes = ", ".join(agent.writes) or tr("whatever its tools can write")
    facts = (
        (tr("For"), agent.description),
        (tr("Model"), agent.model),
        (tr("Tools"), ", ".join(agent.tools)),
        (tr("Writes"), writes),
    )
    for name, value in facts:
        console.print(f"{name}: {visible(value)}", markup=False, highlight=False)
    console.print()
    for line in agent.prompt.splitlines():
        console.print(visible(line), markup=False, highlight=False)
