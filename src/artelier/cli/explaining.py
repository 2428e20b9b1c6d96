"""``artelier approvals explain``: what would be judged of calls, and why. Nothing is run, and no server is needed."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

from artelier.approvals.examine import Examined
from artelier.approvals.explaining import Explanation
from artelier.cli.asked_words import reason_words
from artelier.cli.look import output, visible
from artelier.cli.places import chosen_places
from artelier.cli.refusals import failure_words
from artelier.cli.settings_words import problem_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.domain.agents import AgentSpec
from artelier.domain.errors import ArtelierError, InvalidRequest
from artelier.domain.verdicts import Ruling
from artelier.ports.tool import Tool
from artelier.runtime.catalogue import all_agents, all_tools, policy_of
from artelier.runtime.explaining import Surroundings, explanation
from artelier.runtime.plugin_trial import loaded_for_a_moment
from artelier.runtime.web import Web
from artelier.settings import Settings, read_settings


class AskedCall(Struct, frozen=True):
    """One line of a file: a call of a tool; ``name`` is another word for ``tool``."""

    tool: str = ""
    name: str = ""
    arguments: Any = None
    agent: str = ""


def explained(tool: str, arguments: str, file: Path | None, agent: str, config: Path | None, *, as_json: bool) -> None:
    """Print a line for each call asked about."""
    if bool(tool) == (file is not None):
        raise stop(tr("Say either --tool with --arguments, or --file."), WRONG_USAGE)
    house = _house(config)
    if agent and agent not in house.agents:
        known = ", ".join(sorted(house.agents))
        raise stop(tr("There is no agent {name}. There are: {known}.", name=agent, known=known), WRONG_USAGE)
    for asked in _calls(tool, arguments, file):
        _print(asked if isinstance(asked, Explanation) else _explanation(asked, agent, house), as_json=as_json)


def _house(config: Path | None) -> Surroundings:
    read = read_settings(chosen_places(config), os.environ)
    if read.problems:
        raise stop("\n".join(map(problem_words, read.problems)), WRONG_USAGE)
    settings: Settings = read.settings
    try:
        tools, agents = uvloop.run(_offered(settings))
    except ArtelierError as failure:
        raise stop(failure_words(failure), WRONG_USAGE) from failure
    sandboxed = settings.sandbox.mode != "off"
    policy = policy_of(settings, agents, {name: each.spec for name, each in tools.items()}, sandboxed=sandboxed)
    return Surroundings(tools, agents, policy.default_agent, policy.rules, sandboxed)


async def _offered(settings: Settings) -> tuple[dict[str, Tool], dict[str, AgentSpec]]:
    async with loaded_for_a_moment(settings) as plugins:
        tools = all_tools(settings, (*Web(settings.tools).tools, *plugins.tools))
        return tools, all_agents(settings, tools, plugins.agents, lacking=plugins.lacking)


def _calls(tool: str, arguments: str, file: Path | None) -> Iterator[AskedCall | Explanation]:
    """Read what is asked about; a line that is no call is answered in its place, and refused."""
    if file is None:
        yield _call(msgspec.json.encode({"tool": tool, "arguments": msgspec.Raw(arguments.encode() or b"{}")}))
        return
    try:
        lines = sys.stdin.buffer.read().splitlines() if str(file) == "-" else file.read_bytes().splitlines()
    except OSError as failure:
        raise stop(tr("{file} cannot be read: {failure}.", file=file, failure=failure.strerror or failure), WRONG_USAGE) from failure
    yield from (_call(line) for line in lines if line.strip())


def _call(line: bytes) -> AskedCall | Explanation:
    try:
        asked = msgspec.json.decode(line, type=AskedCall)
    except (msgspec.MsgspecError, UnicodeDecodeError) as failure:
        return Explanation(Ruling.FORBID.value, tr("This is no call: {failure}.", failure=failure), parseable=False)
    return asked if asked.tool or asked.name else Explanation(Ruling.FORBID.value, tr("This call names no tool."), parseable=False)


def _explanation(asked: AskedCall, agent: str, house: Surroundings) -> Explanation:
    name, wanted = asked.tool or asked.name, asked.agent or agent
    arguments = {} if asked.arguments is None else asked.arguments
    if not isinstance(arguments, dict):
        told = tr("The arguments are no JSON object, so the call would not be run.")
        return Explanation(Ruling.FORBID.value, told, parseable=False)
    try:
        return explanation(name, arguments, wanted, house)
    except InvalidRequest:
        return Explanation(Ruling.FORBID.value, tr("There is no agent {name}.", name=wanted), parseable=False)


def _print(explanation: Explanation, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(explanation).decode() + "\n")
        return
    console = output()
    rule = f"  [{explanation.rule}]" if explanation.rule else ""
    console.print(f"{tr(explanation.decision)}  {_why(explanation)}{visible(rule)}", markup=False)
    for command in explanation.commands:
        marks = [tr(word) for word, holds in _marks(command) if holds]
        console.print(f"  {visible(' '.join(command.argv))}  {' · '.join(marks)}", style="dim", markup=False)
    if not explanation.parseable:
        console.print("  " + tr("not all of it can be read"), style="dim", markup=False)
    for title, words in (("writes", explanation.writes), ("labels", explanation.taint)):
        if words:
            console.print(f"  {tr(title)}: {visible(', '.join(tr(word) for word in words))}", style="dim", markup=False)


def _why(explanation: Explanation) -> str:
    return reason_words(explanation.reason, [(each.code.value, each.values) for each in explanation.because])


def _marks(command: Examined) -> tuple[tuple[str, bool], ...]:
    return (("reads only", command.read_only), ("destructive", command.destructive), ("network", command.network))
