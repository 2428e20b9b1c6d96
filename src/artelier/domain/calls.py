"""Tool calls, what a tool declares of itself, and what came of a call."""

import unicodedata
from enum import StrEnum
from typing import Any

from msgspec import Struct

from artelier.domain.gists import Gist


class ToolCall(Struct, frozen=True, omit_defaults=True):
    """One call of a tool asked for by a model.

    ``id`` is ``run/step/index``, ours, never the provider's. ``arguments`` is None when ``raw`` was no JSON object;
    such a call is answered with an error and never run.
    """

    id: str
    name: str
    arguments: dict[str, Any] | None
    raw: str = ""
    """The text the model sent, kept only when it could not be parsed."""


class ToolSpec(Struct, frozen=True):
    """What a tool declares once, at start."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON Schema of the arguments object."""
    repeatable: bool
    """Running it twice does no harm: it may be run again after a crash without asking."""
    family: str = ""
    effect: str = "execute"
    """``read`` (the workspace only), ``write``, ``execute``, or ``outbound``: what an approval rule sees."""
    deadline: float = 120.0
    """Seconds after which the call is ended as failed."""
    sandboxed: bool = True
    """Whether the sandbox, where there is one, holds what it does; a call that it does not hold is always asked."""
    trusted: bool = True
    """Whether its results come from the workspace or the house itself, and not from a stranger's page or program."""
    destructive: bool = False
    """Whether it takes away what a person may want to keep, whatever its arguments: never approved in bulk or by a time-out."""
    keep_seconds: float = 0.0
    """How long a result may answer an equal call again; 0 for never. Files are checked on each use instead."""
    keep_from: str = ""
    """What kept results come from beside the tool itself, such as a server: what another one said answers nothing."""
    deferred: bool = False
    """Whether models are not shown it until they look for it by ``find_tools``; an agent may call it all the same."""


class Access(Struct, frozen=True):
    """What a call touches: workspace-relative paths; a folder contains its children. Unknown is exclusive.

    A name that begins with ``//`` is no path but something else that calls share, such as ``//browser``.
    """

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    exclusive: bool = False

    def conflicts_with(self, other: "Access") -> bool:
        """Whether the two calls must keep their order."""
        if self.exclusive or other.exclusive:
            return True
        return _overlap(self.writes, other.reads) or _overlap(self.writes, other.writes) or _overlap(self.reads, other.writes)


def _overlap(left: frozenset[str], right: frozenset[str]) -> bool:
    return any(_contains(a, b) or _contains(b, a) for a in map(folded, left) for b in map(folded, right))


def _contains(folder: str, path: str) -> bool:
    if folder == ".":
        return not path.startswith("//")
    return folder == path or path.startswith(folder + "/")


def folded(path: str) -> str:
    """Return one spelling for all names that some file system takes for the same."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


class ResultStatus(StrEnum):
    """How a call ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    DENIED = "denied"
    """A rule or a person refused it; it never ran."""
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"
    """It was started, and nobody knows whether it took effect."""


class FileChange(Struct, frozen=True, omit_defaults=True):
    """One file that a call created, changed or deleted."""

    path: str
    kind: str
    """``created``, ``changed`` or ``deleted``."""
    added: int = 0
    removed: int = 0
    before: str = ""
    """Digest of the content it had, kept in the blob store; empty where there was no file, or it was not kept."""
    after: str = ""
    """Digest of the content it has now; empty for a deleted file, or one whose content is not known."""
    mode: int = 0
    """Permission bits that a deleted file had."""

    @property
    def undoable(self) -> bool:
        """Whether what was before is known: nothing, or content that was kept."""
        return bool(self.before) if self.kind == "deleted" else bool(self.after) and (self.kind == "created" or bool(self.before))


class Picture(Struct, frozen=True, omit_defaults=True):
    """A picture that a call made: its bytes lie in the blob store."""

    digest: str
    media_type: str
    width: int = 0
    height: int = 0
    title: str = ""


class ToolResult(Struct, frozen=True, omit_defaults=True):
    """What came of a call: ``text`` is what the model reads."""

    status: ResultStatus
    text: str
    code: str = ""
    """Stable error code when the call failed."""
    summary: str = ""
    """A few words for a person: ``120 lines``, ``exit 0``."""
    gist: Gist | None = None
    """The same as a code, for words in any language; None where it needs none, or an earlier version wrote it."""
    files: tuple[FileChange, ...] = ()
    exit_code: int | None = None
    truncated: bool = False
    pictures: tuple[Picture, ...] = ()
    source: str = ""
    """Where it came from if it was not made just now: ``cached``, or ``read_ahead`` while nobody had asked yet."""
    sandbox: str = ""
    """In which sandbox a command ran: ``bubblewrap``, ``landlock``, ``seatbelt``, ``container``, ``off``; empty for other tools."""
