"""What turns texts into vectors: a server's endpoint over real HTTP, signs alone, a model on this machine; and garbage."""

import asyncio
import json
import math
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from semantic_stage import Told

from artelier.domain.errors import CredentialsRefused, ProviderUnavailable, ReplyInvalid, SettingsError
from artelier.ports.embedder import Embedding
from artelier.providers.breaker import BreakerLimits
from artelier.providers.checked_vectors import CheckedVectors
from artelier.providers.lexical_embedder import LexicalEmbedder
from artelier.providers.local_embedder import LocalEmbedder
from artelier.providers.openai_embeddings import OpenAIEmbeddings
from artelier.providers.transport import HttpTransport


@pytest.fixture
async def embedder_at():
    made = []

    def make(base_url):
        made.append(OpenAIEmbeddings(base_url, "test-key", "small", HttpTransport()))
        return made[-1]

    yield make
    for embedder in made:
        await embedder.close()


async def test_a_server_is_asked_and_its_order_is_not_believed(mock, embedder_at):
    told = {"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0.5]}], "usage": {"prompt_tokens": 7}}
    base_url = mock.play(mock.answer(told))
    embedder = embedder_at(base_url)
    assert await embedder.embed(["one", "half \ud83d a sign"]) == Embedding(((1.0, 0.5), (0.0, 1.0)), 7)
    (seen,) = mock.seen(base_url)
    assert seen["target"].endswith("/v1/embeddings")
    assert seen["headers"]["authorization"] == "Bearer test-key"
    assert json.loads(seen["body"]) == {"model": "small", "input": ["one", "half \ufffd a sign"], "encoding_format": "float"}
    assert embedder.name == f"127.0.0.1:{mock.port}/small"


GARBAGE = {
    "text": '"a song"',
    "no JSON": "<html>",
    "no vectors": "{}",
    "words for numbers": '{"data": [{"embedding": ["a"]}]}',
    "base64": '{"data": [{"embedding": "AAAA"}]}',
    "no number": '{"data": [{"embedding": [NaN]}]}',
    "nothing": "",
    "half": '{"data": [{"embedding": [1, 2',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
async def test_garbage_of_a_server_is_an_error_of_ours(mock, embedder_at, body):
    with pytest.raises(ReplyInvalid):
        await embedder_at(mock.play(mock.answer(body))).embed(["x"])


async def test_refusals_are_what_they_are_for_models(mock, embedder_at):
    with pytest.raises(CredentialsRefused):
        await embedder_at(mock.play(mock.answer('{"error": {"message": "no"}}', "401 Unauthorized"))).embed(["x"])
    with pytest.raises(ProviderUnavailable):
        await embedder_at("http://127.0.0.1:9/v1").embed(["x"])
    with pytest.raises(SettingsError):
        embedder_at("nowhere")


WRONG = {
    "too few": Embedding(((1.0,),)),
    "none": Embedding(()),
    "no numbers": Embedding(((), ())),
    "other lengths": Embedding(((1.0,), (1.0, 2.0))),
    "no number": Embedding(((math.nan, 1.0), (1.0, 1.0))),
    "endless": Embedding(((math.inf, 1.0), (1.0, 1.0))),
    "no direction": Embedding(((0.0, 0.0), (1.0, 1.0))),
    "too long to measure": Embedding(((1.7e308, 1.7e308), (1.0, 1.0))),
    "too wide": Embedding(((1.0,) * 20_000,) * 2),
}


@pytest.mark.parametrize("given_", WRONG.values(), ids=WRONG)
async def test_vectors_that_cannot_be_used_are_none(given_):
    found = await CheckedVectors(Told(otherwise=given_)).of(("a", "b"))
    assert found.vectors is None


@example([5e-324, 5e-324])
@example([sys.float_info.min, sys.float_info.min * 3])
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=5))
def test_a_vector_is_of_unit_length_or_none(vector):
    found = asyncio.run(CheckedVectors(Told(otherwise=tuple(vector))).of(("a",)))
    if found.vectors is not None:
        assert math.hypot(*found.vectors[0]) == pytest.approx(1.0)


async def test_who_keeps_failing_is_left_alone_for_a_while():
    embedder, now = Told(otherwise=ProviderUnavailable("down")), [0.0]
    checked = CheckedVectors(embedder, limits=BreakerLimits(2, 60.0, 1), now=lambda: now[0])
    for _ in range(5):
        assert (await checked.of(("a",))).vectors is None
    assert len(embedder.texts) == 2
    now[0], embedder.otherwise = 61.0, (3.0, 4.0)
    assert (await checked.of(("a",))).vectors == ((0.6, 0.8),)
    await checked.of(("a",))
    assert len(embedder.texts) == 4


class Silent(Told):
    async def embed(self, texts):
        await asyncio.Event().wait()


async def test_who_says_nothing_is_not_waited_for():
    assert (await CheckedVectors(Silent(), patience=0.01).of(("a",))).vectors is None


async def test_a_look_that_is_given_up_ends_the_request_and_tells_nothing():
    checked = CheckedVectors(Silent())
    task = asyncio.create_task(checked.of(("a",)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not checked._circuit.is_open


def cosine(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", [LexicalEmbedder, LocalEmbedder])
async def test_what_is_worded_nearly_alike_lies_near_in_both_languages(kind):
    embedder = kind()
    for one, near, far in (
        ("How do I delete a git branch?", "how do I delete git branches?", "Who won the match?"),
        ("Как удалить ветку в git?", "как удалять ветки в git", "Сколько стоит билет до Казани?"),
    ):
        vectors = (await CheckedVectors(embedder).of((one, near, far))).vectors
        assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2]) + 0.2
    assert (await embedder.embed(["half \ud83d", ""])).tokens == 0
    await embedder.close()


@given(st.text())
def test_signs_alone_always_have_a_direction(text):
    (vector,) = asyncio.run(LexicalEmbedder().embed([text])).vectors
    assert math.hypot(*vector) == pytest.approx(1.0)
