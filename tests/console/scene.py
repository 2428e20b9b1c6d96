"""What the model says on the console's stage: a batch, a plan, edits, a command, delegated work, a question."""

import json
from pathlib import Path
from typing import Any

from e2e.living import scripted

EXPORTER = '''"""Exports the ledger."""


def row_total(lines):
    total = sum(float(line.amount) for line in lines)
    return str(round(total, 2))
'''
MENDED = """    total = sum((line.amount for line in lines), Decimal())
    return f"{quantise(total):f}"
"""
FILES = {
    "src/export.py": EXPORTER,
    "src/money.py": "CENT = 2\n",
    "tests/test_export.py": "def test_nothing():\n    assert True\n",
    "README.md": "# Ledger\n\nA small ledger.\n",
}
_PLAN = ("Find where cents are lost", "Keep Decimal to the edge", "Run the tests", "Check the nightly job")


def _call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def _plan(done: int) -> dict[str, Any]:
    steps = [
        {"title": title, "status": "done" if at < done else "in_progress" if at == done else "pending"} for at, title in enumerate(_PLAN)
    ]
    return _call("update_plan", steps=steps)


def _turn(text: str, *calls: dict[str, Any], when: str, **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 4000, "cached_tokens": 3000, "output_tokens": 160, "model_calls": 1, "cost": 0.012, "saved": 0.021}
    return {"text": text, "calls": list(calls), "when_text_contains": when, "usage": usage, "chunk": 24, **more}


CENTS = "lose a cent"
NOTE = "Write a note"
MEMO = "Write a memo"
SLOW = "Tell a long story"
ASKING = "Ask me"
REMOVE = "Remove a folder"
FREE = "Say it for nothing"
SEVERAL = "Write several notes"
STEPS = "Write one after another"
MIXED = "Try a mixed bag"
BROKEN = "Fail alone"
LINES = "".join(f"line {number}\n" for number in range(1, 13))
STORY = " ".join(f"Sentence number {number} of the story." for number in range(1, 41))

TURNS = [
    _turn(
        "Float arithmetic is the first suspect. I am reading the exporter, the money module and the tests together.",
        _plan(0),
        _call("read_file", path="src/export.py"),
        _call("read_file", path="src/money.py"),
        _call("search_in_code", pattern="float"),
        _call("read_file", path="tests/test_export.py"),
        _call("list_files", path="src"),
        when=CENTS,
    ),
    _turn(
        "Found it: `row_total` goes through `float()`, and `str()` then drops the trailing zero.",
        _plan(1),
        _call("edit_file", path="src/export.py", old_text="".join(EXPORTER.splitlines(keepends=True)[4:]), new_text=MENDED),
        when=CENTS,
    ),
    _turn("", _plan(2), _call("execute_command", command="python3 -c 'print(11, \"passed\")'"), when=CENTS),
    _turn("", _plan(3), _call("delegate", agent="debug", task="Does the nightly totals job share this fault?"), when=CENTS),
    _turn(
        "Done. `row_total` keeps `Decimal` to the edge.\n\n| file | change |\n|---|---|\n| `src/export.py` | Decimal |\n\n"
        "- the tests pass\n- the nightly job is sound",
        when=CENTS,
    ),
    _turn("It calls `row_total` once.", _call("search_in_code", pattern="row_total"), when="nightly totals"),
    _turn("The nightly job does not share the fault.", when="nightly totals"),
    _turn("Writing it down.", _call("write_file", path="note.md", content="first try"), when=NOTE),
    _turn("It is written.", when=NOTE),
    _turn("Writing it down.", _call("write_file", path="memo.md", content="second try"), when=MEMO),
    _turn("It is written.", when=MEMO),
    _turn(STORY, when=SLOW, delay=0.12),
    _turn("", _call("ask_user", question="Which colour?", options=["blue", "green"]), when=ASKING),
    _turn("So be it.", when=ASKING),
    _turn("", _call("execute_command", command="rm -rf build"), when=REMOVE),
    _turn("It is gone.", when=REMOVE),
    _turn("", *(_call("write_file", path=f"note-{number}.md", content=LINES) for number in range(1, 5)), when=SEVERAL),
    _turn("All are written.", when=SEVERAL),
    *(_turn(f"{STORY}\n\n{STORY}", _call("write_file", path=f"step-{number}.md", content=LINES), when=STEPS) for number in range(1, 4)),
    _turn("All are written.", when=STEPS),
    _turn(
        "",
        _call("read_file", path="README.md"),
        _call("read_file", path="missing.md"),
        _call("read_file", path="src/money.py"),
        _call("execute_command", command="python3 -c 'print(1)'"),
        when=MIXED,
    ),
    _turn("Some of it worked.", when=MIXED),
    _turn("", _call("execute_command", command="ls nothing-here"), when=BROKEN),
    _turn("", _call("read_file", path="missing.md"), when=BROKEN),
    _turn("It did not work.", when=BROKEN),
    _turn("For nothing.", when=FREE) | {"usage": {"input_tokens": 40, "output_tokens": 4, "model_calls": 1}},
]

CODER = """---
description: Writes and changes code, and has parts of it looked into by others.
tools: [read_file, list_files, search_in_code, write_file, edit_file, execute_command, update_plan, delegate, ask_user, finish]
---
You write code.
"""


def staged(folder: Path, workspace: str = "workspace") -> Path:
    """Lay out settings and a small ledger to work on; return the settings' file."""
    for name, text in FILES.items():
        path = folder / workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    agents = folder / "settings" / "agents"
    agents.mkdir(parents=True)
    (agents / "coder.md").write_text(CODER)
    return scripted(folder / "settings", TURNS, f'[agents]\ndefault = "coder"\npaths = [{json.dumps(str(agents))}]\n')
