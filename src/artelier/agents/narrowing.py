"""Rights that only shrink: an agent that a workspace brings along may do no more than one of the operator's own."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from artelier.approvals.writable import matches_any
from artelier.domain.agents import AgentSpec, Limits

MOST = "coder"
"""The agent whose rights are the most that a workspace's own agents can have."""
Number = TypeVar("Number", int, float)


def narrowed(agent: AgentSpec, most: AgentSpec) -> AgentSpec:
    """Return an agent with what another may do at most; both have their lists of tools written out.

    Its model is left to the operator: it costs their money.
    """
    return msgspec.structs.replace(
        agent,
        tools=tuple(name for name in agent.tools if name in most.tools),
        writes=_narrower(agent.writes, most.writes),
        limits=_smaller(agent.limits, most.limits),
        max_tokens=min(agent.max_tokens, most.max_tokens),
        model=most.model,
    )


def _smaller(one: Limits, other: Limits) -> Limits:
    """Return the smaller of each limit; zero or less is none at all."""
    return Limits(
        steps=_least(one.steps, other.steps),
        calls=_least(one.calls, other.calls),
        tokens=_least(one.tokens, other.tokens),
        wall_seconds=_least(one.wall_seconds, other.wall_seconds),
        money=_least(one.money, other.money),
    )


def _least(one: Number, other: Number) -> Number:
    return min((limit for limit in (one, other) if limit > 0), default=one)


def _narrower(writes: Sequence[str], most: Sequence[str]) -> tuple[str, ...]:
    """Return patterns within others: those that stand there too, or are plain paths that they mean; otherwise the others."""
    if not writes or not most:
        return tuple(writes or most)
    kept = tuple(pattern for pattern in writes if pattern in most or (not set("*?[") & set(pattern) and matches_any(pattern, most)))
    return kept or tuple(most)
