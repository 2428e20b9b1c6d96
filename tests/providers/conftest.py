"""A mock model server in a process of its own, and providers that talk to it over real HTTP."""

import base64
import http.client
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from rehearsal_results import ALL, RESULTS, Result, Talk

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, ToolMessage, UserMessage
from artelier.domain.models import FinishReason, ModelPiece, ModelReply, ModelRequest
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.rehearsal import Rehearsal
from artelier.providers.transport import HttpTransport

Play = dict[str, Any]
REQUEST = ModelRequest(model="random-tiny", system="Be brief.", messages=(UserMessage("What is the weather in Paris?"),))


class MockServer:
    """Tells the mock what to play and reads what it saw."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count()

    def play(self, *plays: Play) -> str:
        """Return the base_url under which the plays are given, one a request."""
        name = f"s{next(self._numbers)}"
        self._ask("PUT", f"/scenario/{name}", json.dumps({"plays": plays}))
        return f"http://127.0.0.1:{self.port}/{name}/v1"

    def seen(self, base_url: str) -> list[dict[str, Any]]:
        """Return the requests that came."""
        return self._ask("GET", f"/seen/{base_url.split('/')[3]}")

    def wait_left(self, base_url: str) -> bool:
        """Return once a client has left a play that hangs."""
        return self._ask("GET", f"/left/{base_url.split('/')[3]}")

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    @staticmethod
    def raw(*pieces: bytes, end: str = "keep", pause: float = 0.0) -> Play:
        return {"pieces": [base64.b64encode(piece).decode() for piece in pieces], "end": end, "pause": pause}

    def answer(self, body: bytes | str | dict[str, Any], status: str = "200 OK", type_: str = "application/json", head: str = "") -> Play:
        """An answer with Content-Length."""
        if isinstance(body, dict):
            body = json.dumps(body)
        data = body.encode() if isinstance(body, str) else body
        kind = f"Content-Type: {type_}\r\n" if type_ else ""
        return self.raw(f"HTTP/1.1 {status}\r\n{kind}{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)

    def stream(self, *events: dict[str, Any] | str, done: bool = True, end: str = "keep", type_: str = "text/event-stream") -> Play:
        """A chunked stream of events; a string is sent as it stands. With another end than ``keep`` the body is not ended."""
        bodies = [event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n" for event in events]
        if done:
            bodies.append("data: [DONE]\n\n")
        return self.chunked(*(body.encode() for body in bodies), end=end, type_=type_)

    def chunked(self, *bodies: bytes, end: str = "keep", type_: str = "text/event-stream", pause: float = 0.0) -> Play:
        pieces = [f"HTTP/1.1 200 OK\r\nContent-Type: {type_}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()]
        pieces += [b"%x\r\n%s\r\n" % (len(body), body) for body in bodies if body]
        if end == "keep":
            pieces.append(b"0\r\n\r\n")
        return self.raw(*pieces, end=end, pause=pause)


@pytest.fixture(scope="session")
def mock() -> Iterator[MockServer]:
    program = Path(__file__).with_name("mock_openai.py")
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield MockServer(int(process.stdout.readline()))
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(params=["1.1", "2"])
def version(request: pytest.FixtureRequest) -> Any:
    """The version of HTTP that the test's providers speak."""
    return request.param


@pytest.fixture
async def provider_at(version: Any) -> AsyncIterator[Callable[..., Any]]:
    """Make providers that are closed with the test; settings beginning with ``transport_`` go to their transport."""
    made = []

    def make(base_url: str, key: str = "test-key", kind: Any = OpenAIChat, **settings: Any) -> Any:
        wire = {name.removeprefix("transport_"): settings.pop(name) for name in [*settings] if name.startswith("transport_")}
        provider = kind(base_url, key, HttpTransport(version=version, **wire), **settings)
        made.append(provider)
        return provider

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Return the pieces of a reply and the reply itself, after checking what every stream must hold to."""

    async def ask(provider: Any, request: ModelRequest = REQUEST) -> tuple[list[ModelPiece], ModelReply]:
        pieces = [piece async for piece in provider.stream(request)]
        reply = pieces.pop()
        assert isinstance(reply, ModelReply)
        assert not any(isinstance(piece, ModelReply) for piece in pieces)
        return pieces, reply

    return ask


@pytest.fixture
def request_() -> ModelRequest:
    return REQUEST


@pytest.fixture
def talk(ask: Any) -> Talk:
    """Say something and let the calls be answered until the agent rests; return what it said and asked for, reply by reply."""
    messages: list[Message] = []

    async def talk(text: str, results: dict[str, Result] | None = None, names: Sequence[str] = ALL) -> list[tuple[str, list[str]]]:
        messages.append(UserMessage(text))
        tools = tuple(ToolSpec(name, "", {}, repeatable=True) for name in names)
        said = []
        for step in range(10):
            _, reply = await ask(Rehearsal(), ModelRequest("rehearsal", "", tuple(messages), tools))
            calls = tuple(
                ToolCall(f"r{len(messages)}/{step}/{at}", call.name, json.loads(call.arguments)) for at, call in enumerate(reply.calls)
            )
            assert reply.finish is (FinishReason.CALLS if calls else FinishReason.STOP)
            said.append((reply.text, [f"{call.name} {json.dumps(call.arguments, ensure_ascii=False)}" for call in calls]))
            messages.append(AgentMessage(reply.text, calls))
            if not calls:
                return said
            for call in calls:
                status, answer = (RESULTS | (results or {}))[call.name]
                messages.append(ToolMessage(call.id, call.name, answer, status))
        raise AssertionError

    return talk
