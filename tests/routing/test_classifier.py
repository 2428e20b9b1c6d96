import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.routing.classifier import Classifier
from artelier.routing.features import BUCKETS, Context, features
from artelier.routing.normalise import normalise

CLASSIFIER = Classifier()


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Rename the class User to Account", "coder"),
        ("Переименуй класс User в Account", "coder"),
        ("How does the scheduler work?", "ask"),
        ("Как работает планировщик?", "ask"),
        ("The build fails since the last merge and I don't know why", "debug"),
        ("Сборка падает после последнего мержа, не знаю почему", "debug"),
        ("Write an ADR about the message queue", "architect"),
        ("Напиши ADR про очередь сообщений", "architect"),
        ("Build the whole feature: backend, frontend, tests and docs", "orchestrator"),
        ("Сделай фичу целиком: бэкенд, фронтенд, тесты и документация", "orchestrator"),
        ("Don't write code, just tell me how the cache works", "ask"),
        ('Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyError: 1', "debug"),
        ("gthtbvtyeq rkfcc", "coder"),
    ],
)
def test_plain_cases_are_clear(text, agent):
    found = CLASSIFIER.classify(text)
    assert found.agent == agent
    assert found.confidence >= CLASSIFIER.low


@pytest.mark.parametrize("previous", CLASSIFIER.agents)
@pytest.mark.parametrize("text", ["try again", "попробуй ещё раз", "go on", "продолжай"])
def test_a_follow_up_stays_with_the_agent_before(text, previous):
    assert CLASSIFIER.classify(text, Context(previous)).agent == previous


def test_what_went_before_decides_who_fixes():
    assert CLASSIFIER.classify("теперь почини", Context("ask")).agent == "coder"
    assert CLASSIFIER.classify("теперь почини", Context("debug", last_error=True)).agent == "debug"


def test_every_form_of_context_is_taken():
    said = normalise("it fails again")
    assert features(said, Context("coder", last_error=True, files_changed=2)) == features(
        said, Context("coder", "exit 1", ("a.py", "b.py"))
    )
    assert features(said, Context()) == features(said, Context(None, None, None))


@given(st.text(max_size=200), st.sampled_from(["", "coder", "someone"]), st.booleans(), st.integers(0, 50))
def test_confidences_add_up_and_are_in_order(text, previous, failed, changed):
    found = CLASSIFIER.classify(text, Context(previous, failed, changed))
    chances = [found.confidence, *(each.confidence for each in found.alternatives)]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)
    assert {found.agent, *(each.agent for each in found.alternatives)} == set(CLASSIFIER.agents)


@given(st.text(max_size=200))
def test_features_are_buckets(text):
    found = features(normalise(text), Context("coder"))
    assert all(0 <= bucket < BUCKETS for group in (found.words, found.shape, found.context) for bucket in group)


def test_a_long_request_has_no_more_features_than_it_may():
    found = features(normalise("word another " * 5000 + "\n" + "x\n" * 5000), Context("coder"))
    assert len(found.words) + len(found.shape) + len(found.context) < 1500


def test_the_same_request_gives_the_same_features_in_every_process():
    program = (
        "from artelier.routing.features import Context, features; from artelier.routing.normalise import normalise;"
        "print(features(normalise('Почему падает test_a? Fix it!'), Context('ask')))"
    )
    told = {
        subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
