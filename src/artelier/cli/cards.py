"""Events of a run as lines for a terminal: glyph, tool, target, what came of it, time."""

from datetime import datetime
from typing import Any

from rich.text import Text

from artelier.cli.durations import seconds
from artelier.cli.look import glyph, visible
from artelier.cli.results import Result, result_lines
from artelier.cli.rows import row
from artelier.cli.words import plural, tr
from artelier.client import StreamEvent

_SOURCES = {
    "explicit": "chosen by you",
    "mention": "chosen by you",
    "default": "default agent",
    "switch": "handed over",
    "classifier": "suits this request",
    "session": "goes on",
    "model": "a model thinks it suits",
    "cache": "a model thinks it suits",
    "person": "chosen by you",
}
_RESTS = frozenset({"run_waiting", "run_finished", "run_failed", "run_cancelled"})


class Cards:
    """Makes lines of events. Calls of one reply are told together, once all of them have ended or the run rests.

    ``details`` is how many lines of a difference or an output are shown; 0 shows only why something failed. ``server`` is
    the address that links begin with; empty where nobody answers once the command has ended.
    """

    def __init__(self, width: int = 0, details: int = 0, server: str = "") -> None:
        self.width = width
        self._details = details
        self._server = server
        self._agent = ""
        self._failure_told = ""
        self._arguments: dict[str, dict[str, Any]] = {}
        self._asked: dict[str, str] = {}
        self._waiting: dict[str, str] = {}
        self._working: dict[str, str] = {}
        self._early: set[str] = set()
        self._sent: dict[str, tuple[str, float]] = {}
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

    def working(self) -> list[Text]:
        """Return a line for each call at work or ended and not told yet: the part that is still moving."""
        ended = [result_lines(result, self.width, 0)[0] for result in self._ended]
        return [*ended, *(row(Text(f"{glyph('running')} {about}", "accent"), "", self.width) for about in self._working.values())]

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
        elif event.type == "approval_asked" and payload["question"].get("call"):
            self._asked[payload["question"]["id"]] = payload["question"]["call"]["id"]
        elif event.type == "approval_answered" and payload["answer"].get("arguments") is not None:
            self._arguments[self._asked.get(payload["question"], "")] = payload["answer"]["arguments"]
        elif event.type == "tool_started":
            self._working[payload["call"]] = self._about(payload["call"], payload["name"], payload.get("target", ""))
            if payload.get("early_seconds"):
                self._early.add(payload["call"])
        elif event.type == "delegate_sent":
            task = str(self._arguments.get(payload["call"], {}).get("task", ""))
            self._working[payload["call"]] = f"{payload['agent']}: {_first_line(task)}"
            self._sent[payload["call"]] = self._working[payload["call"]], datetime.fromisoformat(event.at).timestamp()

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
        call = payload["call"]
        about = self._working.pop(call, "") or self._about(call, payload["name"], "")
        self._waiting.pop(call, None)
        took = payload.get("seconds", 0.0)
        at = datetime.fromisoformat(event.at).timestamp()
        links = tuple(self._server + each["address"] for each in payload["result"].get("pictures", ()) if "address" in each)
        self._ended.append(Result(about, payload["name"], payload["result"], took, at, call in self._early, links))
        return [] if self._waiting else self._told()

    def _returned(self, event: StreamEvent) -> list[Text]:
        payload = event.payload
        call, at = payload["call"], datetime.fromisoformat(event.at).timestamp()
        about, begun = self._sent.pop(call, ("delegate", at))
        self._working.pop(call, None)
        self._waiting.pop(call, None)
        status = {"finished": "done"}.get(payload["status"], payload["status"])
        result = {"status": status, "text": payload.get("reply", ""), "summary": _first_line(payload.get("reply", ""))[:60]}
        self._ended.append(Result(about, "delegate", result, max(0.0, at - begun), at))
        return [] if self._waiting else self._told()

    def _told(self) -> list[Text]:
        ended, self._ended = self._ended, []
        self._working.clear()
        if len(ended) == 1:
            return result_lines(ended[0], self.width, self._details)
        inner = max(self.width - 2, 0)
        below = [Text("  ").append_text(line) for result in ended for line in result_lines(result, inner, self._details)]
        return [self._header(ended), *below] if ended else []

    def _header(self, ended: list[Result]) -> Text:
        together, apart = _covered(ended), sum(result.took for result in ended)
        count = plural(len(ended), ("call together", "calls together"), ("вызов вместе", "вызова вместе", "вызовов вместе"))
        told = f"{glyph('open')} {count} · {seconds(together)}"
        if apart > together * 1.1 + 0.05:
            told += ", " + tr("one by one {time}", time=seconds(apart))
        return row(Text(told, "dim"), "", self.width)

    def _notice(self, event: StreamEvent) -> list[Text]:
        payload = event.payload
        match event.type:
            case "agent_chosen" if payload["agent"] != self._agent:
                self._agent = payload["agent"]
                why = f": {visible(payload['reason'])}" if payload.get("reason") else ""
                return [Text(f"{payload['agent']} · {tr(_SOURCES.get(payload['source'], payload['source']))}{why}", "dim")]
            case "model_failed":
                self._failure_told = payload["message"]
                return [_failure(tr("The model failed: {message}", message=payload["message"]), payload["code"])]
            case "context_compacted":
                return [Text(f"{glyph('note')} {_compacted(payload)}", "dim")]
            case "run_waiting" if payload["reason"] == "model":
                return [Text(f"{glyph('running')} {_waiting(payload)}", "warn")]
            case "run_failed" if payload["message"] == self._failure_told:
                return []
            case "run_failed":
                return [_failure(payload["message"], payload["code"])]
            case "run_cancelled":
                return [Text(f"{glyph('denied')} {tr('The run was stopped.')}", "warn")]
        return []


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
    return f"{number / 1000:.1f}k" if number < 10_000 else f"{number / 1000:.0f}k"  # noqa: PLR2004  three signs at most


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return visible(lines[0] + (" ..." if len(lines) > 1 else "")) if lines else ""


def _failure(message: str, code: str) -> Text:
    return Text.assemble((f"{glyph('failed')} {visible(message)} ", "bad"), (code, "dim"))
