"""Readers of the journal that fill a session's findings: one small function for each kind, listed in one table.

The loop knows nothing of them. To notice more, write a reader and name it in ``BY_TOOL`` or ``OF_EVERY_CALL``.
A reader gets what is known and a call with its result, and costs no more the longer a session is.
"""

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.control import ASK_USER, NOTE, NOTE_KINDS
from artelier.domain.delegating import DelegateReturned
from artelier.domain.events import Event, ToolFinished
from artelier.domain.restoring import FilesRestored
from artelier.engine.briefly import failed, line, outcome, subject, trouble
from artelier.engine.findings import Findings, Remark, newest, newest_about
from artelier.engine.state import CallState, RunState

FILES, COMMANDS, CHECKS, ERRORS, SEARCHES, READ, STEPS, NOTES, ANSWERS, DELEGATES = 30, 12, 8, 5, 10, 30, 30, 40, 10, 12
"""The most that is kept of each."""
_TEXT = 240
_CHECK = re.compile(
    r"\b(?:pytest|unittest|tox|nox|ruff|mypy|pyright|flake8|pylint|jest|vitest|mocha|tsc|eslint|ctest|phpunit|rspec|gradlew?|mvn|cmake)\b"
    r"|\b(?:cargo|go|npm|pnpm|yarn|bun|deno|dotnet|swift|mix|rake|just|make)\s+(?:run\s+)?(?:test|build|check|vet|lint|clippy|compile)"
    r"|^\s*make\b"
)
"""Commands that say whether the work holds: tests, builds, linters."""
_BEFORE_A_PROGRAM = re.compile(r"^(?:cd\s+\S+\s*(?:&&|;)\s*|\w+=\S*\s+|(?:sudo|env|time|uv run|poetry run|npx|bunx|python3?\s+-m)\s+)+")
_BRANCH = re.compile(r"## (?:No commits yet on )?([^\s.]+(?:\.[^\s.]+)*)")

Reader = Callable[[Findings, ToolCall, ToolResult], Findings]


def noticed(known: Findings, event: Event, run: RunState) -> Findings:
    """Return the findings after an event; ``run`` is what it made of its run."""
    payload = event.payload
    if isinstance(payload, ToolFinished):
        return _of_call(known, _call_of(run, payload.call), payload.result)
    if isinstance(payload, DelegateReturned):
        return _delegate(known, payload, _call_of(run, payload.call))
    if isinstance(payload, FilesRestored):
        return _files(known, payload.restored)
    return known


def _call_of(run: RunState, identifier: str) -> CallState | None:
    calls = run.turns[-1].calls if run.turns else ()
    return next((each for each in calls if each.call.id == identifier), None)


def _of_call(known: Findings, state: CallState | None, result: ToolResult) -> Findings:
    if state is None:
        return known
    call = state.effective
    for reader in OF_EVERY_CALL:
        known = reader(known, call, result)
    for reader in BY_TOOL.get(call.name, ()):
        known = reader(known, call, result)
    return known


def _changed_files(known: Findings, call: ToolCall, result: ToolResult) -> Findings:  # noqa: ARG001  the result says it all
    return _files(known, result.files) if result.files else known


def _files(known: Findings, changes: tuple[FileChange, ...]) -> Findings:
    kinds = {each.about: each.text for each in known.files}
    for change in changes[-FILES:]:
        before = kinds.pop(change.path, "")
        kinds[change.path] = "created" if before == "created" and change.kind == "changed" else change.kind
    kept = list(kinds.items())[-FILES:]
    return replace(known, files=tuple([Remark(path, kind) for path, kind in kept]))


def _error(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    if failed(result):
        about = _source(call)
        told = Remark(f"{about}: {subject(call)}" if subject(call) else about, trouble(result))
        return replace(known, last_error=Remark(about, f"{told.about}: {told.text}"), errors=newest_about(known.errors, told, ERRORS))
    if known.last_error is not None and result.status is ResultStatus.DONE and known.last_error.about == _source(call):
        return replace(known, last_error=None)
    return known


def _source(call: ToolCall) -> str:
    """Return what an error is of: the program of a command, otherwise the tool."""
    command = (call.arguments or {}).get("command")
    if not isinstance(command, str):
        return call.name
    words = _BEFORE_A_PROGRAM.sub("", command.strip()[:500]).split(maxsplit=1)
    return words[0].rpartition("/")[2] if words else call.name


def _command(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    if result.status is ResultStatus.DENIED:
        return known
    ended = Remark(subject(call), outcome(result))
    known = replace(known, commands=newest(known.commands, ended, COMMANDS))
    if not _CHECK.search(ended.about):
        return known
    checks = newest_about(known.checks, ended, CHECKS)
    failing = (known.failing - {ended.about}) | ({ended.about} if failed(result) else frozenset())
    return replace(known, checks=checks, failing=failing & {each.about for each in checks})


def _search(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    if result.status is not ResultStatus.DONE:
        return known
    return replace(known, searches=newest_about(known.searches, Remark(subject(call), outcome(result)), SEARCHES))


def _reading(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    what = subject(call)
    if result.status is not ResultStatus.DONE or not what:
        return known
    return replace(known, read=newest(tuple([each for each in known.read if each != what]), what, READ))


def _plan(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    steps = (call.arguments or {}).get("steps")
    if result.status is not ResultStatus.DONE or not isinstance(steps, list):
        return known
    told = [Remark(line(str(each.get("title", "")), _TEXT), str(each.get("status", ""))) for each in steps if isinstance(each, dict)]
    return replace(known, plan=tuple(told[:STEPS]))


def _note(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    kind, text = (call.arguments or {}).get("kind"), (call.arguments or {}).get("text")
    if result.status is not ResultStatus.DONE or kind not in NOTE_KINDS or not isinstance(text, str):
        return known
    note = Remark(str(kind), line(" ".join(text.split()), _TEXT))
    return known if note in known.notes else replace(known, notes=newest(known.notes, note, NOTES))


def _answer(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    if result.status is not ResultStatus.DONE:
        return known
    return replace(known, answers=newest(known.answers, Remark(subject(call), line(result.text, _TEXT)), ANSWERS))


def _status(known: Findings, call: ToolCall, result: ToolResult) -> Findings:  # noqa: ARG001  git says it all
    found = _BRANCH.match(result.text) if result.status is ResultStatus.DONE else None
    return known if found is None else replace(known, branch=found[1])


def _checkout(known: Findings, call: ToolCall, result: ToolResult) -> Findings:
    target = (call.arguments or {}).get("target")
    return replace(known, branch=line(target, 120)) if result.status is ResultStatus.DONE and isinstance(target, str) else known


def _delegate(known: Findings, returned: DelegateReturned, state: CallState | None) -> Findings:
    arguments = {} if state is None else state.call.arguments or {}
    about = f"{arguments.get('agent', '')}: {line(str(arguments.get('task', '')), 100)}"
    ended = Remark(about, f"{returned.status}: {line(returned.reply, _TEXT)}")
    return replace(known, delegates=newest(known.delegates, ended, DELEGATES))


OF_EVERY_CALL: tuple[Reader, ...] = (_changed_files, _error)
BY_TOOL: Mapping[str, tuple[Reader, ...]] = {
    "execute_command": (_command,),
    "search_in_code": (_search,),
    "web_search": (_search,),
    "read_file": (_reading,),
    "web_fetch": (_reading,),
    "browser_navigate": (_reading,),
    "update_plan": (_plan,),
    "git_status": (_status,),
    "git_checkout": (_checkout,),
    NOTE.name: (_note,),
    ASK_USER.name: (_answer,),
}
