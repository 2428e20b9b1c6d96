"""Which calls may run before anybody has asked for them for good: they only read the workspace, and nobody would be asked."""

from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolCall
from artelier.domain.errors import ArgumentsInvalid
from artelier.domain.verdicts import Ruling
from artelier.engine.outside import Outside
from artelier.ports.tool import Tool


def may_start_early(call: ToolCall, agent: AgentSpec, outside: Outside) -> bool:
    """Whether a call may start before it is stored that it was asked for."""
    tool = _tool_of(call, agent, outside)
    return tool is not None and tool.spec.effect == "read" and tool.spec.repeatable and _only_reads(call, tool, agent, outside)


def may_read_ahead(call: ToolCall, agent: AgentSpec, outside: Outside) -> bool:
    """Whether a call may run that nobody has asked for: commands that are known to read only may, what reaches out never."""
    tool = _tool_of(call, agent, outside)
    if tool is None or tool.spec.effect not in {"read", "execute"}:
        return False
    try:
        tool.check(call.arguments or {})
    except ArgumentsInvalid:
        return False
    return _only_reads(call, tool, agent, outside)


def _tool_of(call: ToolCall, agent: AgentSpec, outside: Outside) -> Tool | None:
    return outside.tools.get(call.name) if call.name in agent.tools else None


def _only_reads(call: ToolCall, tool: Tool, agent: AgentSpec, outside: Outside) -> bool:
    access = tool.access(call.arguments or {})
    if access.exclusive or access.writes or not access.reads:
        return False
    policy = outside.policy
    verdict = judge(call, JudgeFacts(agent.name, policy.rules, tool.spec, access, policy.sandboxed, writes=agent.writes))
    return verdict.ruling is Ruling.ALLOW
