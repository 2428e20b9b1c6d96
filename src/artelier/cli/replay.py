"""``artelier replay``: ask the models again what they were asked in a session, with what has changed since."""

import sys
from pathlib import Path

import msgspec
import typer
import uvloop
from rich.console import Console
from rich.text import Text

from artelier.cli.connection import joined
from artelier.cli.durations import seconds
from artelier.cli.identifiers import checked
from artelier.cli.look import glyph, output, visible
from artelier.cli.refusals import refusal_words
from artelier.cli.stopping import FAILED, WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client import ClientError, Replayed, Said

_SHOWN = 100
"""Characters of a text or of a call's arguments that are shown."""


def replay_command(
    session: str = typer.Argument(help=tr("The session to play again."), show_default=False, callback=checked("session")),
    run: str = typer.Option("", "--run", help=tr("Of this run only."), show_default=False, callback=checked("run")),
    model: str = typer.Option("", "--model", help=tr("Ask this model instead of the one of the record."), show_default=False),
    prompt: list[str] = typer.Option(
        [], "--prompt", help=tr("AGENT=FILE: the text of a file in place of the agent's prompt; more than once."), show_default=False
    ),
    steps: int = typer.Option(50, "--steps", min=1, max=200, help=tr("Replies of models to play at most: each may cost money.")),
    strict: bool = typer.Option(False, "--strict", help=tr("End with 1 when any reply asks for other calls than the record.")),
    as_json: bool = typer.Option(False, "--json", help=tr("Print one line of JSON a step.")),
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Ask the models again what they were asked. No tool runs: each step gets the recorded past."""
    prompts = dict(map(_prompt, prompt))
    try:
        different = uvloop.run(_play(config, session, run, model, prompts, steps, as_json=as_json))
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure
    if strict and different:
        raise typer.Exit(FAILED)


def _prompt(said: str) -> tuple[str, str]:
    agent, separator, file = said.partition("=")
    if not (agent and separator and file):
        raise stop(tr("--prompt wants AGENT=FILE, such as coder=prompt.md."), WRONG_USAGE)
    try:
        return agent, Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise stop(tr("{file} cannot be read: {failure}.", file=file, failure=failure), WRONG_USAGE) from failure


async def _play(config: Path | None, session: str, run: str, model: str, prompts: dict[str, str], steps: int, *, as_json: bool) -> int:
    console, played, different = output(), 0, 0
    async with joined(config) as client:
        async for step in client.replay(session, run=run, model=model, prompts=prompts, steps=steps):
            played, different = played + 1, different + (not step.same_calls)
            if as_json:
                sys.stdout.write(msgspec.json.encode(step).decode() + "\n")
            else:
                _show(console, step)
    if not as_json:
        _sum_up(console, played, different)
    return different


def _show(console: Console, step: Replayed) -> None:
    head = f"{step.agent} · {tr('step {number}', number=step.step + 1)}"
    if step.code:
        console.print(Text.assemble((f"{glyph('failed')} {head}  ", "bad"), visible(f"{step.message} {step.code}")))
        return
    tokens = tr("{input} in, {output} out", input=step.now.usage.input_tokens, output=step.now.usage.output_tokens)
    facts = f"{step.now.model} · {seconds(step.seconds)} · {tokens}"
    same = step.same_calls and step.same_text
    word = tr("as before") if same else tr("other words, the same calls") if step.same_calls else tr("other calls")
    style = "ok" if same else "default" if step.same_calls else "warn"
    console.print(Text.assemble((f"{glyph('done' if step.same_calls else 'note')} {head}  {word}  ", style), (facts, "dim")))
    if not same:
        for mark, colour, said in (("-", "bad", step.then), ("+", "ok", step.now)):
            for line in _said(said, calls=not step.same_calls):
                console.print(Text(f"    {mark} {visible(line)}", colour))


def _said(said: Said, *, calls: bool) -> list[str]:
    lines = [_cut(said.text)] if said.text.strip() else []
    return [*lines, *(_cut(f"{name} {msgspec.json.encode(arguments).decode()}") for name, arguments in said.calls if calls)]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


def _sum_up(console: Console, played: int, different: int) -> None:
    if not played:
        console.print(tr("No model was asked anything there, or its agents are gone."), style="dim")
        return
    console.print(tr("{played} steps played, {different} with other calls.", played=played, different=different), style="dim")
