"""A run told for people who build agents: each prompt, decision and how long it took."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.text import Text

from artelier.cli.asked_words import reason_told
from artelier.cli.durations import seconds
from artelier.cli.look import glyph, visible
from artelier.cli.results import summary_words
from artelier.cli.words import plural, tr
from artelier.client import AskedModel, Client, StreamEvent

_LONGEST = 100
"""Characters of a line of facts."""


async def debug_lines(client: Client, session: str, run: str, *, prompts: bool = False) -> list[Text]:
    """Return the lines that tell a run. Raises ``ClientError``."""
    asked = {(each.step, each.attempt): each for each in await client.requests(run)}
    events = [event for event in await client.events(session) if event.run == run]
    return told(events, asked, prompts=prompts)


def told(events: Sequence[StreamEvent], asked: dict[tuple[int, int], AskedModel], *, prompts: bool) -> list[Text]:
    """Return a line an event with its time since the first one, and the request before each reply; ``prompts`` shows it whole."""
    lines: list[Text] = []
    begun = _time(events[0]) if events else 0.0
    for event in events:
        if event.type in {"model_replied", "model_failed"}:
            request = asked.get((event.payload.get("step", 0), event.payload.get("attempt", 0)))
            if request is not None:
                lines += _request(request, _time(event) - request.seconds - begun, prompts=prompts)
        lines.append(_line(_time(event) - begun, event.type, _about(event.type, event.payload)))
    return lines


def _time(event: StreamEvent) -> float:
    return datetime.fromisoformat(event.at).timestamp()


def _line(at: float, name: str, about: str) -> Text:
    return Text.assemble((f"{at:+9.3f}  ", "dim"), (f"{name:<18} ", "name"), visible(_cut(about)))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _request(asked: AskedModel, at: float, *, prompts: bool) -> list[Text]:
    counts = (
        plural(len(asked.messages), ("message", "messages"), ("сообщение", "сообщения", "сообщений")),
        plural(len(asked.tools), ("tool", "tools"), ("инструмент", "инструмента", "инструментов")),
        plural(asked.characters, ("character", "characters"), ("знак", "знака", "знаков")),
    )
    size = f"{asked.model} · {', '.join(counts)}"
    lines = [_line(at, "request", size)]
    if prompts:
        lines += [Text(f"    | {visible(line)}", "dim") for line in asked.system.splitlines()]
        lines += [Text(f"    {visible(line)}") for message in asked.messages for line in _message(message)]
    return lines


def _message(message: dict[str, Any]) -> list[str]:
    kind, text = message.get("type", ""), str(message.get("text", ""))
    head = f"[{message['name']} {message.get('call_id', '')}]" if kind == "tool" else f"[{kind}]"
    calls = [f"  {call['name']} {call.get('arguments')}" for call in message.get("calls", ())]
    return [head, *(f"  {line}" for line in text.splitlines()), *calls]


def _about(kind: str, payload: dict[str, Any]) -> str:
    match kind:
        case "agent_chosen" | "route_advised":
            return (
                f"{payload.get('agent', '')} · {payload.get('source', '')} {payload.get('confidence', 1.0):.2f} {payload.get('reason', '')}"
            )
        case "model_replied":
            return _reply(payload)
        case "call_judged":
            labels = ", ".join(payload.get("labels", ()))
            why = f"{reason_told(payload)} {payload.get('rule', '')}"
            return f"{payload['call'].rpartition('/')[2]} {payload['decision']} · {why} {labels}"
        case "tool_started":
            return f"{payload['call'].rpartition('/')[2]} {payload.get('target') or payload['name']}"
        case "tool_finished":
            result = payload["result"]
            took = seconds(payload.get("seconds", 0.0))
            return f"{payload['call'].rpartition('/')[2]} {payload['name']} {result['status']} · {took} · {summary_words(result)}"
        case "approval_asked" | "budget_reached" | "clarification_asked":
            question = payload["question"]
            return f"{question['kind']} · {question.get('effect') or question['text']} · {reason_told(question)}"
        case "approval_answered":
            answer = payload["answer"]
            return f"{answer['decision']} · {answer.get('by', '')} {answer.get('text', '')}"
    return next((str(payload[name]) for name in ("text", "reply", "message", "reason", "worker", "summary") if payload.get(name)), "")


def _reply(payload: dict[str, Any]) -> str:
    usage, calls = payload.get("usage", {}), payload.get("calls", ())
    tokens = tr(
        "{input} in ({cached} cached), {output} out",
        input=usage.get("input_tokens", 0),
        cached=usage.get("cached_tokens", 0),
        output=usage.get("output_tokens", 0),
    )
    asked = ", ".join(call["name"] for call in calls) or payload.get("text", "")
    source = f" · {payload['source']}" if payload.get("source") else ""
    return f"{tokens}{source} · {glyph('open')} {asked}"
