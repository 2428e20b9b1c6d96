"""How a value lies in a tier that others read too: a version, when it ends, and the bytes themselves."""

import struct

_HEAD = struct.Struct(">BQ")
_VERSION = 1


def pack(value: bytes, end: float) -> bytes:
    """Return the entry of a value that ends at ``end``, in seconds since 1970."""
    return _HEAD.pack(_VERSION, max(0, int(end * 1000))) + value


def unpack(entry: bytes) -> tuple[bytes, float] | None:
    """Return the value and its end; None for what no version of ours has written."""
    if len(entry) < _HEAD.size:
        return None
    version, end = _HEAD.unpack_from(entry)
    return (entry[_HEAD.size :], end / 1000) if version == _VERSION else None
