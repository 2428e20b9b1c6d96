"""The tools and agents of this house, with the operator's changes."""

import shutil
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

import msgspec

from artelier.agents.loader import load_agents
from artelier.agents.narrowing import MOST
from artelier.approvals.writable import is_pattern
from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.budgets import Budget, Per, Period
from artelier.domain.calls import ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import SettingsError
from artelier.domain.questions import Decision
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.facts import Policy
from artelier.ports.tool import Tool
from artelier.runtime.offering import MCP, PLUGINS
from artelier.settings import AgentSettings, Settings
from artelier.settings.model import BudgetSettings, LimitSettings, RuleSettings
from artelier.settings.tools import DockerSettings
from artelier.tools.catalogue import built_in_tools
from artelier.tools.docker import docker_tools
from artelier.tools.docker_program import DockerProgram
from artelier.tools.mcp.names import server_of


class KnownTools(Container[str]):
    """What may stand in an agent's list of tools: names, patterns of them, ``mcp``, ``plugins``, and names of servers' tools not seen yet.

    Where some are not known for another reason, ``any_more`` is true, and every name may stand there.
    """

    def __init__(self, names: Iterable[str], servers: Iterable[str] = (), *, any_more: bool = False) -> None:
        self._names = frozenset(names) | {spec.name for spec in CONTROL_TOOLS} | {MCP, PLUGINS}
        self._servers = frozenset(servers)
        self._any_more = any_more

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (self._any_more or name in self._names or "*" in name or server_of(name) in self._servers)

    def __str__(self) -> str:
        return ", ".join(sorted(self._names))


def all_tools(settings: Settings, more: tuple[Tool, ...] = ()) -> dict[str, Tool]:
    """Return every tool by its name: the built-in ones, docker's where there is one, and these."""
    return {tool.spec.name: tool for tool in (*built_in_tools(), *_docker_tools(settings.tools.docker), *more)}


def _docker_tools(docker: DockerSettings) -> tuple[Tool, ...]:
    is_there = shutil.which(docker.program, path=docker.env.get("PATH")) is not None
    wanted = is_there if docker.enabled is None else docker.enabled
    return docker_tools(DockerProgram(docker.program, docker.env)) if wanted else ()


def all_agents(
    settings: Settings, tools: Mapping[str, Tool], of_plugins: Mapping[str, AgentSpec] | None = None, *, lacking: bool = False
) -> dict[str, AgentSpec]:
    """Return every agent as the operator wants it, with patterns in its list of tools. Raises ``SettingsError``.

    The operator's agents come before those of plugins of the same name. Where plugins are ``lacking``, what may be theirs is passed over.
    """
    known = KnownTools(tools, (server.name for server in settings.tools.mcp), any_more=lacking)
    folders = tuple(Path(folder).expanduser() for folder in settings.agents.paths)
    agents = {**(of_plugins or {}), **load_agents(folders, known, limits_of(settings.limits))}
    for name, changes in (settings.agents.model_extra or {}).items():
        if name not in agents and lacking:
            continue
        if name not in agents:
            raise SettingsError(f"The settings change an agent '{name}', and there is none. These are known: {', '.join(sorted(agents))}.")
        agents[name] = _changed(agents[name], changes, known)
    if settings.agents.default not in agents and not lacking:
        raise SettingsError(f"agents.default is '{settings.agents.default}', and there is no such agent: {', '.join(sorted(agents))}.")
    return agents


def policy_of(
    settings: Settings, agents: Mapping[str, AgentSpec], tools: Mapping[str, ToolSpec], *, sandboxed: bool, sandbox: str = ""
) -> Policy:
    """Return the settings that decisions depend on, as one snapshot."""
    return Policy(
        agents=agents,
        default_agent=settings.agents.default if settings.agents.default in agents else MOST,
        tools=tools,
        rules=tuple(map(_rule, settings.approvals.rules)),
        sandboxed=sandboxed,
        sandbox=sandbox,
        question_seconds=float(settings.approvals.timeout),
        on_timeout=Decision(settings.approvals.on_timeout),
        tools_at_once=settings.tools.concurrency,
        family_limits=settings.tools.families,
        adaptive=settings.approvals.adaptive,
        outage_seconds=float(settings.models.outage_seconds),
        budgets=tuple(map(_budget, settings.limits.budgets)),
        networked=settings.sandbox.network != "none" or sandbox == "container",
    )


def _rule(rule: RuleSettings) -> Rule:
    return Rule(
        Ruling(rule.decision),
        rule.tool,
        rule.agent,
        rule.path,
        rule.command,
        None if rule.timeout is None else float(rule.timeout),
        None if rule.on_timeout is None else Decision(rule.on_timeout),
    )


def _budget(budget: BudgetSettings) -> Budget:
    is_person = budget.per == "person" and budget.name != "*"
    name = f"person:{budget.name.removeprefix('person:')}" if is_person else budget.name
    return Budget(budget.dollars, Per(budget.per), name, Period(budget.period), budget.warn_at)


def limits_of(limits: LimitSettings) -> Limits:
    """Return the limits that settings say."""
    return Limits(limits.steps, limits.calls, limits.tokens, float(limits.wall_seconds), limits.money)


def _some_limits(limits: Limits, changes: LimitSettings) -> Limits:
    said = limits_of(changes)
    return msgspec.structs.replace(limits, **{name: getattr(said, name) for name in changes.model_fields_set})


def _changed(agent: AgentSpec, changes: AgentSettings, known: KnownTools) -> AgentSpec:
    unknown = sorted(name for name in set(changes.tools or ()) if name not in known)
    if unknown:
        raise SettingsError(f"agents.{agent.name}.tools names {', '.join(unknown)}, and there is no such tool: {known}.")
    wrong = next((pattern for pattern in changes.writes or () if not is_pattern(pattern)), None)
    if wrong is not None:
        raise SettingsError(f"agents.{agent.name}.writes holds {wrong!r}; a pattern is a relative path such as docs/** or **/*.md.")
    return msgspec.structs.replace(
        agent,
        writes=agent.writes if changes.writes is None else tuple(changes.writes),
        model=agent.model if changes.model is None else changes.model,
        max_tokens=agent.max_tokens if changes.max_tokens is None else changes.max_tokens,
        temperature=agent.temperature if changes.temperature is None else changes.temperature,
        tools=agent.tools if changes.tools is None else tuple(changes.tools),
        limits=agent.limits if changes.limits is None else _some_limits(agent.limits, changes.limits),
    )
