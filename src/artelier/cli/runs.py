"""``artelier runs``: list, show, watch, cancel, resume."""

import sys
from pathlib import Path

import typer
import uvloop
from rich.text import Text

from artelier.cli.connection import joined
from artelier.cli.debugging import debug_lines
from artelier.cli.identifiers import checked, id_of
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state, when
from artelier.cli.look import output
from artelier.cli.one_run import OneRun, Style
from artelier.cli.refusals import refusal_words
from artelier.cli.stopping import stop
from artelier.cli.words import tr
from artelier.client import Client, ClientError, Run


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(
        context: typer.Context,
        session: str = typer.Option("", "--session", help=tr("Of this session only."), show_default=False, callback=checked("session")),
        limit: int = typer.Option(50, min=1, max=200),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.runs(session, limit))
        if as_json:
            print_json(found.items)
            return
        rows = [(each.id, state(each.status), each.agent, each.request[:60], when(each.created_at)) for each in found.items]
        show(rows, ("Run", "State", "Agent", "Request", "Begun"), "No runs yet.")

    @app.command("show", help=tr("Show one run."))
    def shown(run: str = id_of("run"), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        found = speak(config, lambda client: client.run(run))
        if as_json:
            print_json(found)
            return
        _print_run(found)

    _add_acting(app)
    _add_reporting(app)
    return app


def _add_acting(app: typer.Typer) -> None:
    @app.command("watch", help=tr("Follow a run until it rests; ends with the codes of exec."))
    def watched(
        run: str = id_of("run"),
        stream_json: bool = typer.Option(False, "--stream-json", help=tr("Print every event as a line of JSON.")),
        config: Path | None = config_option(),
    ) -> None:
        async def follow() -> int:
            async with joined(config) as client:
                record = await client.run(run)
                style = Style(stream_json=stream_json, interactive=not stream_json and sys.stdin.isatty())
                return await OneRun(client, record.session_id, run, style).follow(0)

        try:
            raise typer.Exit(uvloop.run(follow()))
        except ClientError as failure:
            raise stop(refusal_words(failure)) from failure

    @app.command("debug", help=tr("Show a run step by step: each request to a model, each decision, and how long it took."))
    def debugged(
        run: str = id_of("run"),
        prompts: bool = typer.Option(False, "--prompts", help=tr("Show the requests whole: prompt and messages.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        if as_json:
            print_json(speak(config, lambda client: client.requests(run)))
            return

        async def tell(client: Client) -> list[Text]:
            return await debug_lines(client, (await client.run(run)).session_id, run, prompts=prompts)

        console = output()
        for line in speak(config, tell):
            console.print(line)

    @app.command("cancel", help=tr("Stop a run."))
    def cancelled(
        run: str = id_of("run"), reason: str = typer.Option("", "--reason", show_default=False), config: Path | None = config_option()
    ) -> None:
        _print_run(speak(config, lambda client: client.cancel(run, reason)))

    @app.command("resume", help=tr("Go on with a run that failed, waits for a model, or stopped at a limit."))
    def resumed(
        run: str = id_of("run"),
        raise_budget: bool = typer.Option(False, "--raise-budget", help=tr("Grant the limit once more.")),
        config: Path | None = config_option(),
    ) -> None:
        _print_run(speak(config, lambda client: client.resume(run, raise_budget=raise_budget)))


def _add_reporting(app: typer.Typer) -> None:
    @app.command("wrong", help=tr("Say that a run's answer, kept from a like question, was wrong: it is forgotten."))
    def reported(run: str = id_of("run"), config: Path | None = config_option()) -> None:
        if not speak(config, lambda client: _report(client, run)):
            raise stop(tr("No answer of this run was kept from a like question."))
        output().print(tr("Forgotten: nobody is given that answer again."))


async def _report(client: Client, run: str) -> int:
    """Report every kept answer of a run, and return how many there were."""
    events = await client.events((await client.run(run)).session_id)
    entries = {each.payload["entry"] for each in events if each.run == run and each.payload.get("entry")}
    for entry in entries:
        await client.report_wrong_answer(entry)
    return len(entries)


def _print_run(run: Run) -> None:
    usage = run.usage
    rows = [
        (tr("Run"), run.id),
        (tr("Session"), run.session_id),
        (tr("State"), state(run.status)),
        (tr("Agent"), run.agent),
        (tr("Request"), run.request),
        (tr("Begun"), when(run.started_at)),
        (tr("Ended"), when(run.ended_at)),
        (
            tr("Tokens"),
            tr(
                "{input} in, {output} out, {calls} calls of the model",
                input=usage.input_tokens,
                output=usage.output_tokens,
                calls=usage.model_calls,
            ),
        ),
        (tr("Reply"), run.reply),
        (tr("Failure"), f"{run.message} {run.code}".strip()),
    ]
    show([row for row in rows if row[1]], ("", ""), "")
