"""How the chat is drawn: time bars, questions with their keys and countdown, the header, the hints, delegated work."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from artelier.cli.bars import Span, span_rows
from artelier.cli.children import Children
from artelier.cli.header import header_line, hints_line
from artelier.cli.overview import plan_lines
from artelier.cli.question_cards import card, countdown, keys_row
from artelier.cli.questions import approved, may_remember, scope_named
from artelier.cli.standing import Money, PlanStep, Standing
from artelier.client import Approval, StreamEvent

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPANS = [
    Span("early", "ok", "read_file", "export.py", "early 4 ms", 0.30, 0.304),
    Span("cached", "ok", "read_file", "src/日本語/deep/money.py", "cached 0 ms", 0.45, 0.45, free=True),
    Span("done", "ok", "git_log", "export.py", "335 ms", 0.62, 0.955),
    Span("done", "ok", "$", "pytest -q 👍", "exit 0", 0.62, 0.98),
]


def approval(**fields):
    known = dict.fromkeys(("text", "effect", "reason", "tool"), "") | {"effect": "write a.txt"}
    moments = {"asked_at": NOON, "expires_at": NOON + timedelta(hours=23, minutes=41, seconds=8), "answered_at": None}
    whose = {"id": "q", "status": "open", "session_id": "s", "run_id": "r", "agent": "coder", "options": (), "labels": (), "answer": None}
    return Approval(**{"kind": "approval", "arguments": {}, **known, **moments, **whose, **fields})


def event(kind, where="s", /, **payload):
    return StreamEvent(where, 1, "r", kind, NOON.isoformat(), "system", payload)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_bars_share_an_axis_and_keep_the_width(width):
    rows = [line.plain for line in span_rows(SPANS, 0.62, width)]
    assert {cell_len(row) for row in rows} == {width}
    assert "▪" in rows[0]
    assert "▫" in rows[1]
    assert rows[1].index("▫") > rows[0].index("▪")
    assert rows[0].index("│") > rows[0].index("▪")
    assert "▬▬" in rows[2]
    assert "│" not in rows[2]


def test_no_bars_where_it_is_narrow_or_no_terminal():
    assert span_rows(SPANS, 0.62, 59) == []
    assert span_rows(SPANS, 0.62, 0) == []


@pytest.mark.parametrize("width", [30, 50, 80])
def test_a_card_is_as_wide_as_the_terminal_whatever_it_holds(width):
    wide = approval(
        effect="write 日本語-👍-файл.md, " + "x" * 200, preview="--- a\n+++ b\n@@ -1 +1 @@\n-old\n+\tnew 日本", path=("coder", "debug")
    )
    lines = card(wide, Console(width=width), clock="23:41:08", keys=keys_row(wide, "run", width)).plain.splitlines()
    assert {cell_len(line) for line in lines} == {width}
    assert "debug" in lines[0]
    assert "‹2 run›" in "".join(lines)


def test_a_card_counts_down_and_says_what_happens_then():
    assert countdown(approval(), NOON, 80) == "23:41:08 left, then reject"
    assert countdown(approval(), NOON, 80, approves=True) == "23:41:08 left, then approve"
    assert countdown(approval(), NOON, 50) == "23:41:08"
    assert countdown(approval(), NOON + timedelta(days=2), 50) == "00:00:00"
    assert countdown(approval(expires_at=None), NOON, 80) == ""
    narrow = card(approval(), Console(width=40), clock="23:41:08 left, then reject").plain.splitlines()[0]
    assert "23:41:08 ─┐" in narrow
    assert "left" not in narrow


def test_a_command_is_shown_sign_by_sign():
    asked = approval(tool="execute_command", arguments={"command": "uv add x"}, effect="run with the network: uv add x")
    lines = card(asked, Console(width=80)).plain.splitlines()
    assert lines[0].startswith("┌─ Approve a command? ─")
    assert lines[1].startswith("│ $ uv add x ")


def test_what_of_a_command_can_be_put_back_is_said_exactly():
    told = {"tool": "execute_command", "effect": "run: ls", "arguments": {"command": "ls"}, "undoable": True}
    assert "what it does elsewhere cannot" in card(approval(**told), Console(width=120)).plain
    assert "Can be undone." in card(approval(undoable=True), Console(width=120)).plain
    assert "elsewhere" in card(approval(undoable=True, labels=("destructive",)), Console(width=120)).plain


def test_how_long_an_approval_holds():
    assert keys_row(approval(), "session", 80).plain.endswith("1 once 2 run ‹3 session› 4 workspace")
    for label in ("unsandboxed", "tainted", "destructive"):
        grave = approval(labels=(label,))
        assert not may_remember(grave)
        assert "workspace" not in keys_row(grave, "once", 80).plain
    assert [scope_named(words) for words in ("", "2", "a session".partition(" ")[2], "на сессию", "9", "ever")] == [
        "once",
        "run",
        "session",
        "session",
        None,
        None,
    ]
    assert approved("once").remember is None
    assert approved("run").remember == "run"


def test_the_header_keeps_what_waits_however_narrow():
    standing = Standing()
    standing.title = "CSV export loses cents in every month but one, says the auditor"
    standing.learn(event("agent_chosen", agent="coder"))
    usage = {"cost": 0.05, "saved": 0.2}
    standing.learn(event("model_replied", model="house/large", calls=[], usage=usage))
    standing.learn(event("model_replied", model="house/large", calls=[], usage={"cost": 0.03, "saved": 0.03}))
    wide = header_line("ledger", standing, 2, 100).plain
    assert wide.endswith("coder · large · 2 wait · $0.08, saved $0.23")
    for width in (100, 80, 60, 40):
        line = header_line("ledger", standing, 1, width)
        assert line.cell_len < width
        assert "1 waits" in line.plain
    assert "connecting again" in header_line("ledger", standing, 0, 80, lost=True).plain
    standing.learn(event("run_finished", reply="", usage={"cost": 0.5}))
    assert standing.money == Money(0.5, 0.0)


def test_hints_leave_out_the_last_where_there_is_no_room():
    line = hints_line(["tab next question", "^P plan", "^F files"], 40).plain
    assert line == " tab next question · ^P plan     ? help"


def test_a_plan_is_known_from_the_last_call_that_wrote_it():
    standing = Standing()
    for status in ("in_progress", "done"):
        steps = [{"title": "Look", "status": status}, {"title": "Mend", "status": "pending"}]
        standing.learn(event("model_replied", calls=[{"name": "update_plan", "arguments": {"steps": steps}}]))
    assert standing.plan == (PlanStep("Look", "done"), PlanStep("Mend", "pending"))
    assert [line.plain for line in plan_lines(standing.plan)] == ["Plan: 1 of 2 done", "  ✓ Look", "  ○ Mend"]
    assert plan_lines(())[0].plain == "There is no plan here."


def test_delegated_work_is_drawn_below_and_folds_to_three_lines():
    children = Children()
    children.width = 80
    children.above(event("model_replied", calls=[{"id": "c", "name": "delegate", "arguments": {"task": "Look\nwell"}}]))
    children.above(event("delegate_sent", call="c", agent="debug", session="below", run="r2"))
    children.below(event("message_received", "below", text="Look", allowance={"steps": 40}))
    children.below(event("model_replied", "below", calls=[], usage={"cost": 0.02}))
    children.below(event("tool_started", "below", call="x", name="read_file", target="a.txt"))
    head, row = [line.plain for line in children.working(NOON.timestamp() + 12)]
    assert head.startswith("◌ debug · Look ")
    assert head.endswith("1 of 40 steps · $0.02")
    assert row.startswith("  │ ◌ read_file a.txt")
    assert row.endswith("12.0 s")
    children.below(event("run_waiting", "below", reason="person"))
    assert children.working(NOON.timestamp())[0].plain.startswith("? debug")
    folded = children.above(event("delegate_returned", call="c", session="below", status="finished", reply="1\n2\n3\n4\n5"))
    assert [line.plain.strip() for line in folded[1:]] == ["│ 1", "│ 2", "│ 3", "│ … +2"]
    assert folded[0].plain.startswith("✓ debug")
    assert children.working(NOON.timestamp()) == []
