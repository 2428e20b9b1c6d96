"""Reading settings: the file, then ``ARTELIER_SECTION__KEY`` from the environment, then the command line."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import SecretStr, ValidationError

from artelier.settings.model import ProviderSettings, Settings
from artelier.settings.origins import Origin, origins_of
from artelier.settings.places import Places
from artelier.settings.problems import Problem, syntax_problem, unreadable_key, validation_problems
from artelier.settings.tools import McpSettings
from artelier.settings.vendors import VENDORS

_PREFIX = "ARTELIER_"
AGENTS = "agents"
"""The folder beside the settings file that holds agents without being named."""
_DOCKER = (
    *("PATH", "HOME", "XDG_RUNTIME_DIR"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"),
)
"""Variables by which the docker program finds its daemon."""


class UnreadableKey(Exception):
    """The file of a key cannot be read."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(why)
        self.setting = setting


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
    try:
        known = _with_known_keys(settings, environment)
    except UnreadableKey as failure:
        return _bad(unreadable_key(file, text or "", failure.setting, str(failure)))
    whole = _with_folders(_with_passed_on(known, environment), places.settings_file.parent)
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
    """Fill in the providers whose usual key is in the environment, and the keys that are named by file or variable.

    Raises ``UnreadableKey``.
    """
    providers = {name: _with_key(name, provider, environment) for name, provider in settings.models.providers.items()}
    default = settings.models.default
    for name, vendor in VENDORS.items():
        if environment.get(vendor.key_variable) and name not in providers:
            key = SecretStr(environment[vendor.key_variable])
            providers[name] = ProviderSettings(kind=vendor.kind, base_url=vendor.base_url, api_key_env=vendor.key_variable, api_key=key)
            default = default or (f"{name}/{vendor.model}" if vendor.model and not settings.models.providers else "")
    models = settings.models.model_copy(update={"providers": providers, "default": default})
    return settings.model_copy(update={"models": models})


def _with_key(name: str, provider: ProviderSettings, environment: Mapping[str, str]) -> ProviderSettings:
    vendor = VENDORS.get(name)
    known = vendor is not None and not provider.model_fields_set & {"kind", "base_url"}
    return provider.model_copy(
        update={
            "kind": vendor.kind if vendor is not None and known else provider.kind,
            "base_url": provider.base_url or (vendor.base_url if vendor is not None else ""),
            "api_key": SecretStr(_key_of(name, provider, environment)),
        }
    )


def _key_of(name: str, provider: ProviderSettings, environment: Mapping[str, str]) -> str:
    """Return the key: what the settings hold, else its file's text, else the variable that is named or usual."""
    if key := provider.api_key.get_secret_value():
        return key
    if provider.api_key_file:
        try:
            return Path(provider.api_key_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as failure:
            why = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
            raise UnreadableKey(f"models.providers.{name}.api_key_file", f"{provider.api_key_file}: {why}") from failure
    return environment.get(provider.api_key_env or (VENDORS[name].key_variable if name in VENDORS else ""), "")


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
