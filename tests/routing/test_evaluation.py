import msgspec
import pytest

from artelier.domain.errors import InvalidRequest
from artelier.routing.evaluation import Item, Outcome, calibration_error, read_items, report

AGENTS = ("coder", "ask")


def _outcome(agent, named, confidence, *, answered=True, lang="en"):
    return Outcome(Item("x", agent, lang=lang), named, confidence, answered)


def test_figures_of_a_few_outcomes():
    found = report(
        [
            _outcome("coder", "coder", 0.95),
            _outcome("coder", "ask", 0.95),
            _outcome("ask", "ask", 0.55, answered=False, lang="ru"),
            _outcome("ask", "coder", 0.45, answered=False, lang="ru"),
        ]
    )
    assert (found.items, found.accuracy, found.answered, found.accuracy_answered, found.coverage) == (4, 0.5, 2, 0.5, 0.5)
    assert found.confusion == {"ask": {"ask": 1, "coder": 1}, "coder": {"ask": 1, "coder": 1}}
    assert (found.by_lang["ru"].items, found.by_lang["ru"].answered, found.by_lang["ru"].accuracy_answered) == (2, 0, 1.0)
    assert found.by_agent["coder"].accuracy == 0.5
    assert found.ece == pytest.approx((0.9 + 0.45 + 0.45) / 4)


def test_what_is_calibrated_has_no_error():
    said = [_outcome("coder", "coder", 0.8)] * 4 + [_outcome("coder", "ask", 0.8)]
    assert calibration_error(said) == pytest.approx(0)


def test_items_with_and_without_context():
    items = read_items(
        b'{"text":"a","agent":"ask"}\n\n{"id":"2","text":"b","agent":"coder","context":{"previous_agent":null,"more":1}}\n', AGENTS
    )
    assert [item.text for item in items] == ["a", "b"]


@pytest.mark.parametrize(("text", "lang"), [("Why?", "en"), ("почини useEffect", "ru"), ("ghbdtn, rfr ltkf", "ru"), ("42", "en")])
def test_a_language_that_is_not_given_is_told_by_the_letters(text, lang):
    (item,) = read_items(msgspec.json.encode({"text": text, "agent": "ask"}), AGENTS)
    assert item.lang == lang


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"text":"a","agent":"ask"}\n{"text":', "Line 2 is no item"),
        (b'{"text":"a"}', "Line 1 is no item: Object missing required field `agent`"),
        (b'{"text":"a","agent":"cook"}', "Line 1 names the agent cook.*It knows: coder, ask"),
        (b'{"text":"\xff","agent":"ask"}', "Line 1 is no item"),
        (b'{"text":"a","agent":"ask","context":{"files_changed":"x"}}', "Line 1 is no item"),
        (b"\n", "There are no items"),
    ],
)
def test_a_bad_line_is_named(content, told):
    with pytest.raises(InvalidRequest, match=told):
        read_items(content, AGENTS)
