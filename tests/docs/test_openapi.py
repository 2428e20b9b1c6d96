"""The OpenAPI document from which clients are made: as the code says, and what would break them is found."""

import copy
import json
import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "openapi.py"
TOOLS = runpy.run_path(str(SCRIPT))
DOCUMENT = json.loads(TOOLS["PLACE"].read_text(encoding="utf-8"))


def test_the_document_is_what_the_code_says() -> None:
    assert TOOLS["PLACE"].read_text(encoding="utf-8") == TOOLS["written"](), "just openapi"


def test_more_breaks_nobody() -> None:
    after = copy.deepcopy(DOCUMENT)
    after["paths"]["/api/v1/new"] = {"get": {}}
    after["components"]["schemas"]["NewView"] = {"properties": {}}
    after["components"]["schemas"]["RunView"]["properties"]["new"] = {"type": "string"}
    assert TOOLS["breaking"](DOCUMENT, after) == []


def _without(document: dict, *keys: str) -> None:
    for key in keys[:-1]:
        document = document[key]
    del document[keys[-1]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda after: _without(after, "paths", "/api/v1/chat"), "POST /api/v1/chat is gone"),
        (lambda after: _without(after, "components", "schemas", "RunView"), "the value RunView is gone"),
        (lambda after: _without(after, "components", "schemas", "RunView", "properties", "status"), "RunView has no status any more"),
        (lambda after: after["components"]["schemas"]["ChatBody"]["required"].append("agent"), "ChatBody wants agent now"),
        (
            lambda after: after["paths"]["/api/v1/runs"]["get"]["parameters"].pop(0),
            "GET /api/v1/runs takes no session in its query any more",
        ),
        (
            lambda after: after["components"]["schemas"]["JournalDeltaKind"]["enum"].remove("text"),
            "JournalDeltaKind is never 'text' any more",
        ),
    ],
)
def test_less_is_said(change, said: str) -> None:
    after = copy.deepcopy(DOCUMENT)
    change(after)
    assert said in TOOLS["breaking"](DOCUMENT, after)
