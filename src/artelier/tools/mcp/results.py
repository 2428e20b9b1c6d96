"""From a server's answer to a tool's result: clean text, bounded, pictures kept."""

import json
import re

from artelier.domain.calls import Picture, ResultStatus, ToolResult
from artelier.domain.gists import Gist, GistCode
from artelier.ports.blobs import Blobs
from artelier.tools.mcp.session import Answer, PicturePart, TextPart
from artelier.tools.showing import count, size

TEXT_LIMIT = 200_000
"""Characters kept of an answer: half from its beginning, half from its end."""
PICTURE_LIMIT = 8 * 1024 * 1024
"""Bytes of a picture that is kept."""
PICTURES = 8
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
"""Control characters, what turns the writing round, and letters that show nothing: instructions hide in them."""
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def clean(text: str) -> str:
    """Return the text without what nobody sees."""
    return _UNSEEN.sub("", _SEQUENCE.sub("", text.replace("\r\n", "\n")))


async def result_of(answer: Answer, blobs: Blobs | None) -> ToolResult:
    """Return the answer as a result. Raises ``StoreError`` where a picture could not be kept."""
    texts: list[str] = []
    pictures: list[Picture] = []
    for part in answer.parts:
        if isinstance(part, TextPart):
            texts.append(clean(part.text))
            continue
        refusal = _refusal(part, len(pictures), blobs)
        if refusal or blobs is None:
            texts.append(f"[a picture that is not kept: {refusal}]")
            continue
        pictures.append(Picture(await blobs.put(part.content), part.media_type))
        texts.append(f"[picture {len(pictures)}: {part.media_type}, {size(len(part.content))}]")
    if answer.structured is not None and not any(text.strip() for text in texts):
        texts.append(clean(json.dumps(answer.structured, ensure_ascii=False, indent=1)))
    text, truncated = _bounded("\n".join(texts) or "[no content]")
    return ToolResult(
        ResultStatus.FAILED if answer.failed else ResultStatus.DONE,
        text,
        code="TOOL_FAILED" if answer.failed else "",
        summary=count(len(pictures), "picture") if pictures else f"{size(len(text))} characters",
        gist=Gist(GistCode.PICTURES, {"count": len(pictures)}) if pictures else Gist(GistCode.CHARACTERS, {"count": len(text)}),
        truncated=truncated,
        pictures=tuple(pictures),
    )


def _refusal(part: PicturePart, kept: int, blobs: Blobs | None) -> str:
    if blobs is None:
        return "this server keeps none"
    if part.media_type not in PICTURE_TYPES:
        return f"{clean(part.media_type)[:50]} is none of {', '.join(sorted(PICTURE_TYPES))}"
    if len(part.content) > PICTURE_LIMIT:
        return f"it has {size(len(part.content))} bytes, {size(PICTURE_LIMIT)} are kept"
    return f"{PICTURES} are kept of one answer" if kept >= PICTURES else ""


def _bounded(text: str) -> tuple[str, bool]:
    if len(text) <= TEXT_LIMIT:
        return text, False
    half = TEXT_LIMIT // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}", True
