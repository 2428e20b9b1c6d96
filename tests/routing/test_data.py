import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from artelier.routing.normalise import normalise
from artelier.routing.weights import load

ROOT = Path(__file__).parents[2]
DATA = ROOT / "training" / "routing" / "data"
AGENTS = {"orchestrator", "coder", "architect", "debug", "ask"}
FILES = ("train", "frames", "followups", "calibration", "held_back")


@pytest.fixture(scope="module")
def rows():
    return {name: [msgspec.json.decode(line) for line in (DATA / f"{name}.jsonl").read_bytes().splitlines()] for name in FILES}


def _session(row):
    return (normalise(row["text"]), tuple(sorted(row.get("context", {}).items())))


def test_every_row_is_whole(rows):
    everything = [row for some in rows.values() for row in some]
    assert len({row["id"] for row in everything}) == len(everything)
    assert all(row["agent"] in AGENTS and row["lang"] in {"en", "ru"} and row["text"].strip() and row["author"] for row in everything)


def test_there_is_enough_and_half_of_it_is_written_by_hand(rows):
    hand = Counter(row["lang"] for row in rows["train"])
    assert min(hand["en"], hand["ru"]) >= 1500
    assert len(rows["frames"]) + len(rows["followups"]) <= len(rows["train"])
    assert len(rows["held_back"]) >= 400
    assert min(Counter((row["lang"], row["agent"]) for row in rows["train"]).values()) >= 200


def test_no_author_stands_on_two_sides(rows):
    sides = [{row["author"] for name in names for row in rows[name]} for names in (FILES[:3], ("calibration",), ("held_back",))]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]


def test_no_request_that_is_held_back_was_trained_on(rows):
    seen = {_session(row) for name in FILES[:4] for row in rows[name]}
    assert [row["text"] for row in rows["held_back"] if _session(row) in seen] == []


@pytest.mark.parametrize("name", ["frames", "followups"])
def test_generated_rows_are_what_the_generator_makes(name):
    program = f"import sys; from training.routing import {name}; sys.stdout.buffer.write({name}.content())"
    made = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={"PYTHONPATH": "."}, capture_output=True, check=True)
    assert made.stdout == (DATA / f"{name}.jsonl").read_bytes()


def test_the_weights_were_made_from_this_data():
    content = b"".join((DATA / f"{name}.jsonl").read_bytes() for name in FILES[:4])
    assert load().header.data == sha256(content).hexdigest(), "the data has changed: just train-router"
