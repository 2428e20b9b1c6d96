"""Events of a run as lines for a terminal: glyph, tool, target, what came of it, time."""

from rich.text import Text

from artelier.cli.look import glyph, visible
from artelier.cli.words import language, tr
from artelier.client import StreamEvent

_STATES = {
    "done": ("done", "ok", ""),
    "failed": ("failed", "bad", "failed"),
    "timed_out": ("failed", "bad", "timed out"),
    "denied": ("denied", "warn", "denied"),
    "cancelled": ("denied", "warn", "cancelled"),
    "in_doubt": ("waiting", "warn", "in doubt"),
}


class Cards:
    """Makes lines of events; remembers what each call is about."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}

    def line(self, event: StreamEvent) -> Text | None:
        """Return what to show for an event, None for what needs no line of its own."""
        payload = event.payload
        match event.type:
            case "agent_chosen":
                return Text(f"{payload['agent']} · {tr(_source(payload['source']))}", "dim")
            case "tool_started":
                self._targets[payload["call"]] = payload.get("target", "")
                return None
            case "tool_finished":
                return self._finished(payload)
            case "model_failed":
                return _notice(tr("The model failed: {message}", message=payload["message"]), payload["code"])
            case "run_waiting" if payload["reason"] == "model":
                return Text(f"{glyph('running')} {tr('Waiting for the model; the run goes on by itself.')}", "warn")
            case "run_failed":
                return _notice(payload["message"], payload["code"])
            case "run_cancelled":
                return Text(f"{glyph('denied')} {tr('The run was stopped.')}", "warn")
        return None

    def _finished(self, payload: dict) -> Text:  # type: ignore[type-arg]  # an event's payload is open JSON
        result = payload["result"]
        kind, style, word = _STATES.get(result["status"], ("note", "dim", result["status"]))
        target = self._targets.pop(payload["call"], "") or payload["name"]
        facts = [tr(word)] if word else []
        facts += [fact for fact in (result.get("summary", ""), seconds(payload.get("seconds", 0.0))) if fact]
        line = Text.assemble((glyph(kind), style), " ", (payload["name"], "name"), " ", visible(_without_name(target, payload["name"])))
        line.append(f"  {' · '.join(facts)}", "dim")
        if kind != "done":
            line.append(f"\n  {visible(result['text'].strip().splitlines()[-1][:300] if result['text'].strip() else '')}", "dim")
        return line


def seconds(value: float) -> str:
    """Return a duration as a person reads it: ``4 ms``, ``2.4 s``, ``3 min``."""
    if value < 1:
        return tr("{number} ms", number=f"{value * 1000:.0f}")
    if value < 120:  # noqa: PLR2004  two minutes are told in seconds
        return tr("{number} s", number=decimal(value))
    return tr("{number} min", number=f"{value / 60:.0f}")


def decimal(value: float) -> str:
    """Return a number with one digit after the mark of the person's language."""
    return f"{value:.1f}".replace(".", "," if language() == "ru" else ".")


def _source(source: str) -> str:
    return {"explicit": "chosen by you", "mention": "chosen by you", "default": "default agent"}.get(source, source)


def _without_name(target: str, name: str) -> str:
    return "" if target == name else target


def _notice(message: str, code: str) -> Text:
    return Text.assemble((f"{glyph('failed')} {visible(message)} ", "bad"), (code, "dim"))
