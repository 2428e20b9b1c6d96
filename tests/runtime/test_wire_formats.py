"""From a provider's settings to the provider."""

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from artelier.domain.errors import ProviderError, SettingsError
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelRequest
from artelier.providers.recording import RecordingProvider
from artelier.runtime.wire_formats import provider_of, server_of
from artelier.settings import ProviderSettings

REQUEST = ModelRequest("claude-x", "S", (UserMessage("Hi"),))


class Listener:
    """A server that refuses everything and keeps what it was asked."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


async def sent(listener: Listener, **settings: Any) -> dict[str, Any]:
    provider = provider_of("mine", ProviderSettings(base_url=listener.address, **settings))
    with pytest.raises(ProviderError):
        await anext(provider.stream(REQUEST))
    await provider.close()
    return listener.bodies[-1]


def marks(body: dict[str, Any]) -> int:
    return json.dumps(body).count("cache_control")


async def test_how_long_prompts_are_kept_is_a_setting(listener: Listener) -> None:
    for kind in ("openai", "anthropic"):
        assert marks(await sent(listener, kind=kind)) == 2
        assert marks(await sent(listener, kind=kind, cache="off", cache_marks=True)) == 0
        assert '"1h"' in json.dumps(await sent(listener, kind=kind, cache="1h"))
    assert marks(await sent(listener, cache_marks=False)) == 0


async def test_a_conversation_is_named_where_that_is_said(listener: Listener) -> None:
    assert "prompt_cache_key" not in await sent(listener)
    assert "prompt_cache_key" in await sent(listener, prompt_cache_key=True)
    assert "prompt_cache_key" not in await sent(listener, prompt_cache_key=True, cache="off")


async def test_thinking_is_a_setting(listener: Listener) -> None:
    assert (await sent(listener, kind="anthropic", thinking_tokens=2048))["thinking"] == {"type": "enabled", "budget_tokens": 2048}


async def test_a_recorded_provider_plays_again(tmp_path: Any, listener: Listener) -> None:
    tape = tmp_path / "tape.jsonl"
    await sent(listener, record=str(tape))
    assert isinstance(provider_of("mine", ProviderSettings(base_url=listener.address, record=str(tape))), RecordingProvider)
    replay = provider_of("mine", ProviderSettings(kind="replay", file=str(tape)))
    with pytest.raises(ProviderError, match="refused the request"):
        await anext(replay.stream(REQUEST))
    assert await replay.list_models() == ("claude-x",)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kind": "replay"}, "is replay and names no file"),
        ({"kind": "scripted"}, "is scripted and names no file"),
        ({"kind": "replay", "file": "/nowhere/tape"}, "cannot be read"),
        ({}, "has no base_url"),
        ({"kind": "anthropic", "base_url": "ftp://x"}, "http"),
        ({"kind": "anthropic", "record": "/nowhere/tape"}, "folder is not there"),
    ],
)
def test_what_cannot_be_built_says_why(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        provider_of("mine", ProviderSettings(**settings))


@pytest.mark.parametrize(("base_url", "named"), [("https://api.openai.com/v1", True), ("https://openai.example/v1", False)])
def test_only_openai_is_known_to_take_names(base_url: str, named: bool) -> None:
    provider: Any = provider_of("mine", ProviderSettings(base_url=base_url))
    assert provider._dialect.cache_key is named


@pytest.mark.parametrize(("http", "begins"), [("auto", b"POST"), ("1.1", b"POST"), ("2", b"PRI ")])
async def test_the_version_of_http_is_what_the_settings_say(http: Any, begins: bytes) -> None:
    seen = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readexactly(4))
        writer.close()

    listener = await asyncio.start_server(look, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    provider = provider_of("a", ProviderSettings(base_url=address, http=http))
    with pytest.raises(ProviderError):
        await anext(provider.stream(REQUEST))
    assert set(seen) == {begins}
    await provider.close()
    listener.close()
    await listener.wait_closed()


@pytest.mark.parametrize(
    "change", [{"base_url": "http://b/v1"}, {"headers": {"X-Team": "b"}}, {"kind": "anthropic"}, {"thinking_tokens": 2048}], ids=str
)
def test_a_server_is_another_one_where_replies_may_be_others(change: dict[str, Any]) -> None:
    plain = {"base_url": "http://a/v1"}
    one = server_of(ProviderSettings.model_validate(plain))
    assert one == server_of(ProviderSettings.model_validate({**plain, "max_in_flight": 3}))
    assert one != server_of(ProviderSettings.model_validate({**plain, **change}))
