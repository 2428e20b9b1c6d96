"""Answers a question by what was answered to one that means the same: the port wrapped.

It stands behind the cache of equal requests. Only the first words of a conversation are looked at, where no tool was
called yet: what comes later depends on what was said and seen before.
"""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec
from msgspec.structs import replace

from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelPiece, ModelReply, ModelRequest, Purpose
from artelier.ports.provider import ModelStream, Provider
from artelier.providers.canonical import digest_of
from artelier.providers.kept_replies import Tokens, generation_of, played
from artelier.providers.like_questions import LikeQuestions, Sighting, Sought

LONGEST = 4000
"""Signs of a question; a longer one brings along too much in which two may differ."""
_ENCODER = msgspec.json.Encoder()


class SemanticProvider:
    """Another provider, called ``name`` here. Where ``likes`` answers nothing it only looks on: shadow mode.

    ``tokens`` are those of kept replies: what forgets them forgets these answers too. ``likes`` is closed by whoever made it.
    ``server`` says what the name stands for.
    """

    def __init__(self, name: str, provider: Provider, likes: LikeQuestions, tokens: Tokens, server: str = "") -> None:
        self._name = name
        self._provider = provider
        self._likes = likes
        self._tokens = tokens
        self._server = server

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield what was answered to a like question as a stream, or ask. Raises a ``ProviderError``."""
        question = question_of(request)
        return self._answered(request, question) if question else self._provider.stream(request)

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the wrapped provider offers."""
        return await self._provider.list_models()

    async def close(self) -> None:
        """Close the wrapped provider."""
        await self._provider.close()

    async def _answered(self, request: ModelRequest, question: str) -> AsyncGenerator[ModelPiece, None]:
        generation = await generation_of(request, self._tokens)
        partition = partition_of((self._name, self._server), request, self._likes.embedder, generation)
        sought = Sought(request.tenant, partition, question, self._name)
        sighting = await self._likes.look(sought) if self._likes.answers and not request.wishes.no_cache else None
        if sighting is not None and sighting.stands:
            pieces: AsyncGenerator[ModelPiece, None] = played(self._likes.answer(sought, sighting))
        else:
            pieces = self._asked(request, sought, sighting)
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece

    async def _asked(self, request: ModelRequest, sought: Sought, sighting: Sighting | None) -> AsyncGenerator[ModelPiece, None]:
        wishes = request.wishes
        async with aclosing(self._provider.stream(request)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, ModelReply):
                    yield piece
                    continue
                if not piece.provider:  # another model's answer says nothing about this one's
                    self._likes.learn(sought, sighting, piece, wishes.ttl, store=not wishes.no_store)
                yield replace(piece, lookup_cost=self._likes.take_owed(request.tenant))


def question_of(request: ModelRequest) -> str:
    """Return the words for which like ones may be looked for; empty where the conversation has gone further, or nobody is to look."""
    wishes = request.wishes
    if not request.tenant or request.purpose is not Purpose.REPLY or request.left_out or (wishes.no_cache and wishes.no_store):
        return ""
    match request.messages:
        case (UserMessage(text=text),) if text.strip() and len(text) <= LONGEST:
            return text
    return ""


def partition_of(provider: tuple[str, str], request: ModelRequest, embedder: str, generation: str) -> str:
    """Return where like questions may be: equal only where everything is that a model is told, but for the question, and whose it is."""
    everything = digest_of(*provider, replace(request, messages=()))
    parts = (request.tenant, request.agent, generation, embedder, everything)
    return hashlib.blake2b(_ENCODER.encode(parts), digest_size=16).hexdigest()
