"""What a server wants back with each call of a reply (``extra_content``), kept as the reply's signature.

Gemini signs the thoughts that led to a call, and refuses its result without that signature:
https://ai.google.dev/gemini-api/docs/thought-signatures.
"""

from typing import Any

import msgspec

_MARK = "calls:"


def extras_signature(extras: list[Any]) -> str:
    """Return what has to be kept with a reply; empty where no call has anything."""
    return _MARK + msgspec.json.encode(extras).decode() if any(extra is not None for extra in extras) else ""


def extras_of(signature: str, calls: int) -> list[Any]:
    """Return what each of so many calls had, None where it had nothing or the signature is another format's."""
    if not signature.startswith(_MARK):
        return [None] * calls
    try:
        extras = msgspec.json.decode(signature.removeprefix(_MARK), type=list[Any])
    except msgspec.MsgspecError:
        return [None] * calls
    return extras if len(extras) == calls else [None] * calls
