"""Registered folders of this machine, opened once and shared by all runs in them."""

from pathlib import Path

from artelier.domain.runs import WorkspaceRecord
from artelier.ports.workspace import Workspace
from artelier.workspaces.commands import CommandRunner
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.keeping import Keep, keep_nothing
from artelier.workspaces.shadow import USUAL, ShadowLimits


class LocalFolders:
    """Opens workspaces that lie on this machine.

    ``shell`` runs the commands in all of them; ``keep`` keeps what files were before they change.
    """

    def __init__(self, shell: CommandRunner | None = None, keep: Keep = keep_nothing, shadow_limits: ShadowLimits = USUAL) -> None:
        self._shell = shell
        self._keep = keep
        self._shadow_limits = shadow_limits
        self._open: dict[str, LocalWorkspace] = {}

    def open(self, record: WorkspaceRecord) -> Workspace:
        """Return the workspace. Raises ``PathRefused`` when its root is gone or not a folder."""
        workspace = self._open.get(record.id)
        if workspace is None:
            workspace = self._open[record.id] = LocalWorkspace(
                Path(record.root), shell=self._shell, keep=self._keep, shadow_limits=self._shadow_limits
            )
        return workspace
