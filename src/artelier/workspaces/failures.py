"""The operating system's errors in the house's words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from artelier.domain.errors import FileMissing, PathRefused, ToolError

_REFUSED = {
    errno.EXDEV: "leads outside the workspace",
    errno.ELOOP: "is a link that leads outside, or in a circle",
    errno.EACCES: "may not be used: the system denies it",
    errno.EPERM: "may not be used: the system denies it",
    errno.ENAMETOOLONG: "is longer than the file system takes",
    errno.EISDIR: "is a folder",
    errno.ENXIO: "is no plain file",
}


def failure_of(error: OSError, path: str) -> ToolError:
    """Return what to tell of an error of the system over ``path``."""
    if error.errno == errno.ENOENT:
        return FileMissing(f"There is no {path!r}. List its folder to see what is there.")
    if error.errno == errno.ENOTDIR:
        return FileMissing(f"There is no {path!r}: something on the way to it is not a folder.")
    if error.errno in _REFUSED:
        return PathRefused(f"{path!r} {_REFUSED[error.errno]}. Use a plain file or folder inside the workspace.")
    return ToolError(f"{path!r} could not be used: {error.strerror}. Try again, or tell the person about it.")


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise errors of the system over ``path`` as a ``ToolError``."""
    try:
        yield
    except OSError as error:
        raise failure_of(error, path) from error
