"""Connecting a model: a vendor that is known, or a server of this machine; one question to see whether it answers, then the settings.

Decision 0050 says what a browser may connect, and why not any address.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import SecretStr

from artelier.domain.errors import Conflict, InvalidRequest, ProviderUnavailable, ReplyInvalid, SettingsError
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.domain.usage import Usage
from artelier.ports.provider import Provider
from artelier.providers.local import SETTING_NAMES, USUAL_PORTS, LocalServer
from artelier.runtime.pricing import build_prices
from artelier.runtime.reload import Reloader
from artelier.runtime.standing import Standing
from artelier.runtime.wire_formats import provider_of
from artelier.settings import VENDORS, ProviderSettings, Settings, changed_text
from artelier.stores.operator_files import put_back, write_secret

KEYS = "keys"
"""The folder in the state folder where each key that was typed has a file."""
_PATIENCE = 60.0
"""Seconds for the one question."""
_KEY = re.compile(r"[!-~]+")
_FOLDER = re.compile(r"gpt://([^/]+)/.+")
"""Yandex names the folder in the model, and wants it in a header too."""
_PROJECT = "OpenAI-Project"
Search = Callable[[], Awaitable[tuple[LocalServer, ...]]]


class ModelSource(Struct, frozen=True):
    """One place that models can come from."""

    name: str
    title: str
    model: str
    """What is asked when nothing else is named; empty where only the person can say."""
    pattern: str = ""
    """How a model is written, where it holds something of the person's own."""
    models: tuple[str, ...] = ()
    """What a server of this machine offers."""
    port: int = 0
    """Of this machine; 0 for a vendor, who needs a key."""
    answers: bool = True
    connected: bool = False


class Connected(Struct, frozen=True):
    """A model that answered and is the default now; ``cost`` in US dollars, 0 where no price is known."""

    model: str
    reply: str
    seconds: float
    cost: float


class ModelDesk:
    """Lists where models can come from, and connects one of them."""

    def __init__(self, standing: Standing, reloader: Reloader, state_folder: Path, search: Search) -> None:
        self._standing = standing
        self._reloader = reloader
        self._keys = state_folder / KEYS
        self._search = search

    async def sources(self) -> tuple[ModelSource, ...]:
        """Return the vendors, then the servers that this machine may have, those that answer with their models."""
        providers = self._standing.now.settings.models.providers
        keyed = {name for name, provider in providers.items() if provider.api_key.get_secret_value()}
        vendors = [ModelSource(name, each.title, each.model, each.pattern, connected=name in keyed) for name, each in VENDORS.items()]
        found = {server.name: server for server in await self._search()}
        return (*vendors, *(_local(title, port, found.get(title), providers) for title, port in USUAL_PORTS.items()))

    async def connect(self, name: str, key: str, model: str) -> Connected:
        """Ask a model for a word; if it answers, keep the key in a file of its own and make the model the default.

        An empty key is the one that is there already. Raises ``InvalidRequest``, ``ProviderError`` for what the model says,
        ``SettingsError`` and ``StoreError`` where the settings cannot be written, ``Conflict`` where something else wins over them.
        """
        settings = await self._settings(name if key.strip() else "")
        place = _checked(name, model)
        asked = await self._described(name, key.strip(), settings, place)
        begun = time.perf_counter()
        reply = await _asked(name, asked, place)
        took = time.perf_counter() - begun
        full = f"{name}/{place}"
        await self._write(name, key.strip(), asked, full)
        if (now := self._standing.now.settings.models.default) != full:
            raise Conflict(f"{full} answers and is connected, but {now} stays the default: the environment or the command line says so.")
        return Connected(full, reply.text.strip()[:200], took, await asyncio.to_thread(_cost, name, asked, reply))

    async def _settings(self, newly_keyed: str) -> Settings:
        """Return what the file says; without the old key's file of a provider that gets a key, so that a lost one can be replaced.

        Raises ``SettingsError`` where it cannot be changed.
        """
        found = await self._reloader.read()
        if found is None:
            raise SettingsError("This server has no settings file that could be changed. Start it by `artelier serve`.")
        _, read = found
        lost = f"models.providers.{newly_keyed}.api_key_file"
        if any(problem.setting == lost for problem in read.problems):
            read = await self._reloader.read_as(partial(changed_text, changes={lost: None}))
        if read.problems:
            raise SettingsError("\n".join(map(str, read.problems)))
        return read.settings

    async def _described(self, name: str, key: str, settings: Settings, model: str) -> ProviderSettings:
        """Return the provider as it is to be. Raises ``InvalidRequest``."""
        there = settings.models.providers.get(name)
        vendor = VENDORS.get(name)
        if vendor is None:
            server = next((each for each in await self._search() if SETTING_NAMES.get(each.name) == name), None)
            if server is None and there is None:
                raise InvalidRequest(f"Nothing answers for {name} on this machine. Start it, or run `artelier init` for another address.")
            source = there or ProviderSettings(base_url=server.base_url if server is not None else "")
            return source.model_copy(update={"api_key": SecretStr(_one_word(key))}) if key else source
        key = key or (there.api_key.get_secret_value() if there is not None else "")
        if not key:
            raise InvalidRequest(f"{vendor.title} needs a key. Type it, or set {vendor.key_variable} and start again.")
        source = there or ProviderSettings(kind=vendor.kind, base_url=vendor.base_url)
        folder = _FOLDER.fullmatch(model) if name == "yandex" else None
        headers = {**source.headers, _PROJECT: folder[1]} if folder is not None else source.headers
        return source.model_copy(update={"api_key": SecretStr(_one_word(key)), "headers": headers})

    async def _write(self, name: str, key: str, asked: ProviderSettings, full: str) -> None:
        """Write the key's file and the settings; where they cannot be written the key is not kept."""
        at = f"models.providers.{name}"
        changes: dict[str, Any] = {f"{at}.kind": asked.kind, f"{at}.base_url": asked.base_url, "models.default": full}
        if _PROJECT in asked.headers:
            changes[f"{at}.headers.{_PROJECT}"] = asked.headers[_PROJECT]
        file = self._keys / name
        before = await asyncio.to_thread(write_secret, file, key) if key else None
        if key:
            changes |= {f"{at}.api_key_file": str(file), f"{at}.api_key": None, f"{at}.api_key_env": None}
        try:
            report = await self._reloader.change(partial(changed_text, changes=changes))
        except BaseException:
            if key:
                await asyncio.to_thread(put_back, file, before)
            raise
        if report.problems:
            raise SettingsError("\n".join(report.problems))


async def ask_for_a_word(provider: Provider, model: str) -> ModelReply:
    """Ask a model for one short answer. Raises ``ProviderError``."""
    request = ModelRequest(model, "You answer with one word.", (UserMessage("Say: ready"),), max_tokens=64)
    async for piece in provider.stream(request):
        if isinstance(piece, ModelReply):
            return piece
    raise ReplyInvalid("The model's reply had no end. Try again, or use another model.")


async def _asked(name: str, source: ProviderSettings, model: str) -> ModelReply:
    provider = provider_of(name, source)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await ask_for_a_word(provider, model)
    except TimeoutError as failure:
        raise ProviderUnavailable(f"{name} did not answer within {_PATIENCE:g} s. Try again later.") from failure
    finally:
        await provider.close()


def _checked(name: str, model: str) -> str:
    """Return the model's own name. Raises ``InvalidRequest``."""
    if name not in VENDORS and name not in SETTING_NAMES.values():
        known = ", ".join((*VENDORS, *SETTING_NAMES.values()))
        raise InvalidRequest(f"There is no source of models '{name}': {known}. For another address run `artelier init` at the machine.")
    own = model.strip().removeprefix(f"{name}/")
    if not own or not own.isprintable():
        raise InvalidRequest(f"Say which model of {name} is to answer.")
    if name in VENDORS and own == VENDORS[name].pattern:
        raise InvalidRequest(f"{own} holds a place for something of your own. Put it there.")
    return own


def _one_word(key: str) -> str:
    """Return the key. Raises ``InvalidRequest``."""
    if not _KEY.fullmatch(key):
        raise InvalidRequest("A key is one word of plain signs. Copy it once more, whole and alone.")
    return key


def _local(title: str, port: int, server: LocalServer | None, providers: dict[str, ProviderSettings]) -> ModelSource:
    name, models = SETTING_NAMES[title], server.models if server is not None else ()
    first = models[0] if models else ""
    return ModelSource(name, title, first, models=models, port=port, answers=server is not None, connected=name in providers)


def _cost(name: str, source: ProviderSettings, reply: ModelReply) -> float:
    settings = Settings.model_validate({"models": {"providers": {name: source}}})
    return build_prices(settings).priced(name, reply.model, reply.usage, Usage()).cost
