"""The playbook of our own tests: two agents, and a tool of each kind."""

from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.engine.facts import Policy
from artelier.testing.playbook import NOON, RUN, Playbook, events, replied, result, tool_call

__all__ = [
    "ASK",
    "CODER",
    "NOON",
    "POLICY",
    "RUN",
    "TOOLS",
    "call",
    "events",
    "facts_for",
    "given",
    "replied",
    "result",
    "state_of",
]

READ = ToolSpec("read", "reads", {}, repeatable=True, effect="read")
WRITE = ToolSpec("write", "writes", {}, repeatable=True, effect="write")
EXECUTE = ToolSpec("execute", "runs", {}, repeatable=False, effect="execute")
TOOLS = {spec.name: spec for spec in (READ, WRITE, EXECUTE)}
CODER = AgentSpec(
    "coder",
    "codes",
    "You code.",
    (*TOOLS, *(spec.name for spec in CONTROL_TOOLS)),
    limits=Limits(steps=5, calls=10, tokens=1000, wall_seconds=600),
)
ASK = AgentSpec("ask", "answers", "You answer.", ("read", "ask_user"))
POLICY = Policy(agents={"coder": CODER, "ask": ASK}, default_agent="coder", tools=TOOLS)


def call(index: int, name: str = "read", step: int = 0, **arguments: object) -> ToolCall:
    return tool_call(index, name, step, **arguments)


def _access(each: ToolCall) -> Access:
    path = frozenset({str((each.arguments or {}).get("path", "."))})
    match each.name:
        case "read":
            return Access(reads=path)
        case "write":
            return Access(writes=path)
        case "execute":
            return Access(exclusive=True)
    return Access()


PLAYBOOK = Playbook(POLICY, _access)
given, facts_for, state_of = PLAYBOOK.given, PLAYBOOK.facts_for, PLAYBOOK.state_of
