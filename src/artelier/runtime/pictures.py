"""Pictures that a session's calls made: only those that its journal names, and only as what their bytes are."""

from msgspec import Struct

from artelier.domain.calls import Picture
from artelier.domain.errors import NotFound
from artelier.domain.events import Event, ToolFinished
from artelier.ports.blobs import Blobs
from artelier.ports.journal import Journal

_BEGINNINGS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""The kinds that are shown, and how their files begin (ISO/IEC 15948, ISO/IEC 10918-1)."""
_PAGE = 1000


class Shot(Struct, frozen=True):
    """A picture's bytes, and what they are."""

    content: bytes
    media_type: str


def is_shown(picture: Picture) -> bool:
    """Return whether a picture is of a kind that is handed out."""
    return picture.media_type in _BEGINNINGS


async def find_picture(journal: Journal, blobs: Blobs, session: str, digest: str) -> Shot:
    """Return a picture that an event of this session names. Raises ``NotFound``, ``StoreError``."""
    if not await _is_named(journal, session, digest):
        raise NotFound("This session has no such picture. Its events name those that it has.")
    content = await blobs.get(digest)
    media_type = next((kind for kind, beginning in _BEGINNINGS.items() if content and content.startswith(beginning)), "")
    if not content or not media_type:
        raise NotFound("This picture is not kept any more, or is neither PNG nor JPEG.")
    return Shot(content, media_type)


async def _is_named(journal: Journal, session: str, digest: str) -> bool:
    after = 0
    while events := await journal.read(session, after, _PAGE):
        if any(_names(event, digest) for event in events):
            return True
        after = events[-1].seq
    return False


def _names(event: Event, digest: str) -> bool:
    payload = event.payload
    return isinstance(payload, ToolFinished) and any(each.digest == digest and is_shown(each) for each in payload.result.pictures)
