"""``artelier approvals``: what waits for you, and your answers."""

import json
import sys
from pathlib import Path
from typing import Any

import typer
import uvloop

from artelier.cli.asked_words import asked_words
from artelier.cli.commands import load
from artelier.cli.connection import joined
from artelier.cli.identifiers import checked
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state, when
from artelier.cli.look import output, visible
from artelier.cli.questions import may_approve
from artelier.cli.refusals import refusal_words
from artelier.cli.russian_problems import failure_in_russian
from artelier.cli.stopping import FAILED, WRONG_USAGE, stop
from artelier.cli.words import language, tr
from artelier.client import Approval, Batch, Client, ClientError


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(
        context: typer.Context,
        status: str = typer.Option("open", "--status", help=tr("open, approved, rejected, timed_out, closed, or all.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.approvals("" if status == "all" else status, limit=200))
        if as_json:
            print_json(found.items)
            return
        rows = [
            (
                each.id,
                state(each.status),
                tr(each.kind),
                " › ".join(each.path),
                asked_words(each),
                when(each.asked_at),
                when(each.expires_at),
            )
            for each in found.items
        ]
        show(rows, ("Question", "State", "Kind", "Agent", "Effect", "Asked", "Expires"), "Nobody waits for you.")

    @app.command("answer", help=tr("Go through the open questions, one after another."))
    def answered(config: Path | None = config_option()) -> None:
        if not sys.stdin.isatty():
            raise stop(tr("This needs a terminal. Use `artelier approvals approve` or `reject`."), WRONG_USAGE)
        try:
            uvloop.run(_answer_all(config))
        except ClientError as failure:
            raise stop(refusal_words(failure)) from failure

    _add_answers(app)
    _add_explain(app)
    return app


def _add_answers(app: typer.Typer) -> None:
    @app.command("approve", help=tr("Say yes to a question."))
    def approved(
        approvals: list[str] = typer.Argument(None, metavar="APPROVAL...", show_default=False, callback=checked("question")),
        everything: bool = typer.Option(False, "--all", help=tr("All open calls without a label.")),
        arguments: str = typer.Option("", "--arguments", help=tr("The call's arguments as they should be, as JSON."), show_default=False),
        remember: str = typer.Option(
            "", "--remember", help=tr("Allow exactly this call for later too: run, session or workspace."), show_default=False
        ),
        text: str = typer.Option("", "--text", help=tr("The answer to a question that asks for words."), show_default=False),
        config: Path | None = config_option(),
    ) -> None:
        if everything or len(approvals or ()) != 1:
            if arguments or remember or text:
                raise stop(tr("--arguments, --remember and --text go with one question."), WRONG_USAGE)
            _answer_several(config, approvals or [], "approve", "", everything=everything)
            return
        approval = approvals[0]
        changed = _object(arguments)
        if remember not in {"", "run", "session", "workspace"}:
            raise stop(tr("--remember is run, session or workspace."), WRONG_USAGE)
        scope = remember or None
        _print(speak(config, lambda client: client.answer(approval, "approve", text=text, arguments=changed, remember=scope)))

    @app.command("reject", help=tr("Say no, with words for the agent."))
    def rejected(
        approvals: list[str] = typer.Argument(None, metavar="APPROVAL...", show_default=False, callback=checked("question")),
        everything: bool = typer.Option(False, "--all", help=tr("All open calls without a label.")),
        reason: str = typer.Option("", "--reason", show_default=False),
        config: Path | None = config_option(),
    ) -> None:
        if everything or len(approvals or ()) != 1:
            _answer_several(config, approvals or [], "reject", reason, everything=everything)
            return
        _print(speak(config, lambda client: client.answer(approvals[0], "reject", reason=reason)))


def _add_explain(app: typer.Typer) -> None:
    @app.command("explain", help=tr("Tell what would be judged of a call, and why. Nothing is run."))
    def explained(
        tool: str = typer.Option("", "--tool", help=tr("The tool's name."), show_default=False),
        arguments: str = typer.Option("{}", "--arguments", help=tr("The call's arguments, as JSON."), show_default=False),
        file: Path | None = typer.Option(
            None, "--file", help=tr("A file with a call a line, each an object of tool and arguments."), show_default=False
        ),
        agent: str = typer.Option("", "--agent", help=tr("The agent that would ask for it."), show_default=False),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        load("explaining").explained(tool, arguments, file, agent, config, as_json=as_json)


def _answer_several(config: Path | None, approvals: list[str], decision: str, reason: str, *, everything: bool) -> None:
    """Answer several questions, or all that may be answered together; ends with 1 where some were left open."""
    if bool(approvals) == everything:
        raise stop(tr("Name questions, or say --all."), WRONG_USAGE)

    async def answer(client: Client) -> Batch:
        named = approvals or [each.id for each in (await client.approvals("open", limit=200)).items if may_approve(each)]
        return await client.answer_all(named, decision, reason=reason) if named else Batch(())

    found = speak(config, answer)
    for approval in found.items:
        _print(approval)
    for left in found.left:
        why = failure_in_russian(left.code, left.detail) if language() == "ru" else left.detail
        output().print(f"{left.id}  {tr('left open')}: {visible(why)}", style="warn", markup=False)
    if not found.items and not found.left:
        output().print(tr("Nobody waits for you."), style="dim")
    if found.left:
        raise typer.Exit(FAILED)


async def _answer_all(config: Path | None) -> None:
    console = output()
    asking = load("asking")
    async with joined(config) as client:
        waiting = (await client.approvals("open", limit=200)).items
        if not waiting:
            console.print(tr("Nobody waits for you."), style="dim")
        for approval in reversed(waiting):
            try:
                choice = await asking.ask(console, approval)
            except (asking.Interrupted, EOFError):
                return
            _print(
                await client.answer(
                    approval.id,
                    choice.decision,
                    text=choice.text,
                    reason=choice.reason,
                    arguments=choice.arguments,
                    remember=choice.remember,
                )
            )


def _object(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as failure:
        raise stop(tr("--arguments is not JSON: {failure}.", failure=failure), WRONG_USAGE) from failure
    if not isinstance(value, dict):
        raise stop(tr("--arguments must be one JSON object."), WRONG_USAGE)
    return value


def _print(approval: Approval) -> None:
    output().print(f"{state(approval.status)}  {asked_words(approval)}")
