"""The goal, on requests by authors that neither training nor calibration has seen."""

from pathlib import Path

import pytest

from artelier.routing.classifier import Classifier
from artelier.routing.evaluation import classify_all, read_items, report

HELD_BACK = Path(__file__).parents[2] / "training" / "routing" / "data" / "held_back.jsonl"


@pytest.fixture(scope="module")
def score():
    classifier = Classifier()
    return report(classify_all(classifier, read_items(HELD_BACK.read_bytes(), classifier.agents)))


def test_what_is_answered_is_right(score):
    assert score.accuracy_answered >= 0.95


def test_enough_is_answered(score):
    assert score.coverage >= 0.70


def test_confidence_means_what_it_says(score):
    assert score.ece <= 0.05


def test_neither_language_falls_behind(score):
    assert min(share.accuracy for share in score.by_lang.values()) >= 0.80
