"""Faults between us and a model's server, through everything that stands before it in a running house.

Budget, kept replies, single flight, fallback, breaker, retry and wire format, as the runtime assembles them; what came of
it is read from the journal and from the ledger of usage. All faults of one wire format come at the same time.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from artelier.client import Client
from artelier.domain.errors import StreamBroken
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.domain.usage import Usage
from artelier.runtime.caching import open_caches
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.runtime.model_sources import Kept, build_models
from artelier.settings import Places, read_settings
from artelier.testing import serving

PATIENCE = 30.0
TEXT = "All is well."
TOKENS = (100, 7)
FORMATS = ("openai", "anthropic")
PRICE = {"input": 100, "output": 0}
COST = 0.01
"""Dollars that a reply costs, so that one that is charged twice is seen at once."""


class Wire:
    """The same answers in one wire format."""

    def __init__(self, kind: str, mock: Any) -> None:
        self.kind = kind
        self.mock = mock

    def events(self) -> list[str]:
        """A whole reply, of which the first three are half."""
        if self.kind == "openai":
            says = [{"model": "m", "choices": [{"index": 0, "delta": {"content": word}}]} for word in ("All ", "is ", "well.")]
            usage = {"prompt_tokens": TOKENS[0], "completion_tokens": TOKENS[1]}
            ends = [{"model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}]
            return [*(f"data: {json.dumps(event)}\n\n" for event in [*says, *ends]), "data: [DONE]\n\n"]
        begins = {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": TOKENS[0], "output_tokens": 1}}}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        says = [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}} for word in ("All ", "is ", "well.")
        ]
        ends = [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": TOKENS[1]}},
            {"type": "message_stop"},
        ]
        return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in [begins, block, *says, *ends]]

    def whole(self) -> Any:
        return self.mock.stream(*self.events(), done=False)

    def half(self, end: str, *more: str) -> Any:
        return self.mock.stream(*self.events()[:3], *more, done=False, end=end)

    def slow(self) -> Any:
        """A whole reply, a few bytes at a time."""
        whole = "".join(self.events()).encode()
        return self.mock.chunked(*(whole[at : at + 4] for at in range(0, len(whole), 4)), pause=0.001)

    def dripping(self) -> Any:
        """One byte after another that say nothing."""
        return self.mock.chunked(*(b":" for _ in range(200)), pause=0.05)

    def refusal(self, status: str, head: str = "") -> Any:
        return self.mock.answer({"type": "error", "error": {"type": "server_error", "message": "not now"}}, status, head=head)


class Case(NamedTuple):
    """A fault, and what must come of it: how it ends, which failures the journal tells, how many requests came."""

    plays: Callable[[Wire], list[Any]]
    ends: str
    failures: tuple[str, ...]
    requests: int


BUSY = "429 Too Many Requests"
AWAY = "503 Service Unavailable"
AT = datetime(2026, 1, 1, tzinfo=UTC)
DATED = f"Date: {format_datetime(AT, usegmt=True)}\r\nRetry-After: {format_datetime(AT + timedelta(seconds=1), usegmt=True)}\r\n"
LATE = f"Retry-After: {format_datetime(datetime(9999, 12, 31, tzinfo=UTC), usegmt=True)}\r\n"
OVERLOADED = 'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error"}}\n\n'
HTML = "<html><head><title>Welcome to nginx!</title></head></html>"
WAITS = "run_waiting, then run_finished"
"""It waits, and finishes once it is told to look again."""
ALONE = "run_waiting, then by itself run_finished"
CASES = {
    "no fault": Case(lambda w: [w.whole()], "run_finished", (), 1),
    "429": Case(lambda w: [w.refusal(BUSY), w.whole()], "run_finished", (), 2),
    "429, seconds": Case(lambda w: [w.refusal(BUSY, "Retry-After: 1\r\n"), w.whole()], "run_finished", (), 2),
    "429, a date": Case(lambda w: [w.refusal(BUSY, DATED), w.whole()], "run_finished", (), 2),
    "429, an age": Case(lambda w: [w.refusal(BUSY, "Retry-After: 99999999999999\r\n"), w.whole()], WAITS, ("RATE_LIMITED",), 2),
    "429, beyond numbers": Case(lambda w: [w.refusal(BUSY, "Retry-After: 1e308\r\n"), w.whole()], WAITS, ("RATE_LIMITED",), 2),
    "429, the end of time": Case(lambda w: [w.refusal(BUSY, LATE), w.whole()], WAITS, ("RATE_LIMITED",), 2),
    "500 once": Case(lambda w: [w.refusal("500 Internal Server Error"), w.whole()], "run_finished", (), 2),
    "500 for long": Case(lambda w: [w.refusal("500 Internal Server Error")] * 4 + [w.whole()], WAITS, ("LLM_UNAVAILABLE",) * 2, 5),
    "503 twice": Case(
        lambda w: [w.refusal(AWAY, "Retry-After: 1\r\n")] * 2 + [w.whole()],
        ALONE,
        ("LLM_UNAVAILABLE",),
        3,
    ),
    "reset before": Case(lambda w: [w.mock.raw(end="reset"), w.whole()], "run_finished", (), 2),
    "reset within": Case(lambda w: [w.half("reset"), w.whole()], "run_finished", ("STREAM_BROKEN",), 2),
    "half a stream": Case(lambda w: [w.half("keep"), w.whole()], "run_finished", ("STREAM_BROKEN",), 2),
    "silence before": Case(lambda w: [w.mock.raw(end="hang"), w.whole()], "run_finished", (), 2),
    "silence within": Case(lambda w: [w.half("hang"), w.whole()], "run_finished", ("STREAM_BROKEN",), 2),
    "a few bytes at a time": Case(lambda w: [w.slow()], "run_finished", (), 1),
    "bytes that say nothing": Case(lambda w: [w.dripping(), w.whole()], "run_finished", (), 2),
    "an error within": Case(
        lambda w: [w.mock.chunked(*map(str.encode, (*w.events()[:3], OVERLOADED)), pause=0.05), w.whole()],
        "run_finished",
        ("LLM_UNAVAILABLE",),
        2,
    ),
    "garbage": Case(lambda w: [w.mock.chunked(b"\x00\xff\xfe" * 500)], "run_failed", ("REPLY_INVALID",), 1),
    "garbage for HTTP": Case(lambda w: [w.mock.raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", end="close")], "run_failed", ("REPLY_INVALID",), 1),
    "garbage within": Case(lambda w: [w.half("keep", "data: {\x00\x01\n\n")], "run_failed", ("REPLY_INVALID",), 1),
    "a page": Case(lambda w: [w.mock.answer(HTML, type_="text/html; charset=utf-8")], "run_failed", ("REPLY_INVALID",), 1),
    "a page for an error": Case(lambda w: [w.mock.answer(HTML, "502 Bad Gateway", "text/html"), w.whole()], "run_finished", (), 2),
}
UNTRUSTED = "no trusted certificate"


def provider(kind: str, base_url: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "base_url": base_url,
        "api_key": "test-key",
        "begin_seconds": 2.0,
        "silence_seconds": 1.0,
        "prices": {"*": PRICE},
    }


def settings_of(providers: dict[str, Any], **models: Any) -> dict[str, Any]:
    first = next(iter(providers))
    return {
        "models": {"default": f"{first}/m", "attempts": 2, "providers": providers, **models},
        "agents": {"coder": {"temperature": 0}},
        "limits": {"budgets": [{"per": "session", "dollars": 50, "period": "total"}]},
    }


async def journal_until(client: Client, session: str, run: str, *types: str, after: int = 0) -> tuple[list[Any], int]:
    """Return the events of a run until one of these types, and the number of the last one."""
    found = []
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session, after=after):
            if getattr(item, "seq", None) is None or item.run != run:
                continue
            found.append(item)
            if item.type in types:
                return found, item.seq
    raise AssertionError


class Outcome(NamedTuple):
    ends: str
    failures: tuple[str, ...]
    requests: int
    replies: int
    tokens: int
    cost: float


async def outcome_of(client: Client, name: str, requests: Callable[[], int], *, alone: bool = False) -> Outcome:
    """Send a message to a model, wait until its run rests, let it go on unless it does so ``alone``, and see what the ledger holds."""
    session = (await client.open_session()).id
    run = (await client.send(session, "How is it?", agent="coder", model=f"{name}/m")).run_id
    events, last = await journal_until(client, session, run, "run_finished", "run_failed", "run_waiting")
    ends = events[-1].type
    if ends == "run_waiting":
        wake_at = datetime.fromisoformat(events[-1].payload["wake_at"])
        assert events[-1].payload["reason"] == "model"
        assert (wake_at - datetime.now(UTC)).total_seconds() <= 3600
        if not alone:
            await client.resume(run)
        more, _ = await journal_until(client, session, run, "run_finished", "run_failed", "run_waiting", after=last)
        events += more
        ends += f", then {'by itself ' if alone else ''}{events[-1].type}"
    failures = tuple(event.payload["code"] for event in events if event.type == "model_failed")
    used = [each for each in (await client.usage("session", "")).items if each.key == session]
    sums = (sum(each.replies for each in used), sum(each.input_tokens + each.output_tokens for each in used))
    return Outcome(ends, failures, requests(), *sums, round(sum(each.cost for each in used), 6))


@pytest.mark.parametrize("kind", FORMATS)
async def test_each_fault_ends_as_it_should_and_is_charged_once(kind: str, mock: Any, tmp_path: Path) -> None:
    wire = Wire(kind, mock)
    names = {f"p{number}": fault for number, fault in enumerate(CASES)}
    bases = {name: mock.play(*CASES[fault].plays(wire)) for name, fault in names.items()}
    providers = {name: provider(kind, base) for name, base in bases.items()}
    async with serving(tmp_path / "ws", [], settings=settings_of(providers)) as server:
        asked = [
            outcome_of(server.client, name, lambda base=base: len(mock.seen(base)), alone=CASES[names[name]].ends == ALONE)
            for name, base in bases.items()
        ]
        found = dict(zip(CASES, await asyncio.gather(*asked), strict=True))
    wanted = {}
    for fault, case in CASES.items():
        finished = case.ends.endswith("run_finished")
        wanted[fault] = Outcome(case.ends, case.failures, case.requests, int(finished), sum(TOKENS) * finished, COST * finished)
    assert found == wanted


@asynccontextmanager
async def untrusted(folder: Path) -> AsyncIterator[str]:
    """A server whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "own.pem"
    file.write_bytes(secret + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


@pytest.mark.parametrize("kind", FORMATS)
async def test_a_certificate_that_nobody_trusts_is_told_and_waited_for(kind: str, mock: Any, tmp_path: Path) -> None:
    async with (
        untrusted(tmp_path) as base,
        serving(tmp_path / "ws", [], settings=settings_of({"own": provider(kind, base)})) as server,
    ):
        session = (await server.client.open_session()).id
        run = (await server.client.send(session, "How is it?", agent="coder")).run_id
        events, _ = await journal_until(server.client, session, run, "run_waiting", "run_failed")
        failed = next(event for event in events if event.type == "model_failed")
        assert (events[-1].type, failed.payload["code"]) == ("run_waiting", "LLM_UNAVAILABLE")
        assert "certificate" in failed.payload["message"]
        assert "ca_file" in failed.payload["message"]
        assert (await server.client.usage("session", "")).total.replies == 0
        await server.client.cancel(run)


@pytest.mark.parametrize("kind", FORMATS)
async def test_the_chain_answers_once_and_is_kept_under_its_own_name(kind: str, mock: Any, tmp_path: Path) -> None:
    wire = Wire(kind, mock)
    first, second = mock.play(wire.refusal(AWAY, "Retry-After: 600\r\n")), mock.play(wire.whole())
    providers = {"own": provider(kind, first), "other": provider(kind, second)}
    async with serving(tmp_path / "ws", [], settings=settings_of(providers, fallback=["other/m"])) as server:
        outcome = await outcome_of(server.client, "own", lambda: len(mock.seen(second)))
        assert outcome == Outcome("run_finished", (), 1, 1, sum(TOKENS), COST)
        again = await outcome_of(server.client, "other", lambda: len(mock.seen(second)))
        assert again == Outcome("run_finished", (), 1, 1, 0, 0.0)


@pytest.mark.parametrize("kind", FORMATS)
async def test_many_who_ask_the_same_pay_once_though_the_first_stream_breaks(kind: str, mock: Any, tmp_path: Path) -> None:
    wire = Wire(kind, mock)
    base = mock.play(wire.half("reset"), wire.slow())
    async with serving(tmp_path / "ws", [], settings=settings_of({"own": provider(kind, base)})) as server:
        await asyncio.gather(*(outcome_of(server.client, "own", int) for _ in range(6)))
        total = (await server.client.usage("session", "")).total
        assert (total.input_tokens, total.output_tokens, round(total.cost, 6)) == (*TOKENS, COST)
        assert total.replies == 6
        assert len(mock.seen(base)) == 2


@pytest.mark.parametrize("kind", FORMATS)
async def test_two_tenants_share_neither_a_call_nor_an_entry_though_streams_break(kind: str, mock: Any, tmp_path: Path) -> None:
    wire = Wire(kind, mock)
    base = mock.play(wire.half("reset"), wire.half("reset"), wire.slow())
    read = read_settings(Places(tmp_path / "none.toml", False, tmp_path), {}, settings_of({"own": provider(kind, base)}))
    clock = SystemClock()
    caches = open_caches(read.settings.cache, tmp_path, clock, UuidSevens())
    models = build_models(read.settings, clock, (), Kept(caches.replies))
    found, name = models.find("own/m")
    people = ("person:ann", "person:bob")

    async def said(person: str) -> tuple[str, Usage]:
        asked = ModelRequest(name, "", (UserMessage("How is it?"),), temperature=0.0, tenant=person, agent="coder")
        while True:
            try:
                *_, reply = [piece async for piece in found.stream(asked)]
            except StreamBroken:
                continue
            assert isinstance(reply, ModelReply)
            return reply.text, models.priced("own/m", reply)

    replies = await asyncio.gather(*(said(person) for person in people for _ in range(4)))
    assert {text for text, _ in replies} == {TEXT}
    assert [round(sum(usage.cost for _, usage in part), 6) for part in (replies[:4], replies[4:])] == [COST, COST]
    assert len(mock.seen(base)) == 4
    assert (await said("person:eve"))[1].model_calls == 1
    assert (await said("person:ann"))[1].model_calls == 0
    await models.close()
    await caches.close()
