"""Payloads to bytes and back, old versions included."""

from collections.abc import Callable
from typing import Any, get_args

import msgspec

from artelier.domain.errors import StoreError
from artelier.domain.events import Event, Payload

VERSION = 1
_TYPES: dict[str, type[Payload]] = {kind.type: kind for kind in get_args(Payload)}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in _TYPES.items()}
_ENCODER = msgspec.json.Encoder()

UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From (type, version) a function to the payload's next version; applied one after another."""


def event_types() -> tuple[str, ...]:
    """Return the names of all events, as they are spelled everywhere."""
    return tuple(_TYPES)


def encode_payload(payload: Payload) -> bytes:
    """Return a payload as JSON, without its type."""
    return _ENCODER.encode(payload)


def decode_payload(kind: str, version: int, raw: bytes) -> Payload:
    """Return the payload of an event stored by this or any earlier version.

    Raises ``StoreError`` when the type or the version is newer than this code, or the bytes are damaged.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None or version > VERSION:
        raise StoreError(f"The journal holds an event '{kind}' of version {version} that this version of Artelier cannot read: update it.")
    try:
        if version == VERSION:
            return decoder.decode(raw)
        fields = msgspec.json.decode(raw)
        for step in range(version, VERSION):
            fields = UPCASTERS.get((kind, step), _same)(fields)
        return msgspec.convert(fields, _TYPES[kind])
    except msgspec.MsgspecError as failure:
        raise StoreError(f"The journal holds a damaged event '{kind}': {failure}. Restore it from a backup.") from failure


def encode_event(event: Event) -> bytes:
    """Return an event with its envelope as JSON, as streams and listings show it."""
    return _ENCODER.encode(event)


def _same(fields: dict[str, Any]) -> dict[str, Any]:
    return fields
