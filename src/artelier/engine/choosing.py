"""Which agent answers, from cheap to dear: named, the classifier where it is sure, a model, whoever answered last, a person. Pure."""

from collections.abc import Collection

from artelier.domain.calls import ToolSpec
from artelier.domain.events import AgentChosen, Payload, RunCancelled, RunFailed
from artelier.domain.questions import Answer, QuestionKind
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.routes import RouteAdvised
from artelier.engine.commands import AskAbout, AskAdviser, Await, Command, Record
from artelier.engine.facts import Facts, Policy
from artelier.engine.state import RunState, is_yes
from artelier.ports.router import Route

SURE = 0.7
"""How sure a model must say it is, from 0 to 1, to be believed against the classifier."""

GUESS = 0.7
"""Below this the classifier's lone guess is wrong too often, and a wrong agent lacks tools: the default agent answers."""


def choose(run: RunState, facts: Facts) -> Command | AskAbout:
    """Return who takes the run, or what has to be asked first, of a model or of the person."""
    if run.clarified is not None:
        return Record((_as_answered(run, run.clarified, facts),))
    known, route = facts.policy.agents, facts.route
    if run.wanted_agent in known:
        return _chosen(run.wanted_agent, "explicit")
    if route is not None and route.sure and route.agent in known:
        return _chosen(route.agent, route.source, route.confidence)
    if facts.may_be_advised and run.advice is None:
        return Await() if facts.model_in_flight else AskAdviser()
    return _of_the_unsure(run, facts)


def named_in(words: str, known: Collection[str]) -> str | None:
    """Return the agent whose name is all that these words say, ``coder`` or ``@coder``."""
    name = words.strip().removeprefix("@").rstrip(".,:!").lower()
    return next((each for each in known if each.lower() == name), None)


def _of_the_unsure(run: RunState, facts: Facts) -> Command | AskAbout:
    known, route = facts.policy.agents, _known(facts.route, facts.policy)
    advice = run.advice if run.advice is not None and run.advice.agent in known else None
    if advice is not None and (advice.confidence >= SURE or (route is not None and route.agent == advice.agent)):
        return _chosen(advice.agent, advice.source, advice.confidence)
    if facts.last_agent in known:
        return _chosen(facts.last_agent, "session", route.confidence if route is not None else 0.0)
    if route is None and run.advice is None:
        return _chosen(facts.policy.default_agent, "default")
    surest = max((each.confidence for each in (route, advice) if each is not None), default=0.0)
    unreachable = facts.adviser_silent if run.advice is None else bool(run.advice.code)
    if surest < facts.policy.route_low and not unreachable:
        options = _options(route, advice, facts.policy)
        return AskAbout(QuestionKind.CLARIFICATION, reason=_why(route, advice), options=options, because=(_because(route, advice),))
    if advice is None and surest < GUESS:
        return _chosen(facts.policy.default_agent, "default", surest)
    return _safer(route, advice, facts.policy)


def _safer(route: Route | None, advice: RouteAdvised | None, policy: Policy) -> Record:
    """Choose between guesses the one that may do less."""
    safest = min((each for each in (route, advice) if each is not None), key=lambda guess: _power(guess.agent, policy))
    return _chosen(safest.agent, safest.source, safest.confidence)


def _power(agent: str, policy: Policy) -> tuple[int, bool]:
    """Return how much an agent may do: its tools that do more than read, and whether it may write everywhere."""
    spec = policy.agents[agent]
    found = (policy.tools.get(name) for name in spec.tools)
    return sum(1 for tool in found if isinstance(tool, ToolSpec) and tool.effect != "read"), not spec.writes


def _known(route: Route | None, policy: Policy) -> Route | None:
    return route if route is not None and route.agent in policy.agents else None


def _options(route: Route | None, advice: RouteAdvised | None, policy: Policy) -> tuple[str, ...]:
    likely = [*([advice.agent] if advice is not None else []), *([route.agent, *(name for name, _ in route.alternatives)] if route else [])]
    return tuple(dict.fromkeys(name for name in (*likely, *policy.agents) if name in policy.agents))


def _why(route: Route | None, advice: RouteAdvised | None) -> str:
    guesses = [f"{each.agent} {each.confidence:.0%}" for each in (route, advice) if each is not None]
    return f"Nobody was named, and the best guess is not sure: {', '.join(guesses)}." if guesses else "Nobody was named."


def _because(route: Route | None, advice: RouteAdvised | None) -> Because:
    guesses = (f"{each.agent} {each.confidence:.0%}" for each in (route, advice) if each is not None)
    return Because(ReasonCode.UNSURE, {"guesses": ", ".join(guesses)})


def _as_answered(run: RunState, answer: Answer, facts: Facts) -> Payload:
    """Return what follows from a person's word about who should answer; nobody is asked twice."""
    if answer.by == "timeout":
        return RunFailed("NOT_CLARIFIED", "Nobody said in time which agent should answer. Resume the run, or send it again with @AGENT.")
    if not is_yes(answer):
        return RunCancelled(answer.text, run.usage)
    named = named_in(answer.text, facts.policy.agents)
    if named is not None:
        return AgentChosen(named, "person")
    route = _known(facts.route, facts.policy)
    return (
        AgentChosen(facts.policy.default_agent, "default", 0.0)
        if route is None
        else AgentChosen(route.agent, route.source, route.confidence)
    )


def _chosen(agent: str, source: str, confidence: float = 1.0) -> Record:
    return Record((AgentChosen(agent, source, confidence),))
