"""``artelier agents``: list them, and show one."""

from pathlib import Path

import typer

from artelier.agents.loader import BUILT_IN
from artelier.agents.roo_modes import Imported, import_modes
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak
from artelier.cli.look import glyph, output, visible
from artelier.cli.places import chosen_places
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client.values import Agent
from artelier.domain.errors import SettingsError
from artelier.settings import AGENTS


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

    @app.command("import", help=tr("Make agents of the custom modes of Roo Code or Kilo Code."))
    def imported(
        file: Path = typer.Argument(help=tr("A file of modes: .roomodes or custom_modes.yaml.")),
        into: Path | None = typer.Option(None, "--into", help=tr("Write them here, not beside the settings."), show_default=False),
        replace: bool = typer.Option(False, "--replace", help=tr("Write over files that are there.")),
        config: Path | None = config_option(),
    ) -> None:
        modes = _read_modes(file)
        folder = into or chosen_places(config).settings_file.parent / AGENTS
        if not replace:
            _spare_built_ins(modes)
        there = [path.name for mode in modes if (path := folder / f"{mode.name}.md").exists()]
        if there and not replace:
            raise stop(
                tr("{folder} has {files} already. Nothing was written; --replace writes over them.", folder=folder, files=", ".join(there)),
                WRONG_USAGE,
            )
        _write(modes, folder)

    return app


def _spare_built_ins(modes: tuple[Imported, ...]) -> None:
    """End the command where a mode would take the place of one of our own agents."""
    ours = sorted({mode.name for mode in modes} & {path.stem for path in BUILT_IN.glob("*.md")})
    if ours:
        raise stop(
            tr(
                "{agents} would take the place of the agents of that name here. Nothing was written; --replace does it.",
                agents=", ".join(ours),
            ),
            WRONG_USAGE,
        )


def _read_modes(file: Path) -> tuple[Imported, ...]:
    try:
        return import_modes(file.read_text("utf-8"), (path.stem for path in BUILT_IN.glob("*.md")))
    except (OSError, UnicodeDecodeError) as failure:
        raise stop(tr("{file} cannot be read: {failure}.", file=file, failure=failure), WRONG_USAGE) from failure
    except SettingsError as failure:
        raise stop(f"{file}: {failure_words(failure)}", WRONG_USAGE) from failure


def _write(modes: tuple[Imported, ...], folder: Path) -> None:
    console = output()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for mode in modes:
            (folder / f"{mode.name}.md").write_text(mode.text, "utf-8")
    except OSError as failure:
        raise stop(tr("{folder} cannot be written: {failure}.", folder=folder, failure=failure)) from failure
    for mode in modes:
        console.print(f"{glyph('done')} {folder / mode.name}.md", markup=False, highlight=False, soft_wrap=True)
        for lost in mode.lost:
            console.print(f"  {glyph('note')} {visible(lost)}", markup=False, highlight=False, style="warn")
    console.print(tr("Read them before you use them: their prompts are somebody else's words."), style="dim")


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
