"""Holds the length of files and functions: 300 lines a file (500 in tests), 50 a function outside tests."""

import ast
import sys
from pathlib import Path

LONGEST_FILE = 300
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 50


def faults(file: Path) -> list[str]:
    """Return what is too long in one file."""
    text = file.read_text(encoding="utf-8")
    limit = LONGEST_TEST_FILE if file.parts[0] == "tests" else LONGEST_FILE
    lines = text.count("\n")
    found = [f"{file}: {lines} lines, {limit} are the limit"] if lines > limit else []
    if file.parts[0] == "tests":  # what a test expects is data, however long
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > LONGEST_FUNCTION:
                found.append(f"{file}:{node.lineno}: {node.name} has {size} lines, {LONGEST_FUNCTION} are the limit")
    return found


if __name__ == "__main__":
    files = [file for folder in ("src", "tests", "benchmarks", "scripts") for file in sorted(Path(folder).rglob("*.py"))]
    problems = [fault for file in files for fault in faults(file)]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.exit(bool(problems))
