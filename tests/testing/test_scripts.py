"""Scripts in few words are what the scripted model takes."""

import pytest

from artelier.domain.errors import SettingsError
from artelier.providers.scripted import ScriptedCall, ScriptedTurn
from artelier.testing import call, script, turn


def test_a_turn_is_its_text_and_its_calls():
    said = turn("I ", call("read_file", path="a"), "look.", call("finish", "{not json"), times=2, fault="rate_limited")
    calls = (ScriptedCall("read_file", {"path": "a"}), ScriptedCall("finish", "{not json"))
    assert said == ScriptedTurn("I look.", calls=calls, times=2, fault="rate_limited")


def test_arguments_may_have_any_name():
    assert call("tool", name="n", raw="r").arguments == {"name": "n", "raw": "r"}


def test_a_condition_is_for_the_turns_that_have_none():
    assert script(call("finish")) == script(turn(call("finish")))
    told = script("one", turn("two", when_text_contains="b"), when_text_contains="a") + script("three")
    assert [(each.text, each.when_text_contains) for each in told] == [("one", "a"), ("two", "b"), ("three", "")]


def test_a_fault_that_there_is_not_is_named():
    with pytest.raises(SettingsError, match=r"no fault 'tired'.*stream_broken.*hang"):
        turn(fault="tired")
