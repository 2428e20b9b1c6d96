"""What judging a call costs, A B A B: without a command, with one that was seen before, with one that is new, with many rules.

CPU microseconds of this process; nothing is run.
"""

import argparse
import platform
import sys
from collections import defaultdict
from collections.abc import Callable
from time import process_time

from artelier.approvals.examine import examine
from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import Rule, Ruling
from benchmarks.figures import show

PLAIN, KNOWN, NEW, MANY = "a write", "a command seen before", "a command never seen", "a write, 20 rules"
CALLS = 500
GOAL = 20.0
WRITE = ToolSpec("write_file", "", {}, repeatable=True, effect="write")
COMMAND = ToolSpec("execute_command", "", {}, repeatable=False, effect="execute")
RULES = (
    Rule(Ruling.ALLOW, tool="execute_command", command="pytest *"),
    Rule(Ruling.FORBID, tool="execute_command", command="rm *"),
    Rule(Ruling.ALLOW, tool="write_file", path="docs/*"),
)
TEXT = "git status --short | head -5 && pytest -q tests/{number}"


def writing(number: int, rules: tuple[Rule, ...] = RULES) -> None:
    """Judge one write."""
    path = f"src/{number}.py"
    judge(ToolCall("c", "write_file", {"path": path}), JudgeFacts("coder", rules, WRITE, Access(writes=frozenset({path})), sandboxed=True))


def running(text: str) -> None:
    """Judge one command."""
    judge(ToolCall("c", "execute_command", {"command": text}), JudgeFacts("coder", RULES, COMMAND, Access(exclusive=True), sandboxed=True))


def contestants() -> dict[str, Callable[[int], None]]:
    """Return what is judged."""
    many = RULES + tuple(Rule(Ruling.ASK, tool=f"tool{number}") for number in range(17))
    return {
        PLAIN: writing,
        KNOWN: lambda number: running(TEXT.format(number=number % 20)),
        NEW: lambda number: running(TEXT.format(number=number)),
        MANY: lambda number: writing(number, many),
    }


def measure(rounds: int) -> dict[str, list[float]]:
    """Judge everything so many times a round; returns microseconds a call."""
    samples: dict[str, list[float]] = defaultdict(list)
    for place in range(rounds):
        examine.cache_clear()
        for label, one in contestants().items():
            for number in range(20):
                one(number)
            started = process_time()
            for number in range(CALLS):
                one(place * CALLS + number + 1000)
            samples[label].append((process_time() - started) / CALLS * 1e6)
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = measure(10 if options.quick else 60)
    cost = {label: sorted(values)[len(values) // 2] for label, values in samples.items()}
    figures = {f"{label}, us": cost[label] for label in samples}
    goals = {f"{label}, us": GOAL for label in (PLAIN, KNOWN)}
    versions = {"python": platform.python_version()}
    show("judge", samples, figures, goals, versions, as_json=options.json, measure="CPU us a call")


if __name__ == "__main__":
    sys.exit(main())
