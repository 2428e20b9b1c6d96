"""``artelier cache``: what is kept, how often that helped, and forgetting it."""

from pathlib import Path

import typer

from artelier.cli.durations import decimal, percent
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak
from artelier.cli.look import output, visible
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client import Client
from artelier.client.reports import CacheReport

_TIERS = {"memory": "memory", "disk": "disk", "resp": "cache server", "objects": "object store"}


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def alone(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is None:
            found = speak(config, lambda client: client.cache())
            print_json(found) if as_json else _show(found)

    @app.command("forget", help=tr("Forget kept replies: equal requests are asked anew."))
    def forgot(
        agent: str = typer.Option("", "--agent", help=tr("Only the replies of this agent."), show_default=False),
        everybody: bool = typer.Option(False, "--all", help=tr("The replies to everybody.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        found = speak(config, lambda client: _forget(client, agent, everybody=everybody))
        if as_json:
            print_json(found)
            return
        output().print(tr("Forgotten. Equal requests are asked anew."), style="ok")

    return app


async def _forget(client: Client, agent: str, *, everybody: bool) -> CacheReport:
    known = [each.name for each in await client.agents()] if agent else []
    if agent and agent not in known:
        raise stop(tr("There is no agent {name}. These are known: {names}.", name=visible(agent), names=", ".join(known)), WRONG_USAGE)
    return await client.forget_replies(agent, everybody=everybody)


def _show(found: CacheReport) -> None:
    rows = [(tr(_TIERS[each.tier]), each.hits, each.misses, _share(each.hits, each.misses), _size(each.bytes)) for each in found.tiers]
    tools, replies = found.tools, found.replies
    if replies is not None:
        again = replies.hits + replies.joined
        rows.append((tr("replies of models"), again, replies.misses, _share(again, replies.misses), ""))
    rows.append((tr("results about files"), tools.hits, tools.misses, _share(tools.hits, tools.misses), ""))
    if like := found.semantic:
        rows.append((tr("answers to like questions"), like.hits, like.looked - like.hits, _share(like.hits, like.looked - like.hits), ""))
    show(rows, ("Kept", "Found", "Not found", "Share", "Size"), "")
    for tier in found.tiers:
        if tier.failures:
            output().print(tr("{tier}: failed {times} times, see the log", tier=tr(_TIERS[tier.tier]), times=tier.failures), style="warn")
    if like and like.mode == "shadow":
        output().print(tr("Like questions are only counted (shadow): see `artelier usage --insight`."), style="dim")
    if replies is None:
        output().print(tr("No replies are kept; see cache.replies in the settings."), style="dim")


def _share(hits: int, misses: int) -> str:
    return percent(hits / (hits + misses)) if hits + misses else ""


def _size(count: float | None) -> str:
    return "" if count is None else tr("{number} MB", number=decimal(count / 1_000_000))
