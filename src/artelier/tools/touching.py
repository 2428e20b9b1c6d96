"""What a call touches, from the path it names and without looking at the disk."""

from artelier.domain.calls import Access

EXCLUSIVE = Access(exclusive=True)


def reading(*paths: str) -> Access:
    """Return the access of a call that reads these paths and what is beneath them."""
    known = [normalised(path) for path in paths]
    return EXCLUSIVE if None in known else Access(reads=frozenset(path for path in known if path is not None))


def writing(path: str) -> Access:
    """Return the access of a call that writes this path."""
    known = normalised(path)
    return EXCLUSIVE if known is None else Access(writes=frozenset({known}))


def normalised(path: str) -> str | None:
    """Return the path relative to the root, ``.`` for the root itself; None for one that a workspace will refuse."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if not path or path.startswith("/") or ".." in parts or "\\" in path:
        return None
    return "/".join(parts) or "."


def folders_above(path: str) -> list[str]:
    """Return the folders a normalised path lies in, the root first."""
    parts = [] if path == "." else path.split("/")
    return ["/".join(parts[:number]) or "." for number in range(len(parts))]
