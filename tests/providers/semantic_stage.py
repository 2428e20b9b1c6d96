"""A cache of like questions over a model that answers from a table, and embedders that do what they are told."""

from contextlib import aclosing

from artelier.caches.memory import MemoryCache
from artelier.caches.similarity import MatrixIndex
from artelier.domain.errors import ProviderError
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest, TextDelta
from artelier.domain.usage import Usage
from artelier.ports.embedder import Embedding
from artelier.providers.checked_vectors import CheckedVectors
from artelier.providers.like_questions import LikeQuestions, SemanticLimits
from artelier.providers.semantic_cache import SemanticProvider
from artelier.providers.semantic_entries import Entries
from hand_clock import HandClock

USED = Usage(100, 20)
WHO = "person:owner"


def asked(text: str, **changes) -> ModelRequest:
    given = {"temperature": 0.7, "tenant": WHO, "agent": "ask", **changes}
    return ModelRequest("big", "You help.", (UserMessage(text),), **given)


class Table:
    """Answers by what is asked; a reply, words, or the words of another question."""

    def __init__(self, answers=(), otherwise="I do not know.") -> None:
        self._answers = dict(answers)
        self._otherwise = otherwise
        self.asked: list[str] = []

    async def stream(self, request):
        text = request.messages[-1].text
        self.asked.append(text)
        answer = self._answers.get(text, self._otherwise)
        reply = answer if isinstance(answer, ModelReply) else ModelReply(answer, usage=USED, model="big-1")
        if reply.text:
            yield TextDelta(reply.text)
        yield reply

    async def list_models(self):
        return ("big",)

    async def close(self) -> None:
        return None


class Told:
    """Gives the vectors it was told to, by text; what is no vector is given or raised as it is."""

    name = "told"

    def __init__(self, vectors=(), otherwise=(1.0, 0.0), tokens=0) -> None:
        self.vectors = dict(vectors)
        self.otherwise = otherwise
        self.tokens = tokens
        self.texts: list[str] = []

    async def embed(self, texts) -> Embedding:
        self.texts += texts
        found = [self.vectors.get(text, self.otherwise) for text in texts]
        for each in found:
            if isinstance(each, ProviderError):
                raise each
            if isinstance(each, Embedding):
                return each
        return Embedding(tuple(found), self.tokens * len(texts))

    async def close(self) -> None:
        return None


class Stage:
    """Everything together; ``seen`` comparisons that went well make every entry sure of itself unless said otherwise."""

    def __init__(self, model=None, embedder=None, *, cache=None, answer=True, chance=lambda: 0.5, clock=None, price=0.0, **limits) -> None:
        self.clock = clock or HandClock()
        self.cache = cache or MemoryCache(1 << 24, self.clock)
        self.index = MatrixIndex(self.cache, self.clock, look=0.0)
        self.entries = Entries(self.cache, self.clock)
        self.model = model or Table()
        self.embedder = embedder or Told()
        self.likes = LikeQuestions(
            CheckedVectors(self.embedder),
            self.index,
            self.entries,
            SemanticLimits(answers=answer, **limits),
            chance=chance,
            worth=lambda _, reply: reply.usage.input_tokens / 1000,
            price=lambda tokens: tokens * price,
        )
        self.provider = SemanticProvider("own", self.model, self.likes, self.generation)
        self.token = "1"

    async def generation(self, namespace: str) -> str:
        return f"{namespace} {self.token}"

    async def say(self, request: ModelRequest | str) -> ModelReply:
        """Ask, wait for what is learned from it, and return the reply."""
        request = asked(request) if isinstance(request, str) else request
        async with aclosing(self.provider.stream(request)) as pieces:
            found = [piece async for piece in pieces]
        assert "".join(piece.text for piece in found if isinstance(piece, TextDelta)) == found[-1].text
        await self.likes.settled()
        return found[-1]

    async def teach(self, request: ModelRequest | str, times: int = 40) -> None:
        """Ask until the first entry has been right so often that it is believed."""
        for _ in range(times):
            await self.say(request)

    @property
    def score(self):
        return self.likes.scores.all
