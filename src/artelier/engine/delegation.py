"""Work given to other agents: who may get it, how much of it, and what its end means. Pure."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

import msgspec

from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.delegating import DelegateReturned
from artelier.domain.usage import Usage

DEEPEST = 3
"""Delegations above one another; a deeper one is refused."""
_NAMESPACE = uuid5(NAMESPACE_OID, "artelier:delegation")
_WORDS = frozenset(spec.name for spec in CONTROL_TOOLS)
"""Words to the runtime are no rights."""
_NOTHING = "\0"
"""A pattern that no path fits."""
_STATUSES = {"finished": ResultStatus.DONE, "failed": ResultStatus.FAILED, "cancelled": ResultStatus.CANCELLED}


def delegated_ids(run: str, call: str) -> tuple[str, str]:
    """Return the ids of the session and the run that a call leads to: the same each time, so that nothing is sent twice."""
    return str(uuid5(_NAMESPACE, f"session:{run}:{call}")), str(uuid5(_NAMESPACE, f"run:{run}:{call}"))


def delegate_result(returned: DelegateReturned) -> ToolResult:
    """Return what the end of a delegated run is to the call that waits for it."""
    status = _STATUSES.get(returned.status, ResultStatus.FAILED)
    text = returned.reply or "It ended without an answer."
    if status is ResultStatus.FAILED:
        text = f"The other agent's work failed: {text}"
    elif status is ResultStatus.CANCELLED:
        text = f"The other agent's work was stopped. {returned.reply}".strip()
    return ToolResult(status, text, code=returned.code, summary=returned.status)


class Bounds(NamedTuple):
    """What a delegated run may do at most; the defaults bound nothing."""

    rights: tuple[str, ...] | None = None
    allowance: Limits | None = None
    writes: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def acting(agent: AgentSpec, bounds: Bounds) -> AgentSpec:
    """Return the agent as it may act in a run: no more tools, no higher limits, no other paths to write than the bounds say."""
    rights, allowance, writes = bounds
    if writes:
        agent = msgspec.structs.replace(agent, writes=paths_to_pass(writes, agent.writes))
    if rights is not None:
        kept = frozenset(rights) | _WORDS
        agent = msgspec.structs.replace(agent, tools=tuple(name for name in agent.tools if name in kept))
    if allowance is not None:
        agent = msgspec.structs.replace(agent, limits=_lower(agent.limits, allowance))
    return agent


def rights_to_pass(giver: AgentSpec, rights: tuple[str, ...] | None, wanted: AgentSpec, known: Iterable[str]) -> tuple[str, ...]:
    """Return which of the ``known`` tools ``wanted`` may use or pass on when ``giver``, under ``rights``, gives it work.

    Never more than the giver has or may pass on itself.
    """
    ceiling = None if rights is None else frozenset(rights)
    return tuple(
        sorted(
            name
            for name in known
            if _covers((*wanted.tools, *wanted.passes), name)
            and _covers((*giver.tools, *giver.passes), name)
            and (ceiling is None or name in ceiling)
        )
    )


def may_do_more(target: AgentSpec, than: AgentSpec) -> bool:
    """Return whether an agent has tools that another neither has nor passes on, or may write where that one may not."""
    allowed = (*than.tools, *than.passes, *_WORDS)
    tools = any(not _covers(allowed, name) for name in target.tools)
    return tools or bool(than.writes and (not target.writes or set(target.writes) - set(than.writes)))


def paths_to_pass(bound: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns that both sides name, as nobody can tell what else two patterns have in common; none names nothing."""
    if not bound or not wanted:
        return bound or wanted
    return tuple(pattern for pattern in wanted if pattern in bound) or (_NOTHING,)


_LEAST_MONEY = 1e-9
"""What is left of money where nothing is: not zero, which would be no limit."""


def share_of(limits: Limits, steps: int, used: Usage, seconds: float, count: int) -> Limits:
    """Return what each of ``count`` delegated runs may use of what is left; a limit that is off stays off."""
    return Limits(
        steps=_part(limits.steps, steps, count),
        calls=limits.calls,
        tokens=_part(limits.tokens, used.total_tokens, count),
        wall_seconds=max(1.0, limits.wall_seconds - seconds) if limits.wall_seconds > 0 else 0.0,
        money=max(_LEAST_MONEY, (limits.money - used.cost) / count) if limits.money > 0 else 0.0,
    )


def _covers(patterns: tuple[str, ...], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _part(limit: int, used: int, count: int) -> int:
    return max(1, (limit - used) // count) if limit > 0 else 0


def _lower(one: Limits, other: Limits) -> Limits:
    pairs = ((getattr(one, name), getattr(other, name)) for name in Limits.__struct_fields__)
    return Limits(*(min(a, b) if a > 0 and b > 0 else max(a, b) for a, b in pairs))
