"""Writes docs/reference/openapi.json, from which clients are made; refuses what would break those that exist.

``python scripts/openapi.py`` writes, ``--check`` only says what differs, ``--breaking`` writes a breaking change too.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from artelier.api.app import create_app
from artelier.api.documentation import document

PLACE = Path(__file__).parent.parent / "docs" / "reference" / "openapi.json"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@asynccontextmanager
async def _nobody_home() -> AsyncIterator[None]:
    yield None


def written() -> str:
    """Return the document as the code has it now, as text."""
    return json.dumps(document(create_app(_nobody_home)), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def breaking(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what a client made from the first document would miss in the second."""
    return [*_lost_routes(before["paths"], after["paths"]), *_broken_schemas(before, after)]


def _lost_routes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for path, methods in before.items():
        for method in sorted(_METHODS & methods.keys()):
            now = after.get(path, {}).get(method)
            if now is None:
                yield f"{method.upper()} {path} is gone"
                continue
            known = {(each["in"], each["name"]) for each in now.get("parameters", ())}
            asked = {(each["in"], each["name"]) for each in methods[method].get("parameters", ())}
            yield from (f"{method.upper()} {path} takes no {name} in its {place} any more" for place, name in sorted(asked - known))
            required = {(each["in"], each["name"]) for each in now.get("parameters", ()) if each.get("required")}
            yield from (f"{method.upper()} {path} wants {name} in its {place} now" for place, name in sorted(required - asked))


def _broken_schemas(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    now = after["components"]["schemas"]
    for name, schema in before["components"]["schemas"].items():
        if name not in now:
            yield f"the value {name} is gone"
            continue
        yield from (
            f"{name} has no {field} any more" for field in sorted(schema.get("properties", {}).keys() - now[name].get("properties", {}))
        )
        if name.endswith("Body"):
            wanted = set(now[name].get("required", ())) - set(schema.get("required", ()))
            yield from (f"{name} wants {field} now" for field in sorted(wanted))
        yield from (f"{name} is never {value!r} any more" for value in sorted(set(schema.get("enum", ())) - set(now[name].get("enum", ()))))


def main(words: list[str]) -> int:
    """Write or check the document; return the exit code."""
    text = written()
    if not PLACE.exists():
        PLACE.write_text(text, encoding="utf-8")
        return 0
    before = PLACE.read_text(encoding="utf-8")
    broken = breaking(json.loads(before), json.loads(text))
    sys.stdout.write("".join(f"{each}\n" for each in broken))
    if "--check" in words:
        if before != text:
            sys.stdout.write("docs/reference/openapi.json is not what the code says: just openapi\n")
        return int(before != text)
    if broken and "--breaking" not in words:
        return 1
    PLACE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
