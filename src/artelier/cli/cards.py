"""Events of a run as lines for a terminal: glyph, tool, target, what came of it, time."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from rich.text import Text

from artelier.cli.asked_words import reason_told
from artelier.cli.bars import Span, span_rows
from artelier.cli.durations import decimal, seconds
from artelier.cli.look import glyph, visible
from artelier.cli.results import Result, below_lines, result_lines, span_of
from artelier.cli.rows import NARROW, row
from artelier.cli.russian_problems import failure_in_russian
from artelier.cli.telling import granted_line
from artelier.cli.words import language, plural, tr
from artelier.client import StreamEvent

_SOURCES = {
    "explicit": "chosen by you",
    "mention": "chosen by you",
    "default": "default agent",
    "switch": "handed over",
    "classifier": "learned router",
    "session": "goes on",
    "model": "a model thinks it suits",
    "cache": "a model thinks it suits",
    "person": "chosen by you",
}
_WEIGHED = frozenset({"classifier", "model", "cache"})
"""Sources that say how sure they are."""
_RESTS = frozenset({"run_waiting", "run_finished", "run_failed", "run_cancelled"})


class Working(Struct, frozen=True):
    """A call at work: what it is about, and the moment it began, in seconds since 1970."""

    about: str
    begun: float


class Cards:
    """Makes lines of events. Calls of one reply are told together, once all of them have ended or the run rests.

    ``details`` is how many lines of a difference or an output are shown; 0 shows only why something failed. ``server`` is
    the address that links begin with; empty where nobody answers once the command has ended. ``delegates`` is whether work
    given to others is told here too.
    """

    def __init__(self, width: int = 0, details: int = 0, server: str = "", *, delegates: bool = True) -> None:
        self.width = width
        self._delegates = delegates
        self._details = details
        self._server = server
        self._agent = ""
        self._failure_told = ""
        self._arguments: dict[str, dict[str, Any]] = {}
        self._asked: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._working: dict[str, Working] = {}
        self._early: set[str] = set()
        self._untrusted: set[str] = set()
        self._refused: dict[str, str] = {}
        self._replied = 0.0
        self._ended: list[Result] = []

    def lines(self, event: StreamEvent) -> list[Text]:
        """Return what to show for an event; nothing for what needs no line of its own."""
        self._learn(event)
        if event.type == "tool_finished":
            return self._finished(event)
        if event.type == "delegate_returned":
            return self._returned(event)
        if event.type in _RESTS:
            self._waiting.clear()
            return [*self._told(), *self._notice(event)]
        return self._notice(event)

    def working(self, now: float) -> list[Text]:
        """Return a line for each call at work or ended and not told yet: the part that is still moving at ``now``."""
        spans = [*map(span_of, self._ended), *(_span_at_work(each, now) for each in self._working.values())]
        if len(spans) > 1:
            told = plural(len(spans), ("call together", "calls together"), ("вызов вместе", "вызова вместе", "вызовов вместе"))
            rows = span_rows(spans, self._replied or now, self.width)
            if rows:
                return [Text(f"{glyph('open')} {told}", "dim"), *rows]
        ended = [result_lines(result, self.width, 0)[0] for result in self._ended]
        return [*ended, *(_row_at_work(each, now, self.width) for each in self._working.values())]

    def settled(self) -> list[Text]:
        """Return what has ended and was not told yet, so that a question can stand below it."""
        if not self._ended or self._working:
            return []
        return self._told()

    def _learn(self, event: StreamEvent) -> None:
        payload = event.payload
        if event.type == "model_replied":
            calls = payload.get("calls", ())
            self._arguments.update({call["id"]: call.get("arguments") or {} for call in calls})
            self._waiting = {call["id"]: call["name"] for call in calls}
            self._replied = _moment(event)
        elif event.type == "approval_asked" and payload["question"].get("call"):
            self._asked[payload["question"]["id"]] = payload["question"]["call"]["id"]
        elif event.type == "approval_answered" and payload["answer"].get("arguments") is not None:
            self._arguments[self._asked.get(payload["question"], "")] = payload["answer"]["arguments"]
        elif event.type == "call_judged":
            self._judged(payload)
        elif event.type == "tool_started":
            early = payload.get("early_seconds", 0.0)
            begun = self._replied - early if early else _moment(event)
            self._working[payload["call"]] = Working(self._about(payload["call"], payload["name"], payload.get("target", "")), begun)
            if early:
                self._early.add(payload["call"])
        elif event.type == "delegate_sent" and self._delegates:
            task = str(self._arguments.get(payload["call"], {}).get("task", ""))
            self._working[payload["call"]] = Working(f"{payload['agent']}: {_first_line(task)}", _moment(event))

    def _judged(self, payload: dict[str, Any]) -> None:
        if "untrusted" in payload.get("brings", ()):
            self._untrusted.add(payload["call"])
        if payload["decision"] == "forbid" and language() == "ru":
            self._refused[payload["call"]] = reason_told(payload)

    def _about(self, call: str, name: str, target: str) -> str:
        arguments = self._arguments.get(call, {})
        if name == "execute_command" and isinstance(arguments.get("command"), str):
            return f"$ {_first_line(arguments['command'])}"
        for key in ("path", "pattern", "url", "query", "question"):
            if isinstance(arguments.get(key), str):
                return f"{name} {_first_line(arguments[key])}"
        return f"{name} {_first_line(target)}".strip()

    def _finished(self, event: StreamEvent) -> list[Text]:
        payload = event.payload
        call, at, took = payload["call"], _moment(event), payload.get("seconds", 0.0)
        working = self._working.pop(call, None) or Working(self._about(call, payload["name"], ""), at - took)
        self._waiting.pop(call, None)
        # What began early is known by its own clock; several results stored at once share a moment, but not an end.
        ended = min(working.begun + took, at) if call in self._early else at
        links = tuple(self._server + each["address"] for each in payload["result"].get("pictures", ()) if "address" in each)
        refused = self._refused.pop(call, "")
        result = Result(working.about, payload["name"], payload["result"], took, ended, call in self._early, links, ended - took, refused)
        self._ended.append(result)
        return [] if self._waiting else self._told()

    def _returned(self, event: StreamEvent) -> list[Text]:
        payload = event.payload
        call, at = payload["call"], _moment(event)
        working = self._working.pop(call, None) or Working("delegate", at)
        self._waiting.pop(call, None)
        if not self._delegates:
            return [] if self._waiting else self._told()
        status = {"finished": "done"}.get(payload["status"], payload["status"])
        result = {"status": status, "text": payload.get("reply", ""), "summary": _first_line(payload.get("reply", ""))[:60]}
        self._ended.append(Result(working.about, "delegate", result, max(0.0, at - working.begun), at, begun=working.begun))
        return [] if self._waiting else self._told()

    def _told(self) -> list[Text]:
        ended, self._ended = self._ended, []
        untrusted, self._untrusted = bool(self._untrusted), set()
        self._working.clear()
        if len(ended) == 1:
            return result_lines(ended[0], self.width, self._details)
        inner = max(self.width - 2, 0)
        rows = span_rows([span_of(result) for result in ended], self._replied, self.width)
        lines = [self._header(ended, untrusted=untrusted)] if ended else []
        for place, result in enumerate(ended):
            below = [rows[place], *below_lines(result, inner, self._details)] if rows else result_lines(result, inner, self._details)
            lines += [Text("" if rows and not each else "  ").append_text(line) for each, line in enumerate(below)]
        return lines

    def _header(self, ended: list[Result], *, untrusted: bool) -> Text:
        together, apart = _covered(ended), sum(result.took for result in ended)
        count = plural(len(ended), ("call together", "calls together"), ("вызов вместе", "вызова вместе", "вызовов вместе"))
        told = f"{glyph('open')} {count} · {seconds(together)}"
        if apart > together * 1.1 + 0.05:
            told += ", " + tr("one by one {time}", time=seconds(apart))
        return row(Text(told, "dim"), f"{glyph('warning')} {tr('untrusted content')}" if untrusted else "", self.width)

    def _notice(self, event: StreamEvent) -> list[Text]:
        payload = event.payload
        match event.type:
            case "agent_chosen" if payload["agent"] != self._agent:
                self._agent = payload["agent"]
                return [_routed(payload, self.width)]
            case "model_failed":
                self._failure_told = payload["message"]
                return [_failure(tr("The model failed: {message}", message=_said(payload)), payload["code"])]
            case "grant_made":
                return [granted_line(payload["grant"])]
            case "context_compacted":
                return [Text(f"{glyph('note')} {_compacted(payload)}", "dim")]
            case "run_waiting" if payload["reason"] == "model":
                return [Text(f"{glyph('running')} {_waiting(payload)}", "warn")]
            case "run_failed":
                told = payload["message"] == self._failure_told
                return [] if told else [_failure(_said(payload), payload["code"])]
            case "run_cancelled":
                return [Text(f"{glyph('denied')} {tr('The run was stopped.')}", "warn")]
        return []


def _moment(event: StreamEvent) -> float:
    return datetime.fromisoformat(event.at).timestamp()


def _span_at_work(working: Working, now: float) -> Span:
    name, _, target = working.about.partition(" ")
    return Span("running", "accent", name, target, seconds(max(now - working.begun, 0.0)), working.begun, now, running=True)


def _row_at_work(working: Working, now: float, width: int) -> Text:
    return row(Text(f"{glyph('running')} {working.about}", "accent"), seconds(max(now - working.begun, 0.0)), width)


def _routed(payload: dict[str, Any], width: int) -> Text:
    """Return who answers, how sure that is, and how it came to be."""
    sure = [decimal(payload.get("confidence", 1.0), 2)] if payload["source"] in _WEIGHED else []
    facts = [payload["agent"], *sure, tr(_SOURCES.get(payload["source"], payload["source"]))]
    why = f": {visible(payload['reason'])}" if payload.get("reason") else ""
    return row(Text("  " + " · ".join(facts) + why, "dim"), tr("/agent to change") if width >= NARROW else "", width)


def _waiting(payload: dict[str, Any]) -> str:
    if not payload.get("wake_at"):
        return tr("Waiting for the model; the run goes on by itself.")
    then = datetime.fromisoformat(payload["wake_at"]).astimezone()
    return tr("Waiting for the model until {time}, then the run goes on by itself.", time=f"{then:%H:%M:%S}")


def _covered(ended: list[Result]) -> float:
    """Return the seconds during which at least one of the calls was at work."""
    covered, reached = 0.0, 0.0
    for result in sorted(ended, key=lambda each: each.at - each.took):
        begun = max(result.at - result.took, reached)
        covered += max(result.at - begun, 0.0)
        reached = max(reached, result.at)
    return covered


def _compacted(payload: dict[str, Any]) -> str:
    before, after = thousands(payload["tokens_before"]), thousands(payload["tokens_after"])
    if payload["by"] == "results":
        return tr("Old results are shown shortened: {before} → {after} tokens", before=before, after=after)
    return tr("History was summarised: {before} → {after} tokens", before=before, after=after)


def thousands(number: int) -> str:
    """Return a number in few signs: 950, 9.2k, 92k."""
    if number < 1000:  # noqa: PLR2004  below a thousand
        return str(number)
    said = decimal(number / 1000, 1 if number < 10_000 else 0)  # noqa: PLR2004  three signs at most
    return tr("{number}k", number=said)


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return visible(lines[0] + (" ..." if len(lines) > 1 else "")) if lines else ""


def _failure(message: str, code: str) -> Text:
    return Text.assemble((f"{glyph('failed')} {visible(message)} ", "bad"), (code, "dim"))


def _said(payload: dict[str, Any]) -> str:
    """Return why something failed, in the person's language."""
    return failure_in_russian(payload["code"], payload["message"]) if language() == "ru" else str(payload["message"])
