"""``artelier models``: list them, test one."""

import time
from collections.abc import Sequence
from pathlib import Path

import typer
import uvloop

from artelier.cli.connection import running_server
from artelier.cli.durations import seconds
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak
from artelier.cli.look import glyph, output
from artelier.cli.own_server import found_models
from artelier.cli.places import chosen_places, settings_or_stop
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import NO_MODEL, stop
from artelier.cli.words import tr
from artelier.client.values import Model
from artelier.domain.errors import ArtelierError
from artelier.domain.models import ModelReply
from artelier.runtime.clock import SystemClock
from artelier.runtime.connecting import ask_for_a_word
from artelier.runtime.model_sources import build_models
from artelier.runtime.models import ModelOffer, Models


def build() -> typer.Typer:
    """Return the group of commands; they need no server, and ask the running one where there is one."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is not None:
            return
        offers = _offers(config)
        if as_json:
            print_json(offers)
            return
        show(
            [(glyph("done") if each.default else "", each.name, each.provider, _trouble(each)) for each in offers],
            ("", "Model", "Provider", "State"),
            "There are no models.",
        )

    @app.command("test", help=tr("Ask a model for one short answer."))
    def tested(
        model: str = typer.Argument("", help=tr("provider/model; the default one when left out."), show_default=False),
        config: Path | None = config_option(),
    ) -> None:
        try:
            uvloop.run(test_model(config, model))
        except ArtelierError as failure:
            raise stop(f"{failure_words(failure)} {failure.code}", NO_MODEL) from failure

    return app


async def test_model(config: Path | None, model: str) -> None:
    """Ask a model for a word and print what came, with time and tokens. Raises ``ProviderError``, ``SettingsError``."""
    models = await _models(config)
    try:
        provider, name = models.find(model)
        begun = time.perf_counter()
        reply = await ask_for_a_word(provider, name)
        _report(model or models.default, reply, time.perf_counter() - begun)
    finally:
        await models.close()


def _report(model: str, reply: ModelReply, took: float) -> None:
    console = output()
    console.print(f"{glyph('done')} {model}: {reply.text.strip()[:200]}")
    usage = tr("{input} tokens in, {output} out", input=reply.usage.input_tokens, output=reply.usage.output_tokens)
    console.print(f"  {seconds(took)} · {usage} · {reply.model}", style="dim")


def _offers(config: Path | None) -> Sequence[Model | ModelOffer]:
    """Return what the running server offers, which knows how they stand; without one the providers are asked here."""
    if running_server(chosen_places(config)) is not None:
        return speak(config, lambda client: client.models())
    return uvloop.run(_list(config))


def _trouble(offer: Model | ModelOffer) -> str:
    return tr("left alone: it failed again and again, and is asked anew within a minute") if offer.left_alone else ""


async def _list(config: Path | None) -> tuple[ModelOffer, ...]:
    models = await _models(config)
    try:
        return await models.list_models()
    finally:
        await models.close()


async def _models(config: Path | None) -> Models:
    read = settings_or_stop(chosen_places(config))
    try:
        return build_models(read.settings, SystemClock(), await found_models(read))
    except ArtelierError as failure:
        raise stop(failure_words(failure), NO_MODEL) from failure
