"""Events as they were stored once load for ever, with all that they said."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from artelier.domain.codec import UPCASTERS, VERSION, decode_payload, encode_payload, event_types
from artelier.domain.errors import StoreError
from artelier.domain.events import CallJudged, RunQueued

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden_events"
FILES = sorted(GOLDEN.glob("v*/*.json"))


def contains(whole: Any, part: Any) -> bool:
    """Whether everything in ``part`` is still said in ``whole``."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@contextmanager
def upcaster(kind: str, version: int, lift: Any) -> Iterator[None]:
    UPCASTERS[kind, version] = lift
    try:
        yield
    finally:
        del UPCASTERS[kind, version]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_event_of_any_version_still_loads(path: Path) -> None:
    payload = decode_payload(path.stem, int(path.parent.name[1:]), path.read_bytes())
    assert payload.type == path.stem


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == f"v{VERSION}"], ids=lambda path: path.stem)
def test_nothing_of_an_event_is_lost(path: Path) -> None:
    payload = decode_payload(path.stem, VERSION, path.read_bytes())
    assert contains(json.loads(encode_payload(payload)), json.loads(path.read_bytes()))


def test_every_type_has_its_golden_file_of_the_present_version() -> None:
    assert {path.stem for path in FILES if path.parent.name == f"v{VERSION}"} == set(event_types())


def test_an_older_event_is_lifted_to_the_present_shape() -> None:
    def name_the_decision(fields: dict[str, Any]) -> dict[str, Any]:
        return {"call": fields["call"], "decision": "allow" if fields["allowed"] else "forbid"}

    with upcaster("call_judged", 0, name_the_decision):
        assert decode_payload("call_judged", 0, b'{"call": "r/1/0", "allowed": true}') == CallJudged("r/1/0", "allow")


def test_an_older_event_that_kept_its_shape_needs_no_lift() -> None:
    assert decode_payload("run_queued", 0, b'{"resumed": true}') == RunQueued(resumed=True)


def test_what_a_newer_version_wrote_is_told_apart_from_damage() -> None:
    with pytest.raises(StoreError, match="update it"):
        decode_payload("run_queued", VERSION + 1, b"{}")
    with pytest.raises(StoreError, match="update it"):
        decode_payload("moon_landed", VERSION, b"{}")
    with pytest.raises(StoreError, match="backup"):
        decode_payload("call_judged", VERSION, b'{"call": 7}')
