import json
from datetime import timedelta

import pytest
from house_stage import PERSON, Stage, run

from artelier.domain.events import AgentChosen, Event
from artelier.domain.questions import Answer, Decision
from artelier.ports.runs import Page
from artelier.ports.usage import Span
from artelier.runtime.insight import _Routes, look_into, percentile
from artelier.stores.examples import Examples

CALL = {"name": "write_file", "arguments": {"path": "a.txt", "content": "a"}}
READ = {"name": "read_file", "arguments": {"path": "missing.txt"}}


def span_of(house):
    now = house.clock.now()
    return Span(PERSON, now - timedelta(days=7), now + timedelta(days=1))


async def test_it_tells_how_agents_tools_and_questions_went(tmp_path):
    stage = Stage(
        tmp_path, {"calls": [READ]}, {"calls": [CALL]}, {"text": "Then not."}, {"text": "Refused.", "fault": "request_refused", "times": 1}
    )
    stage.settings("[routing]\nlearned = false")
    async with stage.open() as house:
        waiting = await run(house, "Do it")
        (question,) = await house.store.list_questions(PERSON, Page())
        await house.service.answer(question.question.id, Answer(Decision.REJECT, by=PERSON))
        assert (await house.service.wait(waiting.id)).status == "finished"
        failed = await run(house, "Again", agent="ask", session=waiting.session)
        await house.examples.add("text", "debug", PERSON, {})
        await house.examples.add("text", "debug", "person:other", {})
        found = await look_into(house.readings, house.examples, span_of(house))
        earlier = Span(PERSON, span_of(house).since, span_of(house).since + timedelta(days=1))
        nothing = await look_into(house.readings, house.examples, earlier)
    coder, ask, debug = found.agents[1], found.agents[0], found.agents[2]
    assert [each.agent for each in found.agents] == ["ask", "coder", "debug"]
    assert (coder.runs, coder.finished, coder.corrected, coder.failures) == (1, 1, 1, {})
    assert coder.median_seconds == coder.p95_seconds > 0
    assert (ask.runs, ask.failed, ask.failures) == (1, 1, {failed.code: 1})
    assert (debug.runs, debug.named_right, debug.median_seconds) == (0, 1, None)
    tools = {each.tool: each for each in found.tools}
    assert (tools["read_file"].calls, tools["read_file"].failed, tools["read_file"].refused) == (1, 1, 0)
    assert (tools["write_file"].calls, tools["write_file"].failed, tools["write_file"].refused) == (1, 0, 1)
    assert tools["write_file"].median_seconds is None, "it never ran"
    (approval,) = found.questions
    assert (approval.kind, approval.asked, approval.rejected, approval.approved) == ("approval", 1, 1, 0)
    assert approval.median_seconds > 0
    assert (nothing.agents, nothing.tools, nothing.questions) == ((), (), ())


def chosen(session, *choices):
    return [Event(session, seq, "r", "agent_chosen", 1, None, "system", "", AgentChosen(*each)) for seq, each in enumerate(choices, 1)]


@pytest.mark.parametrize(
    ("choices", "corrected", "handed_over"),
    [
        ([("coder", "classifier"), ("ask", "explicit")], {"coder": 1}, {}),
        ([("coder", "default"), ("ask", "mention")], {"coder": 1}, {}),
        ([("coder", "session"), ("coder", "explicit")], {}, {}),
        ([("coder", "explicit"), ("ask", "explicit")], {}, {}),
        ([("coder", "classifier"), ("ask", "classifier")], {}, {}),
        ([("coder", "classifier"), ("debug", "switch")], {}, {"coder": 1}),
        ([("coder", "classifier"), ("debug", "switch"), ("ask", "explicit")], {"debug": 1}, {"coder": 1}),
    ],
)
def test_a_route_is_corrected_by_a_person_who_names_another_agent(choices, corrected, handed_over):
    routes = _Routes()
    for event in chosen("a", *choices) + chosen("b", ("debug", "explicit")):
        routes.take(event)
    assert (routes.corrected, routes.handed_over) == (corrected, handed_over)


def test_percentiles_are_values_that_were_there():
    assert percentile([], 0.95) is None
    assert percentile([3.0], 0.95) == 3.0
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([1, 2, 3, 4], 0.5) == 2


async def test_examples_are_counted_and_a_cut_line_tells_nothing(tmp_path, clock):
    file = tmp_path / "routing.jsonl"
    examples = Examples(file, clock)
    span = Span("me", clock.now(), clock.now() + timedelta(hours=1))
    assert await examples.count(span.owner, span.since, span.until) == {}
    await examples.add("text", "coder", "me", {})
    await examples.add("text", "coder", "me", {})
    clock.move(7200)
    await examples.add("text", "ask", "me", {})
    file.write_text(file.read_text() + json.dumps({"agent": "debug"})[:10])
    assert await examples.count(span.owner, span.since, span.until) == {"coder": 2}
