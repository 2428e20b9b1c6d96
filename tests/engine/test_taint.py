"""What a run has seen decides what it may do: labels are folded from the journal, and a verdict waits for what could change it."""

import msgspec

from artelier.domain.calls import Access, ResultStatus, ToolSpec
from artelier.domain.events import AgentChosen, CallJudged, MessageReceived, RunFinished, ToolFinished, ToolStarted
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.commands import Record, RunTools
from artelier.engine.decide import decide
from artelier.engine.fold import fold
from playbook import CODER, POLICY, RUN, TOOLS, call, events, facts_for, given, replied, result, state_of

FETCH = ToolSpec("fetch", "fetches", {}, repeatable=True, effect="outbound", trusted=False)
SEND = ToolSpec("send", "sends", {}, repeatable=False, effect="outbound", trusted=True)
PURGE = ToolSpec("purge", "destroys", {}, repeatable=False, effect="write", destructive=True)
ALL = {**TOOLS, "fetch": FETCH, "send": SEND, "purge": PURGE}
CHOSEN = AgentChosen("coder", "default")
OPEN = msgspec.structs.replace(
    POLICY,
    tools=ALL,
    rules=(Rule(Ruling.ALLOW),),
    sandboxed=True,
    agents={"coder": msgspec.structs.replace(CODER, tools=(*CODER.tools, "fetch", "send", "purge"))},
)
READS = Access(reads=frozenset({"a"}))


def judged(*history, access=None):
    command = given(*history, policy=OPEN, access=access or {})
    assert isinstance(command, Record)
    return {each.call[-1]: each for each in command.payloads if isinstance(each, CallJudged)}


def seen(*history):
    return state_of(*history).seen


def test_results_bring_labels_into_the_run():
    one = call(0, "fetch")
    history = (CHOSEN, replied(one), CallJudged(one.id, "allow", brings=("untrusted",)))
    assert seen(*history) == frozenset()
    assert seen(*history, ToolStarted(one.id, "fetch")) == {"untrusted"}
    assert seen(*history, ToolFinished(one.id, "fetch", result())) == {"untrusted"}
    refused = msgspec.structs.replace(result(), status=ResultStatus.DENIED)
    assert seen(*history, ToolFinished(one.id, "fetch", refused)) == frozenset(), "what never ran brings nothing"


def test_labels_outlive_their_run():
    one = call(0, "fetch")
    history = (CHOSEN, replied(one), CallJudged(one.id, "allow", brings=("untrusted",)), ToolFinished(one.id, "fetch", result()))
    state = state_of(*history, RunFinished("done"))
    (message,) = events(MessageReceived("go on"), after=state.seq)
    later = fold(state, (msgspec.structs.replace(message, run="r2"),))
    assert later.seen == {"untrusted"}
    assert later.runs["r2"].seen == frozenset()


def test_a_verdict_says_what_its_call_would_bring():
    calls = (call(0, "fetch"), call(1, "read"), call(2, "execute", command="ls"))
    found = judged(CHOSEN, replied(*calls), access={calls[1].id: READS})
    assert found["0"].brings == ("untrusted",)
    assert found["1"].brings == ("private",)
    assert found["2"].brings == ("private",)


def test_sending_waits_for_its_verdict_until_what_could_change_it_has_ended():
    fetch, read, send = call(0, "fetch"), call(1, "read"), call(2, "send")
    access = {fetch.id: Access(reads=frozenset({"//web"})), read.id: READS, send.id: Access(reads=frozenset({"//web"}))}
    found = judged(CHOSEN, replied(fetch, read, send), access=access)
    assert sorted(found) == ["0", "1"], "the last call is not judged while both labels may still come"
    history = (CHOSEN, replied(fetch, read, send), *found.values())
    assert given(*history, policy=OPEN, access=access) == RunTools((fetch.id, read.id))
    half = (*history, ToolStarted(fetch.id, "fetch"), ToolFinished(fetch.id, "fetch", result()))
    assert given(*half, policy=OPEN, access=access) == RunTools((read.id,))
    done = (*half, ToolFinished(read.id, "read", result()))
    last = judged(*done, access=access)["2"]
    assert (last.decision, last.labels) == ("ask", ("tainted", "outbound"))


def test_destroying_is_asked_after_strangers_words_and_only_then():
    fetch, purge = call(0, "fetch"), call(1, "purge")
    assert judged(CHOSEN, replied(purge))["1"].decision == "allow"
    assert sorted(judged(CHOSEN, replied(fetch, purge))) == ["0"]
    verdict = CallJudged(fetch.id, "allow", brings=("untrusted",))
    assert judged(CHOSEN, replied(fetch, purge), verdict, ToolFinished(fetch.id, "fetch", result()))["1"].decision == "ask"


def test_a_resumed_run_knows_what_it_saw():
    fetch, purge = call(0, "fetch"), call(0, "purge", step=1)
    history = (CHOSEN, replied(fetch), CallJudged(fetch.id, "allow", brings=("untrusted",)), ToolFinished(fetch.id, "fetch", result()))
    state = state_of(*history, replied(purge, step=1))
    command = decide(state, msgspec.structs.replace(facts_for(state), policy=OPEN, run=RUN))
    assert [each.decision for each in command.payloads] == ["ask"]
