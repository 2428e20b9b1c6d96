"""The seams to what is listed: sessions, questions, workspaces."""

from typing import Protocol

from artelier.domain.runs import QuestionRecord, SessionRecord, WorkspaceRecord
from artelier.ports.runs import Page


class Sessions(Protocol):
    """Conversations as rows."""

    async def open_session(self, session: str, owner: str, workspace: str, title: str = "", trace: str = "") -> SessionRecord:
        """Create an empty session, with its ``session_opened`` event. Raises ``NotFound`` (workspace), ``Conflict`` (id)."""
        ...

    async def get_session(self, session: str) -> SessionRecord:
        """Return one session. Raises ``NotFound``."""
        ...

    async def list_sessions(self, owner: str, page: Page, search: str = "") -> tuple[SessionRecord, ...]:
        """Return a person's sessions, newest first; with words to search those whose title or requests hold them."""
        ...

    async def rename_session(self, session: str, title: str) -> SessionRecord:
        """Give a session another title. Raises ``NotFound``."""
        ...

    async def fork_session(self, session: str, fork: str, actor: str, before: str = "", trace: str = "") -> SessionRecord:
        """Begin the session ``fork`` with a copy of another one's journal: all of it, or the runs before the run ``before``.

        A copied event keeps its run, its time and its calls, and counts nowhere again; runs, questions and grants stay with
        the original. Raises ``NotFound``, ``Conflict`` (a run to be copied has not ended, id), ``InvalidRequest`` (the session
        has no such run, or is another agent's part).
        """
        ...

    async def delete_session(self, session: str) -> None:
        """Remove a session with its journal. Raises ``NotFound``, ``Conflict`` while a run is active."""
        ...


class Questions(Protocol):
    """Questions as rows."""

    async def get_question(self, question: str) -> QuestionRecord:
        """Return one question. Raises ``NotFound``."""
        ...

    async def list_questions(self, owner: str, page: Page, status: str = "", session: str = "") -> tuple[QuestionRecord, ...]:
        """Return questions over all of a person's sessions, newest first; every status when none is named."""
        ...


class WorkspaceRegistry(Protocol):
    """Folders the operator has registered."""

    async def register_workspace(self, workspace: str, name: str, root: str, place: str) -> WorkspaceRecord:
        """Add a folder; a folder that is there already (same root and place) is returned as it is."""
        ...

    async def get_workspace(self, workspace: str) -> WorkspaceRecord:
        """Return one. Raises ``NotFound``."""
        ...

    async def list_workspaces(self) -> tuple[WorkspaceRecord, ...]:
        """Return all, oldest first."""
        ...

    async def remove_workspace(self, workspace: str) -> None:
        """Forget a folder; its files stay. Raises ``NotFound``, ``Conflict`` while sessions use it."""
        ...
