"""The first settings: where models can come from, and the file that says so."""

import json

import msgspec
from msgspec import Struct

from artelier.providers.local import SETTING_NAMES, LocalServer
from artelier.settings import VENDORS


class Source(Struct, frozen=True):
    """One place that models come from, as far as it is known."""

    name: str
    title: str
    base_url: str = ""
    model: str = ""
    key_variable: str = ""
    key: str = ""
    wants_key: bool = True
    kind: str = ""
    """The wire format where it is not OpenAI's."""

    def at(self, base_url: str) -> "Source":
        """Return it with its address."""
        return msgspec.structs.replace(self, base_url=base_url.rstrip("/"))

    def keyed(self, *, variable: str = "", key: str = "") -> "Source":
        """Return it with its key, or the name of the variable that holds it."""
        return msgspec.structs.replace(self, key_variable=variable, key=key)

    def saying(self, model: str) -> "Source":
        """Return it with the model that answers."""
        return msgspec.structs.replace(self, model=model.removeprefix(f"{self.name}/"))


_VENDORS = tuple(
    Source(name, each.title, each.base_url, each.model or each.pattern, each.key_variable, kind=each.kind if each.kind != "openai" else "")
    for name, each in VENDORS.items()
)
_KNOWN = (
    *_VENDORS,
    Source("custom", "Another address that speaks OpenAI's protocol", key_variable="CUSTOM_API_KEY"),
    Source("rehearsal", "Rehearsal: no model, a program with rules", wants_key=False),
)


def offers(found: tuple[LocalServer, ...]) -> tuple[Source, ...]:
    """Return what can be chosen, servers of this machine first."""
    local = tuple(
        Source(
            SETTING_NAMES.get(server.name, "local"), f"{server.name}, {server.base_url}", server.base_url, server.models[0], wants_key=False
        )
        for server in found
    )
    return (*local, *_KNOWN)


def as_toml(source: Source) -> str:
    """Return the settings' file."""
    if source.name == "rehearsal":
        return '[models]\ndefault = "rehearsal"\n'
    lines = ["[models]", f"default = {_quoted(f'{source.name}/{source.model}')}", "", f"[models.providers.{source.name}]"]
    if source.kind:
        lines.append(f"kind = {_quoted(source.kind)}")
    lines.append(f"base_url = {_quoted(source.base_url)}")
    if source.key:
        lines.append(f"api_key = {_quoted(source.key)}")
    elif source.wants_key and source.key_variable:
        lines.append(f"api_key_env = {_quoted(source.key_variable)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a basic string of TOML, which JSON's strings are but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
