"""What a model was asked is built again from the journal, byte for byte."""

import pytest
from test_story import Stage

from artelier.domain.models import ModelRequest
from artelier.engine.asked import asked_in
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn

TURNS = (
    ScriptedTurn(calls=(ScriptedCall("read", {"path": "a"}), ScriptedCall("read", {"path": "b"}))),
    ScriptedTurn(fault="unavailable", times=1),
    ScriptedTurn(calls=(ScriptedCall("read", {"path": "c"}),)),
    ScriptedTurn(text="Done."),
)


class Listening(ScriptedProvider):
    """Keeps every request."""

    def __init__(self, turns) -> None:
        super().__init__(turns)
        self.heard: list[ModelRequest] = []

    def stream(self, request):
        self.heard.append(request)
        return super().stream(request)


@pytest.mark.parametrize("messages", [1, 2])
async def test_requests_are_those_that_were_sent(clock, identifiers, messages):
    stage = Stage(clock, identifiers, TURNS)
    stage.provider = Listening(TURNS)
    await stage.send()
    await stage.to_the_end()
    for _ in range(messages - 1):
        await stage.send("and more", stage.session)
        await stage.to_the_end()
    journal = await stage.store.read(stage.session)
    asked = tuple(asked_in(journal, stage.outside))
    assert [each.request for each in asked] == stage.provider.heard
    assert [each.outcome.type for each in asked[:3]] == ["model_replied", "model_failed", "model_replied"]
    runs = tuple(dict.fromkeys(each.run for each in asked))
    assert len(runs) == messages
    assert [each for each in asked if each.run == runs[0]] == list(asked_in(journal, stage.outside, runs[0]))
