"""A model that says again what a provider said while it was recorded (``recording``), errors included; it needs no network.

A request is known by its content: what was asked, whoever asked it and by whatever model's name. Asked the same again, it
gives the answers in their recorded order, and the last one from then on.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from artelier.domain.errors import ProviderError, RequestRefused, SettingsError
from artelier.domain.models import ModelPiece, ModelRequest
from artelier.providers.recording import Recorded, canonical, digest_of
from artelier.providers.replay_differences import difference
from artelier.providers.reply_pieces import pieces_of

PIECE = 24
"""Characters of one piece; how a recorded reply was cut is not kept."""
_decode = msgspec.json.Decoder(Recorded).decode
_NAME = "replay"


def load_recording(path: Path) -> tuple[Recorded, ...]:
    """Return the lines of a recording. Reads the file at once, so call it at start. Raises ``SettingsError`` that names the line."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"The recording {path} cannot be read: {error.strerror or error}. Name a readable file.") from error
    return tuple(_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


class ReplayProvider:
    """Plays a recording."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._recorded = tuple(recorded)
        self._answers: dict[bytes, list[Recorded]] = {}
        for line in recorded:
            self._answers.setdefault(digest_of(canonical(line.request)), []).append(line)
        self._played: Counter[bytes] = Counter()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the recorded reply in pieces. Raises the recorded ``ProviderError``, ``RequestRefused`` for what was never asked."""
        answer = self._next_answer(canonical(request))
        if answer.reply is None:
            raise _error(answer)
        for piece in pieces_of(answer.reply, PIECE):
            yield piece
        yield replace(answer.reply, usage=replace(answer.reply.usage, cost=0.0))  # it was paid when it was recorded

    async def list_models(self) -> tuple[str, ...]:
        """Return the names of the models that were recorded."""
        return tuple(dict.fromkeys(line.model for line in self._recorded if line.model)) or (_NAME,)

    async def close(self) -> None:
        """Do nothing: a recording holds nothing open."""

    def _next_answer(self, request: ModelRequest) -> Recorded:
        digest = digest_of(request)
        answers = self._answers.get(digest)
        if answers is None:
            asked = [line.request for line in self._recorded]
            raise RequestRefused(f"The recording holds no such request: {difference(request, asked)}. Record it anew.")
        place = min(self._played[digest], len(answers) - 1)
        self._played[digest] += 1
        return answers[place]


def _error(answer: Recorded) -> ProviderError:
    kinds = {kind.code: kind for kind in ProviderError.__subclasses__()}
    return kinds.get(answer.code, ProviderError)(answer.message, retry_after=answer.retry_after)


def _line(path: Path, number: int, line: bytes) -> Recorded:
    try:
        return _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SettingsError(f"The recording {path} cannot be used: line {number}: {error}. Take the line out, or record anew.") from error
