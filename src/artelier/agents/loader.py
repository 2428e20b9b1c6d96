"""Agents from Markdown files with front matter: the built-in ones, then the operator's folders, later ones win by name."""

import re
from collections.abc import Container
from pathlib import Path, PurePath
from typing import Any, Literal

import msgspec
import yaml
from msgspec import Struct

from artelier.approvals.writable import is_pattern
from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.errors import SettingsError

BUILT_IN = Path(__file__).parent / "built_in"
_TOKENS = 2048
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class OwnLimits(Struct, frozen=True):
    """The limits that an agent's file says itself; those left out are the house's."""

    steps: int | None = None
    calls: int | None = None
    tokens: int | None = None
    wall_seconds: float | None = None
    money: float | None = None

    @property
    def said(self) -> dict[str, float]:
        """The limits that are said, by name."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}


class FrontMatter(Struct, frozen=True, forbid_unknown_fields=True):
    """What an agent's file says above its prompt."""

    description: str
    tools: list[str]
    model: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    limits: OwnLimits | None = None
    passes: list[str] = []
    writes: list[str] = []
    context: Literal["", "code", "documents", "causes", "reading", "delegation"] = ""


def load_agents(folders: tuple[Path, ...], known_tools: Container[str], limits: Limits) -> dict[str, AgentSpec]:
    """Return all agents by name; ``known_tools`` says what may stand in their lists.

    Raises ``SettingsError`` with a line for each file that is wrong.
    """
    agents: dict[str, AgentSpec] = {}
    problems: list[str] = []
    for folder in (BUILT_IN, *folders):
        if not folder.is_dir():
            raise SettingsError(f"The agents' folder {folder} is not there. Create it, or remove it from agents.paths.")
        for file in sorted(folder.glob("*.md")):
            try:
                agent = load_agent(file, known_tools, limits)
            except SettingsError as failure:
                problems.append(failure.message)
            else:
                agents[agent.name] = agent
    if problems:
        raise SettingsError("\n".join(problems))
    return agents


def load_agent(file: Path, known_tools: Container[str], limits: Limits) -> AgentSpec:
    """Return the agent that one file describes; its name is the file's. Raises ``SettingsError``."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise SettingsError(f"{file}: it cannot be read: {failure}.") from failure
    return parse_agent(str(file), text, known_tools, limits)


def parse_agent(file: str, text: str, known_tools: Container[str], limits: Limits) -> AgentSpec:
    """Return the agent that a text describes; ``file`` gives its name, and says where in problems. Raises ``SettingsError``."""
    name = PurePath(file).stem
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{file}: an agent's file is named like the agent: small Latin letters, digits, - and _, ending in .md.")
    matter, prompt = read_matter(file, text)
    own = (matter.limits or OwnLimits()).said
    below = next((each for each, limit in own.items() if limit < 0), None)
    if below is not None:
        raise SettingsError(f"{file}{line_of(text, 'limits')}: limits.{below} is below zero. Say 0 for no limit.")
    unknown = sorted(name for name in set(matter.tools) if name not in known_tools)
    if unknown:
        raise SettingsError(f"{file}{line_of(text, 'tools')}: there is no tool {', '.join(unknown)}. These are known: {known_tools}.")
    wrong = next((pattern for pattern in matter.writes if not is_pattern(pattern)), None)
    if wrong is not None:
        where = f"{file}{line_of(text, 'writes')}"
        raise SettingsError(f"{where}: writes holds {wrong!r}; a pattern is a path relative to the workspace, such as docs/** or **/*.md.")
    return AgentSpec(
        name=name,
        description=matter.description,
        prompt=prompt,
        tools=tuple(matter.tools),
        model=matter.model,
        max_tokens=_TOKENS if matter.max_tokens is None else matter.max_tokens,
        temperature=matter.temperature,
        limits=msgspec.structs.replace(limits, **own),
        passes=tuple(matter.passes),
        writes=tuple(matter.writes),
        context=matter.context,
    )


def read_matter(file: str, text: str) -> tuple[FrontMatter, str]:
    """Return what a text says of its agent, and its prompt. Raises ``SettingsError`` that names the line."""
    head, prompt = _split(file, text)
    try:
        return msgspec.convert(head, FrontMatter), prompt
    except msgspec.ValidationError as failure:
        found = re.search(r"`\$\.(\w+)|unknown field `(\w+)`", str(failure))
        line = line_of(text, found[1] or found[2]) if found else ""
        raise SettingsError(f"{file}{line}: {failure}. Correct the front matter.") from failure


def _split(file: str, text: str) -> tuple[Any, str]:
    found = re.match(r"---\n(.*?)\n---\n(.*)", text, re.DOTALL)
    if found is None or not found[2].strip():
        raise SettingsError(f"{file}: it must begin with front matter between two lines of ---, followed by the prompt.")
    try:
        return yaml.safe_load(found[1]), found[2].strip()
    except yaml.MarkedYAMLError as failure:
        line = f":{failure.problem_mark.line + 2}" if failure.problem_mark is not None else ""  # the first line is ---
        raise SettingsError(f"{file}{line}: the front matter is not YAML: {failure.problem}. Correct the line.") from failure
    except (yaml.YAMLError, RecursionError) as failure:
        raise SettingsError(f"{file}: the front matter is not YAML: {failure}.") from failure


def line_of(text: str, name: str) -> str:
    """Return ``:LINE`` of what the front matter says under a name, nothing where it says nothing."""
    return next((f":{number}" for number, line in enumerate(text.split("\n"), 1) if line.startswith(f"{name}:")), "")
