"""``artelier mcp``: the MCP servers, a test of one, and the acceptance of what it offers now."""

import time
from pathlib import Path

import typer
import uvloop

from artelier.cli.durations import seconds
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state
from artelier.cli.look import glyph, output
from artelier.cli.places import chosen_places, settings_or_stop
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client.additions import McpServer
from artelier.domain.errors import ArtelierError
from artelier.runtime.mcp_servers import ask_what_it_offers, pins_of
from artelier.settings import McpSettings
from artelier.tools.mcp.servers import tokens_of
from artelier.tools.mcp.session import Definition


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.mcp_servers())
        if as_json:
            print_json(found)
            return
        rows = [(each.name, state(each.state), each.tools, each.tokens, _trouble(each)) for each in found]
        show(rows, ("MCP server", "State", "Tools", "Tokens", "Trouble"), "No MCP servers are configured.")

    @app.command("test", help=tr("Connect to a server and list what it offers."))
    def tested(name: str = typer.Argument(), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        settings = _settings_of(name, config)
        begun = time.perf_counter()
        try:
            offered = uvloop.run(ask_what_it_offers(settings))
        except ArtelierError as failure:
            raise stop(f"{name}: {failure_words(failure)} {failure.code}") from failure
        if as_json:
            print_json(offered)
            return
        _report(name, offered, time.perf_counter() - begun)

    @app.command("accept", help=tr("Accept what a server offers now, from the next start on."))
    def accepted(name: str = typer.Argument(), config: Path | None = config_option()) -> None:
        _settings_of(name, config)
        try:
            pins_of(chosen_places(config).state_folder).forget(name)
        except ArtelierError as failure:
            raise stop(failure_words(failure)) from failure
        output().print(tr("What {name} offers is accepted at the next start of the server.", name=name))

    return app


def _settings_of(name: str, config: Path | None) -> McpSettings:
    servers = {each.name: each for each in settings_or_stop(chosen_places(config)).settings.tools.mcp}
    if name not in servers:
        known = ", ".join(sorted(servers)) or "-"
        raise stop(tr("There is no MCP server {name} in the settings. There are: {known}.", name=name, known=known), WRONG_USAGE)
    return servers[name]


def _trouble(server: McpServer) -> str:
    withheld = [f"{name}: {why}" for name, why in sorted(server.withheld.items())]
    return " · ".join([*filter(None, [server.last_error]), *withheld])


def _report(name: str, offered: tuple[Definition, ...], took: float) -> None:
    show([(each.name, each.description) for each in offered], ("Tool", "Does"), "It offers no tools.")
    words = tr("{name}: {tools} tools, about {tokens} tokens", name=name, tools=len(offered), tokens=tokens_of(offered))
    output().print(f"{glyph('done')} {words} · {seconds(took)}")
