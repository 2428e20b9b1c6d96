"""Files that a person put back, or changed again, as calls had left them."""

from typing import ClassVar

from msgspec import Struct

from artelier.domain.calls import FileChange


class FilesRestored(Struct, frozen=True):
    """A person undid changes to files (``action`` is ``undo``), or did them again (``redo``): what each was and is now, by digests."""

    type: ClassVar[str] = "files_restored"
    action: str
    restored: tuple[FileChange, ...]
    calls: tuple[str, ...]
    """The calls whose changes to these files were undone or done again."""
    left: tuple[str, ...] = ()
    """Files left alone: somebody else changed them since, or what they were is not known."""
