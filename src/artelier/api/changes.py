"""Routes of what a session changed in files: look, undo, do again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints

from artelier.api.bodies import Body, Identifier
from artelier.api.guard import Person
from artelier.api.schemas import Listing
from artelier.api.views import house_of, own_session
from artelier.runtime.undo import Restored, Shown

router = APIRouter(prefix="/api/v1", tags=["sessions"])
FilePath = Annotated[str, StringConstraints(max_length=4096)]


class ChangeView(BaseModel):
    """What one run did to one file; ``diff`` is empty where a side is no text or was not kept."""

    run_id: str
    path: str
    kind: Literal["created", "changed", "deleted"]
    added: int
    removed: int
    undoable: bool
    undone: bool
    diff: str


class FileView(BaseModel):
    """One file as it was put back, compared with how it was found."""

    path: str
    kind: Literal["created", "changed", "deleted"]
    added: int
    removed: int
    diff: str


class LeftView(BaseModel):
    """A file that was left alone, and why."""

    path: str
    reason: str


class RestoredView(BaseModel):
    """What an undo or a redo did, or with ``dry_run`` would do."""

    action: Literal["undo", "redo"]
    run_id: str
    dry_run: bool
    restored: list[FileView]
    left: list[LeftView]


class UndoBody(Body):
    """What to undo: a run and all after it, of all files or of some; the last run that changed files when nothing is said."""

    to_run: Identifier | None = None
    paths: tuple[FilePath, ...] = ()
    dry_run: bool = False


class RedoBody(Body):
    """Do again what was undone last."""

    dry_run: bool = False


@router.get("/sessions/{session_id}/changes")
async def list_changes(request: Request, person: Person, session_id: Identifier) -> Listing[ChangeView]:
    """List what each run changed in files, with the difference."""
    house = house_of(request)
    await own_session(house, session_id, person)
    found = await house.undo.changes(session_id)
    items = [
        ChangeView(run_id=each.run, undoable=each.undoable, undone=each.undone, **_fields(each.shown))  # type: ignore[arg-type]
        for each in found
    ]
    return Listing(items=items, next=None)


@router.post("/sessions/{session_id}/undo")
async def undo_changes(request: Request, person: Person, session_id: Identifier, body: UndoBody | None = None) -> RestoredView:
    """Put files back as they were; one that somebody else changed since is left alone and named."""
    house = house_of(request)
    await own_session(house, session_id, person)
    asked = body or UndoBody()
    return _view(await house.undo.undo(session_id, person, asked.to_run or "", asked.paths, dry_run=asked.dry_run))


@router.post("/sessions/{session_id}/redo")
async def redo_changes(request: Request, person: Person, session_id: Identifier, body: RedoBody | None = None) -> RestoredView:
    """Do again what was undone last."""
    house = house_of(request)
    await own_session(house, session_id, person)
    return _view(await house.undo.redo(session_id, person, dry_run=bool(body and body.dry_run)))


def _view(done: Restored) -> RestoredView:
    return RestoredView(
        action="undo" if done.action == "undo" else "redo",
        run_id=done.run,
        dry_run=done.dry_run,
        restored=[FileView(**_fields(each)) for each in done.restored],  # type: ignore[arg-type]
        left=[LeftView(path=each.path, reason=each.reason) for each in done.left],
    )


def _fields(shown: Shown) -> dict[str, str | int]:
    return {"path": shown.path, "kind": shown.kind, "added": shown.added, "removed": shown.removed, "diff": shown.diff}
