"""A named value in a file, e.g. ``version = "0.1.0"``: found in what was read of it, and made into an edit."""

import re
from collections.abc import Sequence

from artelier.domain.calls import ResultStatus
from artelier.domain.messages import AgentMessage, Message, ToolMessage
from artelier.providers.rehearsal_steps import Setting, Step, StepKind

_NUMBERED = re.compile(r"^\s*\d+\t", re.MULTILINE)


def settled(step: Step, messages: Sequence[Message]) -> Step | None:
    """Return a step whose texts are known; None where no one line of what was read sets its name."""
    if step.setting is None:
        return step
    texts = _changed(_read(step.path, messages), step.setting)
    return None if texts is None else Step(step.kind, {**step.arguments, "old_text": texts[0], "new_text": texts[1]})


def _read(path: str, messages: Sequence[Message]) -> str:
    """Return a file as it was read last, without the numbers of its lines; empty where it was not."""
    calls = {call.id: call for message in messages if isinstance(message, AgentMessage) for call in message.calls}
    for message in reversed(messages):
        call = calls.get(message.call_id) if isinstance(message, ToolMessage) and message.status is ResultStatus.DONE else None
        if call is not None and call.name == StepKind.READ and (call.arguments or {}).get("path") == path:
            return _NUMBERED.sub("", message.text)
    return ""


def _changed(text: str, setting: Setting) -> tuple[str, str] | None:
    """Return the line that sets the name, and that line with the new value; the value's own quotation marks stay."""
    form = re.compile(
        rf"""^(?P<before>[ \t]*["']?{re.escape(setting.key)}["']?[ \t]*[:=][ \t]*)(?P<mark>["']?)"""
        r"""(?P<value>[^"'\n#,;]*?)(?P=mark)(?P<after>[ \t]*(?:[,;#][^\n]*)?)$""",
        re.IGNORECASE | re.MULTILINE,
    )
    found = list(form.finditer(text))
    if len(found) != 1 or (found[0]["mark"] and found[0]["mark"] in setting.value) or found[0]["value"] == setting.value:
        return None
    line = found[0]
    return line[0], f"{line['before']}{line['mark']}{setting.value}{line['mark']}{line['after']}"
