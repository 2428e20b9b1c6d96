"""The tools and agents of this house, with the operator's changes."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from artelier.agents.loader import load_agents
from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import SettingsError
from artelier.domain.questions import Decision
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.facts import Policy
from artelier.ports.tool import Tool
from artelier.settings import AgentSettings, Settings
from artelier.settings.model import LimitSettings
from artelier.tools.catalogue import built_in_tools


def all_tools(more: tuple[Tool, ...] = ()) -> dict[str, Tool]:
    """Return every tool by its name, the built-in ones and these."""
    return {tool.spec.name: tool for tool in (*built_in_tools(), *more)}


def all_agents(settings: Settings, tools: Mapping[str, Tool]) -> dict[str, AgentSpec]:
    """Return every agent as the operator wants it. Raises ``SettingsError``."""
    known = frozenset(tools) | {spec.name for spec in CONTROL_TOOLS}
    folders = tuple(Path(folder).expanduser() for folder in settings.agents.paths)
    agents = load_agents(folders, known, _limits(settings.limits))
    for name, changes in (settings.agents.model_extra or {}).items():
        if name not in agents:
            raise SettingsError(f"The settings change an agent '{name}', and there is none. These are known: {', '.join(sorted(agents))}.")
        agents[name] = _changed(agents[name], changes, known)
    if settings.agents.default not in agents:
        raise SettingsError(f"agents.default is '{settings.agents.default}', and there is no such agent: {', '.join(sorted(agents))}.")
    return agents


def policy_of(settings: Settings, agents: Mapping[str, AgentSpec], tools: Mapping[str, Tool], *, sandboxed: bool) -> Policy:
    """Return the settings that decisions depend on, as one snapshot."""
    return Policy(
        agents=agents,
        default_agent=settings.agents.default,
        tools={name: tool.spec for name, tool in tools.items()},
        rules=tuple(Rule(Ruling(rule.decision), rule.tool, rule.agent, rule.path, rule.command) for rule in settings.approvals.rules),
        sandboxed=sandboxed,
        question_seconds=float(settings.approvals.timeout),
        on_timeout=Decision(settings.approvals.on_timeout),
        tools_at_once=settings.tools.concurrency,
        family_limits=settings.tools.families,
    )


def _limits(limits: LimitSettings) -> Limits:
    return Limits(limits.steps, limits.calls, limits.tokens, float(limits.wall_seconds))


def _changed(agent: AgentSpec, changes: AgentSettings, known: frozenset[str]) -> AgentSpec:
    unknown = sorted(set(changes.tools or ()) - known)
    if unknown:
        raise SettingsError(f"agents.{agent.name}.tools names {', '.join(unknown)}, and there is no such tool: {', '.join(sorted(known))}.")
    return msgspec.structs.replace(
        agent,
        model=agent.model if changes.model is None else changes.model,
        max_tokens=agent.max_tokens if changes.max_tokens is None else changes.max_tokens,
        temperature=agent.temperature if changes.temperature is None else changes.temperature,
        tools=agent.tools if changes.tools is None else tuple(changes.tools),
        limits=agent.limits if changes.limits is None else _limits(changes.limits),
    )
