"""Undo and redo: puts files back as they were, never over what somebody else changed since, and writes down what it did."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from artelier.domain.calls import FileChange
from artelier.domain.errors import ConditionFailed, Conflict, FileChanged, ToolError
from artelier.domain.events import Draft, Event
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.restoring import FilesRestored
from artelier.domain.runs import RunRecord, RunStatus
from artelier.ports.blobs import Blobs
from artelier.ports.journal import WhileRun
from artelier.ports.runs import Page
from artelier.ports.store import Store
from artelier.ports.workspace import Workspace, Workspaces
from artelier.runtime.changes import NOT_KEPT, Change, Step, changes_of, own_events, steps_back, steps_forward
from artelier.tools.differences import Difference, difference
from artelier.workspaces.encoding import decode, find_encoding

_NOT_RUNNING = frozenset(RunStatus) - {RunStatus.RUNNING}
_LARGEST_DIFFERENCE = 512 * 1024
"""Bytes; larger contents are not compared line by line."""


class Shown(Struct, frozen=True):
    """One file's change for people: a unified diff where both sides are text that is known."""

    path: str
    kind: str
    added: int
    removed: int
    diff: str


class RunChange(Struct, frozen=True):
    """What one run did to one file."""

    run: str
    shown: Shown
    undoable: bool
    undone: bool


class Left(Struct, frozen=True):
    """A file that was left alone, and why."""

    path: str
    reason: str


class Restored(Struct, frozen=True):
    """What an undo or a redo did, or with ``dry_run`` would do."""

    action: str
    run: str
    dry_run: bool
    restored: tuple[Shown, ...]
    left: tuple[Left, ...]


class Undo:
    """Undoes what a session's calls changed in files."""

    def __init__(self, store: Store, workspaces: Workspaces, blobs: Blobs) -> None:
        self._store = store
        self._workspaces = workspaces
        self._blobs = blobs

    async def changes(self, session: str) -> tuple[RunChange, ...]:
        """Return what each run changed, file by file, in the order of the runs. Raises ``NotFound``."""
        changes, undone = changes_of(own_events(await self._store.read(session)))
        grouped: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            grouped.setdefault((change.run, change.file.path), []).append(change)
        return tuple([await self._run_change(run, own, undone) for (run, _), own in grouped.items()])

    async def undo(self, session: str, person: str, to_run: str = "", paths: Sequence[str] = (), *, dry_run: bool = False) -> Restored:
        """Undo a run and those after it, or the last one that changed files. Raises ``NotFound``, ``Conflict``."""
        return await self._perform("undo", session, person, steps_back(await self._events_at_rest(session), to_run, paths), dry_run=dry_run)

    async def redo(self, session: str, person: str, *, dry_run: bool = False) -> Restored:
        """Do again what was undone last. Raises ``NotFound``, ``Conflict``."""
        return await self._perform("redo", session, person, steps_forward(await self._events_at_rest(session)), dry_run=dry_run)

    async def take_back(self, run: RunRecord, person: str) -> None:
        """Undo what one run changed, if anything. Raises ``NotFound``, ``Conflict`` where a run is at work in its session."""
        events = await self._events_at_rest(run.session)
        changes, undone = changes_of(events)
        if any(change.run == run.id and (change.call, change.file.path) not in undone for change in changes):
            await self._perform("undo", run.session, person, steps_back(events, run.id, ()), dry_run=False)

    async def _events_at_rest(self, session: str) -> Sequence[Event]:
        if await self._store.list_runs(Page(limit=1), session, frozenset({RunStatus.RUNNING})):
            raise Conflict("A run is at work in this session. Wait for it, or cancel it first.", because=Refusal(RefusalCode.AT_WORK))
        return own_events(await self._store.read(session))

    async def _perform(self, action: str, session: str, person: str, steps: Sequence[Step], *, dry_run: bool) -> Restored:
        record = await self._store.get_session(session)
        workspace = self._workspaces.open(await self._store.get_workspace(record.workspace))
        done: list[Step] = []
        left: list[Left] = []
        for step in steps:
            reason = step.refusal or await self._restore(workspace, step, dry_run=dry_run)
            if reason:
                left.append(Left(step.path, reason))
            else:
                done.append(step)
        run = steps[-1].run
        if done and not dry_run:
            await self._record(session, person, run, action, done, left)
        shown = tuple([await self._shown(step.path, step.expected, step.wanted) for step in done])
        return Restored(action, run, dry_run, shown, tuple(left))

    async def _restore(self, workspace: Workspace, step: Step, *, dry_run: bool) -> str:
        """Put one file back; returns why it was left alone, if it was."""
        content = await self._blobs.get(step.wanted) if step.wanted else None
        if step.wanted and content is None:
            return NOT_KEPT
        try:
            await workspace.restore(step.path, step.expected, content, step.mode, dry=dry_run)
        except FileChanged:
            return "Somebody else has changed it since."
        except ToolError as failure:
            return failure.message
        return ""

    async def _record(self, session: str, person: str, run: str, action: str, done: Sequence[Step], left: Sequence[Left]) -> None:
        files = tuple(FileChange(step.path, _kind(step), before=step.expected, after=step.wanted, mode=step.mode) for step in done)
        calls = tuple(dict.fromkeys(call for step in done for call in step.calls))
        payload = FilesRestored(action, files, calls, tuple(each.path for each in left))
        try:
            await self._store.append(session, (Draft(payload, person, run),), WhileRun(run, _NOT_RUNNING))
        except ConditionFailed as failure:
            raise Conflict("The files were put back, but a run has begun meanwhile and may change them again. Look at them.") from failure

    async def _run_change(self, run: str, changes: Sequence[Change], undone: frozenset[tuple[str, str]]) -> RunChange:
        first, last = changes[0].file, changes[-1].file
        shown = await self._shown(last.path, first.before, last.after)
        counted = Shown(shown.path, shown.kind, *_counts(shown, changes), shown.diff)
        return RunChange(run, counted, first.undoable, all((change.call, change.file.path) in undone for change in changes))

    async def _shown(self, path: str, before: str, after: str) -> Shown:
        kind = "created" if not before else "deleted" if not after else "changed"
        old, new = await self._text(before), await self._text(after)
        if old is None or new is None:
            return Shown(path, kind, 0, 0, "")
        found: Difference = difference(old, new)
        names = f"--- {'a/' + path if before else '/dev/null'}\n+++ {'b/' + path if after else '/dev/null'}\n"
        return Shown(path, kind, found.added, found.removed, names + found.text)

    async def _text(self, digest: str) -> str | None:
        content = await self._blobs.get(digest) if digest else b""
        if content is None or len(content) > _LARGEST_DIFFERENCE:
            return None
        encoding = find_encoding(content)
        return None if encoding is None else decode(content, encoding)


def _kind(step: Step) -> str:
    return "created" if not step.expected else "changed" if step.wanted else "deleted"


def _counts(shown: Shown, changes: Iterable[Change]) -> tuple[int, int]:
    """Return the lines added and removed, as the calls counted them where contents are not kept."""
    if shown.diff:
        return shown.added, shown.removed
    files = [change.file for change in changes]
    return sum(file.added for file in files), sum(file.removed for file in files)
