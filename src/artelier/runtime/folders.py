"""Registered folders of this machine, opened once and shared by all runs in them."""

from pathlib import Path

from artelier.domain.runs import WorkspaceRecord
from artelier.ports.cache import Cache
from artelier.ports.workspace import Workspace
from artelier.workspaces.commands import CommandRunner
from artelier.workspaces.file_systems import TESTED, kind_of
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.keeping import Keep, keep_nothing
from artelier.workspaces.recollection import Counts, Recollection
from artelier.workspaces.remembering import RememberingWorkspace
from artelier.workspaces.shadow import USUAL, ShadowLimits


class LocalFolders:
    """Opens workspaces that lie on this machine.

    ``shell`` runs the commands in all of them; ``keep`` keeps what files were before they change. With a ``cache``, what
    reading gave is remembered there, on file systems that are tested or named in ``also_on``.
    """

    def __init__(
        self,
        shell: CommandRunner | None = None,
        keep: Keep = keep_nothing,
        shadow_limits: ShadowLimits = USUAL,
        cache: Cache | None = None,
        also_on: frozenset[str] = frozenset(),
    ) -> None:
        self._shell = shell
        self._keep = keep
        self._shadow_limits = shadow_limits
        self._cache = cache
        self._remembered_on = TESTED | also_on
        self._recollections: list[Recollection] = []
        self._open: dict[str, Workspace] = {}

    def open(self, record: WorkspaceRecord) -> Workspace:
        """Return the workspace. Raises ``PathRefused`` when its root is gone or not a folder."""
        workspace = self._open.get(record.id)
        if workspace is None:
            workspace = self._open[record.id] = self._opened(record)
        return workspace

    def counts(self) -> Counts:
        """Return what became of all questions to what is remembered, over all folders."""
        each = [found.counts for found in self._recollections]
        return Counts(*(sum(getattr(counts, name) for counts in each) for name in Counts.__struct_fields__))

    def _opened(self, record: WorkspaceRecord) -> Workspace:
        local = LocalWorkspace(Path(record.root), shell=self._shell, keep=self._keep, shadow_limits=self._shadow_limits)
        if self._cache is None or kind_of(local.root.folder) not in self._remembered_on:
            return local
        recollection = Recollection(local.root, self._cache, record.id)
        self._recollections.append(recollection)
        return RememberingWorkspace(local, local.root, recollection)
