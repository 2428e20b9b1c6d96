"""What is said once about messages, answers and the end of a run."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from artelier.cli.asked_words import asked_words
from artelier.cli.durations import dollars, seconds
from artelier.cli.look import glyph, visible
from artelier.cli.rows import row
from artelier.cli.words import plural, tr
from artelier.client import Approval, StreamEvent

_LEAST = 12
"""Columns below which nothing is broken between words."""


def message_lines(text: str, width: int = 0) -> Text:
    """Return a person's message as it stands in the conversation, broken between words where there is a width."""
    said = Text(visible(text))
    lines = said.wrap(Console(), width - 2) if width > _LEAST else said.split("\n")
    first, *more = [line.plain.rstrip() for line in lines] or [""]
    return Text("\n".join([f"> {first}", *(f"  {line}" for line in more)]), "name")


def answered_lines(payload: dict[str, Any], question: Approval | None, width: int) -> list[Text]:
    """Return the line that is left of a question once it is answered; nothing for a refusal, which the call's own line tells."""
    answer = payload["answer"]
    if payload["kind"] == "words":
        return [message_lines(answer.get("text") or tr("rejected"), width)]
    if answer.get("by") == "timeout":
        late = answer["decision"] == "approve"
        said = tr("Nobody answered in time: the rule let it run.") if late else tr("Nobody answered in time: rejected.")
        return [Text(f"{glyph('done' if late else 'denied')} {said}", "warn")]
    if answer["decision"] != "approve":
        return []
    if answer.get("by") == "budget":
        return [Text(f"{glyph('done')} {tr('The budget has room again.')}", "dim")]
    facts = [tr("approved with changed arguments") if answer.get("arguments") is not None else tr("approved")]
    if question is not None and payload["kind"] == "approval" and answer.get("arguments") is None:
        facts.append(asked_words(question).replace("\n", " "))
    return [row(Text(f"{glyph('done')} {' · '.join(facts)}", "dim"), "", width)]


def granted_line(grant: dict[str, Any]) -> Text:
    """Return for how long an approval holds beyond this once."""
    return Text(f"{glyph('done')} {tr('allowed for {scope}', scope=tr('this ' + grant['scope']))}", "dim")


def closing_lines(event: StreamEvent, begun: dict[str, str]) -> list[Text]:
    """Return the line below a finished run: time, calls, tokens, money; ``begun`` tells when each run began."""
    if event.type != "run_finished" or event.run not in begun:
        return []
    took = datetime.fromisoformat(event.at) - datetime.fromisoformat(begun.pop(event.run))
    usage = event.payload.get("usage", {})
    tokens = usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
    facts = [seconds(took.total_seconds())]
    if event.payload.get("calls"):
        facts.append(plural(event.payload["calls"], ("call", "calls"), ("вызов", "вызова", "вызовов")))
    facts.append(plural(tokens, ("token", "tokens"), ("токен", "токена", "токенов")))
    if usage.get("cost"):
        facts.append(dollars(usage["cost"]))
    if usage.get("saved"):
        facts.append(tr("{amount} saved", amount=dollars(usage["saved"])))
    return [Text("  " + " · ".join(facts), "dim"), Text("")]
