"""Reading settings: the file, then ``ARTELIER_SECTION__KEY`` from the environment, then the command line."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from pydantic import SecretStr, ValidationError

from artelier.settings.model import ProviderSettings, Settings
from artelier.settings.origins import Origin, origins_of
from artelier.settings.places import Places
from artelier.settings.problems import Problem, syntax_problem, validation_problems
from artelier.settings.tools import McpSettings

_PREFIX = "ARTELIER_"
AGENTS = "agents"
"""The folder beside the settings file that holds agents without being named."""
_KNOWN_KEYS = {
    "openai": ("OPENAI_API_KEY", "https://api.openai.com/v1", "gpt-5-mini"),
    "anthropic": ("ANTHROPIC_API_KEY", "https://api.anthropic.com", "claude-sonnet-5"),
    "openrouter": ("OPENROUTER_API_KEY", "https://openrouter.ai/api/v1", "openai/gpt-5-mini"),
    "deepseek": ("DEEPSEEK_API_KEY", "https://api.deepseek.com/v1", "deepseek-chat"),
    "groq": ("GROQ_API_KEY", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"),
    "mistral": ("MISTRAL_API_KEY", "https://api.mistral.ai/v1", "mistral-small-latest"),
}
"""Providers found by their usual variable, with the model taken when none is named."""
_OWN_FORMAT = "anthropic"
"""The one of them that is no ``openai`` by kind."""


_DOCKER = (
    *("PATH", "HOME", "XDG_RUNTIME_DIR"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"),
)
"""Variables by which the docker program finds its daemon."""


class Read(Struct, frozen=True):
    """Settings in force, or the problems that keep them from it; never both."""

    settings: Settings
    problems: tuple[Problem, ...]
    digest: str
    """Identifies what is in force, secrets left out; stored with each run."""
    file_found: bool = False
    origins: Mapping[str, Origin] = {}
    """Where values come from that are not the defaults, by dotted name."""


def read_settings(
    places: Places, environment: Mapping[str, str], overrides: Mapping[str, Any] | None = None, *, text: str | None = None
) -> Read:
    """Read everything once. ``overrides`` are dotted names from the command line. Never raises for bad input: it lists it.

    With a ``text`` it tells what would be read if the file held it.
    """
    file = str(places.settings_file)
    try:
        text = places.settings_file.read_text(encoding="utf-8") if text is None else text
    except FileNotFoundError:
        if places.named:
            return _bad(Problem(file, 0, "", "There is no such file. Check --config or ARTELIER_CONFIG.", "no_file"))
        text = None
    except (OSError, UnicodeDecodeError) as failure:
        told = f"It cannot be read: {failure}. Make it a readable UTF-8 file."
        return _bad(Problem(file, 0, "", told, "unreadable", {"failure": str(failure)}))
    try:
        values = tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as failure:
        return _bad(syntax_problem(file, failure))
    origins = origins_of(values, _said_in(environment), overrides or {})
    from_environment = _apply_environment(values, environment)
    for name, value in (overrides or {}).items():
        _put(values, name.split("."), value)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as failure:
        return _bad(*validation_problems(file, text or "", failure, from_environment))
    whole = _with_folders(_with_passed_on(_with_known_keys(settings, environment), environment), places.settings_file.parent)
    return Read(whole, (), _digest(whole), text is not None, _with_found(origins, settings, whole))


def _said_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that set something, by dotted name."""
    return {
        ".".join(part.lower() for part in name.removeprefix(_PREFIX).split("__")): name
        for name in environment
        if name.startswith(_PREFIX) and "__" in name
    }


def _with_found(origins: dict[str, Origin], said: Settings, whole: Settings) -> dict[str, Origin]:
    """Add what usual variables of providers brought along."""
    found: dict[str, Origin] = {}
    if whole.models.providers.keys() > said.models.providers.keys():
        found["models.providers"] = "environment"
    if whole.models.default and not said.models.default:
        found["models.default"] = "environment"
    return {**origins, **found}


def _bad(*problems: Problem) -> Read:
    return Read(Settings(), problems, "")


def _apply_environment(values: dict[str, Any], environment: Mapping[str, str]) -> frozenset[tuple[str, ...]]:
    found = set()
    for dotted, name in _said_in(environment).items():
        path = dotted.split(".")
        _put(values, path, _value(environment[name]))
        found.add(tuple(path[:2]))
    return frozenset(found)


def _value(raw: str) -> Any:
    if raw[:1] in "[{":
        try:
            return json.loads(raw)
        except json.JSONDecodeError:
            return raw
    return raw


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        values = inner
    values[path[-1]] = value


def _with_known_keys(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Fill in the providers whose usual key is in the environment, and the keys that are named by variable."""
    providers: dict[str, ProviderSettings] = {}
    for name, provider in settings.models.providers.items():
        variable = provider.api_key_env or _KNOWN_KEYS.get(name, ("",))[0]
        key = provider.api_key if provider.api_key.get_secret_value() else SecretStr(environment.get(variable, ""))
        base_url = provider.base_url or (_KNOWN_KEYS[name][1] if name in _KNOWN_KEYS else "")
        kind = _OWN_FORMAT if name == _OWN_FORMAT and not provider.model_fields_set & {"kind", "base_url"} else provider.kind
        providers[name] = provider.model_copy(update={"kind": kind, "api_key": key, "base_url": base_url})
    default = settings.models.default
    for name, (variable, base_url, model) in _KNOWN_KEYS.items():
        if environment.get(variable) and name not in providers:
            found: Literal["openai", "anthropic"] = "anthropic" if name == _OWN_FORMAT else "openai"
            key = SecretStr(environment[variable])
            providers[name] = ProviderSettings(kind=found, base_url=base_url, api_key_env=variable, api_key=key)
            default = default or (f"{name}/{model}" if not settings.models.providers else "")
    models = settings.models.model_copy(update={"providers": providers, "default": default})
    return settings.model_copy(update={"models": models})


def _with_passed_on(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Fill in what programs are given of the environment: docker its own variables, MCP servers what is named, PATH, HOME and LANG."""
    servers = [server.model_copy(update=_passed_on(server, environment)) for server in settings.tools.mcp]
    variables = {name: environment[name] for name in _DOCKER if name in environment}
    docker = settings.tools.docker.model_copy(update={"env": {**variables, **settings.tools.docker.env}})
    return settings.model_copy(update={"tools": settings.tools.model_copy(update={"mcp": servers, "docker": docker})})


def _passed_on(server: McpSettings, environment: Mapping[str, str]) -> dict[str, Any]:
    names = (*("PATH", "HOME", "LANG"), *server.env_from) if server.command else ()
    variables = {name: SecretStr(environment[name]) for name in names if name in environment}
    headers = {header: SecretStr(environment[name]) for header, name in server.headers_from.items() if name in environment}
    return {"env": {**variables, **server.env}, "headers": {**headers, **server.headers}}


def _with_folders(settings: Settings, home: Path) -> Settings:
    """Make folders absolute, from the settings file's; where no agents' folder is named, its ``agents`` is one if it is there."""
    paths = settings.agents.paths
    if "paths" not in settings.agents.model_fields_set and (home / AGENTS).is_dir():
        paths = [AGENTS]
    absolute = [str(home / Path(path).expanduser()) for path in paths]
    folder = settings.plugins.folder and str(home / Path(settings.plugins.folder).expanduser())
    agents = settings.agents.model_copy(update={"paths": absolute})
    return settings.model_copy(update={"agents": agents, "plugins": settings.plugins.model_copy(update={"folder": folder})})


def _digest(settings: Settings) -> str:
    return hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:16]
