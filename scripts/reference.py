"""Writes the pages of docs/reference that the code says itself: commands and routes. ``--check`` only says which are stale."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
_METHODS = ("get", "post", "put", "patch", "delete")


def commands() -> str:
    """Return the page of commands: the help of each, as it is shown at 80 columns."""
    shown = (ROOT / "tests" / "cli" / "help_en.txt").read_text(encoding="utf-8")
    parts = re.split(r"^### (.+)$", shown, flags=re.MULTILINE)
    pages = [f"## {path}\n\n```\n{text.strip()}\n```\n" for path, text in zip(parts[1::2], parts[2::2], strict=True)]
    head = "# Commands\n\nEvery command explains itself with `--help`, in English and Russian (`--lang ru`, or by `LANG`).\n\n"
    return head + "\n".join(pages)


def routes() -> str:
    """Return the page of routes, by what they are about."""
    document = json.loads((REFERENCE / "openapi.json").read_text(encoding="utf-8"))
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method in (each for each in _METHODS if each in methods):
            told = methods[method]
            about = " ".join(told.get("description", "").split("\n\n")[0].split()).replace("``", "`")
            by_tag.setdefault((told.get("tags") or ["other"])[0], []).append(f"| `{method.upper()} {path}` | {about} |")
    sections = [f"## {tag}\n\n| route | what it does |\n|---|---|\n" + "\n".join(rows) + "\n" for tag, rows in sorted(by_tag.items())]
    head = (
        "# Routes\n\nErrors are `application/problem+json` ([codes](errors.md)); under `/v1/` they have OpenAI's shape. Programs send"
        " `Authorization: Bearer TOKEN` with the token of `artelier token`. To read and to try with every field: `/docs` of a running"
        " server; for generators: [openapi.json](openapi.json).\n\n"
    )
    return head + "\n".join(sections)


PAGES = {"commands.md": commands, "routes.md": routes}


def main(words: list[str]) -> int:
    """Write or check the pages; return the exit code."""
    stale = []
    for name, make in PAGES.items():
        place, text = REFERENCE / name, make()
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in words:
                place.write_text(text, encoding="utf-8")
    if "--check" in words and stale:
        sys.stdout.write(f"stale in docs/reference: {', '.join(stale)}. just reference\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
