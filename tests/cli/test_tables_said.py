"""Tables in replies, drawn within the terminal."""

import pytest

from artelier.cli.look import output
from artelier.cli.streaming import Streaming


@pytest.fixture
def said():
    console = output()
    console.width = 40

    def told(text, *, ended=True):
        streaming = Streaming(console)
        streaming.write(text)
        with console.capture() as capture:
            for line in streaming.finished(ended=ended):
                console.print(line, soft_wrap=False)
        return capture.get()

    return told


def test_a_table_is_drawn_within_the_width(said):
    shown = said("Look:\n| Name | What it does |\n|---|:--:|\n| a | " + "long words " * 8 + "|\n| b\\|c | d |\nDone.\n")
    assert "|---|" not in shown
    assert "b|c" in shown
    assert all(len(line) <= 40 for line in shown.splitlines())
    assert shown.rstrip().endswith("Done.")


def test_what_only_looks_like_one_stays(said):
    assert said("| a |\n| b |\n").split() == ["|", "a", "|", "|", "b", "|"]
    assert "|---|" in said("```\n| a |\n|---|\n```\n")


def test_a_table_waits_for_its_end(said):
    assert said("| a |\n|---|\n", ended=False) == ""
