"""From one provider's settings to the provider itself, without the wrappers that all of them get."""

import hashlib
from pathlib import Path

import msgspec
from yarl import URL

from artelier.domain.errors import SettingsError
from artelier.ports.provider import Provider
from artelier.providers.anthropic_messages import ADDRESS, AnthropicMessages
from artelier.providers.anthropic_request import MessagesDialect
from artelier.providers.cache_marks import Keeping
from artelier.providers.endpoint import secret_values
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.openai_request import Dialect
from artelier.providers.recording import RecordingProvider
from artelier.providers.replay import ReplayProvider, load_recording
from artelier.providers.script_file import load_script
from artelier.providers.scripted import ScriptedProvider
from artelier.providers.transport import HttpTransport
from artelier.runtime.load import PYDANTIC_AI, LazyProvider, is_there
from artelier.settings import ProviderSettings

PLAYED = frozenset(("scripted", "replay"))
"""Kinds that play a file: no models, and nothing to ask again."""
_TAKES_CACHE_KEY = "api.openai.com"


def provider_of(name: str, source: ProviderSettings) -> Provider:
    """Return the provider that ``models.providers.NAME`` describes. Raises ``SettingsError``."""
    match source.kind:
        case "scripted":
            return ScriptedProvider(load_script(_file(name, source, "its turns")))
        case "replay":
            return ReplayProvider(load_recording(_file(name, source, "what was recorded")))
        case "anthropic":
            return _recorded(name, _anthropic(source), source)
        case "pydantic-ai":
            return _recorded(name, _other(name, source), source)
        case "openai":
            return _recorded(name, _openai(name, source), source)


def server_of(source: ProviderSettings) -> str:
    """Return a digest of all settings that a reply may depend on: where the models are, as whom they are asked, and how."""
    parts = (source.kind, source.system, source.base_url, sorted(source.headers.items()), source.thinking_tokens)
    return hashlib.blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()


def _anthropic(source: ProviderSettings) -> Provider:
    dialect = MessagesDialect(thinking_tokens=source.thinking_tokens, keeping=Keeping(source.cache))
    key = source.api_key.get_secret_value()
    return AnthropicMessages(
        source.base_url or ADDRESS,
        key,
        transport_of(source),
        headers=source.headers,
        dialect=dialect,
        patience=float(source.begin_seconds),
    )


def _other(name: str, source: ProviderSettings) -> Provider:
    if not source.system:
        raise SettingsError(f"models.providers.{name} is pydantic-ai and names no system. Set it, such as google, bedrock or cohere.")
    if not is_there(PYDANTIC_AI):
        raise SettingsError(f"models.providers.{name} is pydantic-ai, which is not installed here. Install artelier[providers].")
    return LazyProvider(source.system, source.api_key.get_secret_value(), source.base_url)


def _openai(name: str, source: ProviderSettings) -> Provider:
    if not source.base_url:
        raise SettingsError(f"models.providers.{name} has no base_url. Set it, such as https://api.openai.com/v1.")
    dialect = Dialect(keeping=Keeping(source.cache), cache_marks=_marks(source), cache_key=_takes_cache_key(source))
    key = source.api_key.get_secret_value()
    return OpenAIChat(
        source.base_url, key, transport_of(source), headers=source.headers, dialect=dialect, patience=float(source.begin_seconds)
    )


def _marks(source: ProviderSettings) -> bool | None:
    return False if source.cache == "off" else source.cache_marks


def _takes_cache_key(source: ProviderSettings) -> bool:
    """Whether the server is known to take a name for each conversation: others may refuse fields that they do not know."""
    if source.prompt_cache_key is not None:
        return source.prompt_cache_key
    try:
        return URL(source.base_url).host == _TAKES_CACHE_KEY
    except ValueError:  # the provider itself says what is wrong with it
        return False


def _recorded(name: str, provider: Provider, source: ProviderSettings) -> Provider:
    if not source.record:
        return provider
    path = Path(source.record).expanduser()
    if not path.parent.is_dir():
        raise SettingsError(f"models.providers.{name} is recorded to {path}, whose folder is not there. Make it, or name another file.")
    return RecordingProvider(provider, path, (source.api_key.get_secret_value(), *secret_values(source.headers)))


def transport_of(source: ProviderSettings) -> HttpTransport:
    """Return how its server is reached, as its settings say."""
    return HttpTransport(
        connections=source.max_in_flight,
        first_byte_timeout=float(source.begin_seconds),
        idle_timeout=float(source.silence_seconds),
        proxy=source.proxy,
        ca_file=source.ca_file,
        version=source.http,
    )


def _file(name: str, source: ProviderSettings, what: str) -> Path:
    if not source.file:
        raise SettingsError(f"models.providers.{name} is {source.kind} and names no file. Set file to {what}.")
    return Path(source.file).expanduser()
