"""What would be judged of a call that nobody makes, as settings, agents and rules are: nothing is run."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from artelier.approvals.explaining import Explanation, explain
from artelier.approvals.judge import JudgeFacts
from artelier.domain.agents import AgentSpec
from artelier.domain.calls import Access, ToolCall
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import InvalidRequest
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.verdicts import Rule, Ruling
from artelier.ports.tool import Tool

_CONTROL = frozenset(spec.name for spec in CONTROL_TOOLS)


class Surroundings(Struct, frozen=True):
    """What judging needs of a house."""

    tools: Mapping[str, Tool]
    agents: Mapping[str, AgentSpec]
    default_agent: str
    rules: tuple[Rule, ...]
    sandboxed: bool


def explanation(name: str, arguments: dict[str, Any], agent: str, at: Surroundings) -> Explanation:
    """Return what would be judged of a call by an agent, the default one where none is named.

    Whether an agent has the tool counts for one that is named. Raises ``InvalidRequest`` for an agent that there is not.
    """
    if name in _CONTROL:
        return Explanation(Ruling.ALLOW.value, "It is a word to the runtime.", because=(Because(ReasonCode.WORD),))
    spec_of = at.agents.get(agent or at.default_agent)
    if spec_of is None:
        raise InvalidRequest(f"There is no agent {agent}. There are: {', '.join(sorted(at.agents))}.")
    tool = at.tools.get(name)
    access = Access(exclusive=True) if tool is None else tool.access(arguments)
    facts = JudgeFacts(spec_of.name, at.rules, None if tool is None else tool.spec, access, at.sandboxed, writes=spec_of.writes)
    found = explain(ToolCall("explained", name, arguments), facts)
    if agent and tool is not None and name not in spec_of.tools:
        lacks = Because(ReasonCode.LACKS_TOOL, {"agent": agent, "tool": name})
        why = f"The agent {agent} has no tool {name}."
        return msgspec.structs.replace(found, decision=Ruling.FORBID.value, reason=why, rule="", because=(lacks,))
    return found
