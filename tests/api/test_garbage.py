"""Whatever is sent to whichever route: an answer in the promised form, and never a broken server."""

import json
import re
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from served import Served, served_in

from artelier.api.app import create_app

GHOST = "01900000-0000-7000-8000-000000000000"
DOCUMENT = create_app(lambda: None).openapi()
ROUTES = sorted((method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods)
BODIES = [
    *(b"", b"null", b"[]", b"1", b'"text"', b"{", b"\xff\xfe", b"\x00", b"{}" * 3, b"[" * 100_000, b'{"a":' * 5000, b"1" * 5000, b"NaN"),
    *(b'{"message": "\\ud800"}', b'{"content": "\\ud800"}', b'{"title": "\\ud800"}', b'{"title": "a\\u0000b"}', b'{"\\ud800": "\\udfff"}'),
    *(b'{"message": ""}', b'{"message": " \\n"}', b'{"message": "a\\u0000b"}', b'{"message": 5}', b'{"message": null}', b'{"message": []}'),
    *(b'{"content": [{"type": "image"}]}', b'{"content": []}', b'{"content": "x", "multitask": "rollback"}', b'{"code": "\\ud800"}'),
    *(b'{"before": "x"}', b'{"before": 5}', b'{"before": "01900000-0000-7000-8000-000000000000"}', b'{"before": "\\ud800"}'),
    *(b'{"path": "a\\u0000b"}', b'{"path": "\\ud800"}', b'{"path": ""}', b'{"decision": "approve", "arguments": {"\\ud800": "\\ud800"}}'),
    *(b'{"decision": "maybe"}', b'{"decision": "approve", "arguments": [1]}', b'{"reason": 5}', b'{"raise_budget": "perhaps"}'),
    *(b'{"message": "hi", "agent": "nobody"}', b'{"message": "hi", "session_id": "x"}', b'{"message": "hi", "workspace_id": "../.."}'),
    *(
        json.dumps({"message": "x" * 300_000}).encode(),
        json.dumps({"path": "/" + "x" * 5000}).encode(),
        json.dumps({"title": "x" * 201}).encode(),
    ),
]
IDENTIFIERS = [
    "x",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "-1",
    "..%2f..%2fetc",
    "9" * 5000,
    "'%20OR%201=1",
    GHOST.upper(),
    "%F0%9F%92%A9",
    "0" * 36,
]
QUERIES = [
    *(
        "limit=-1",
        "limit=0",
        "limit=999999999999999999999999",
        "limit=x",
        "limit=1&limit=2",
        "after=-1",
        "after=99999999999999999999",
        "after=%00",
    ),
    *("cursor=%00", "cursor=%ff", f"cursor={'x' * 5000}", "session=%00", "session=%ED%A0%80", "status=%00", "status=open&status=open"),
    *(
        "timeout=-1",
        "timeout=nan",
        "timeout=inf",
        "timeout=1e999",
        "timeout=x",
        "path=%00",
        "depth=-5",
        "depth=1e9",
        "&&&===",
        "%",
        "a[]=1",
    ),
]
HEADERS = [
    *({"Idempotency-Key": "x" * 300}, {"X-Correlation-ID": "a b"}, {"X-Correlation-ID": "x" * 200}, {"Last-Event-ID": "9" * 20}),
    *({"Last-Event-ID": "-1"}, {"Last-Event-ID": "x"}, {"Accept": "image/png"}, {"Cookie": "artelier=\xe9; =; ;;"}, {"Range": "bytes=5-1"}),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory):
    with served_in(tmp_path_factory.mktemp("garbage")) as served:
        yield served


@pytest.fixture
def sync(own: Served):
    with httpx2.Client(base_url=own.address, headers={"Authorization": f"Bearer {own.token}"}, timeout=20, trust_env=False) as client:
        yield client


def check(answer: httpx2.Response, what: Any) -> None:
    assert answer.status_code < 500, (what, answer.text)
    if answer.status_code >= 400:
        if answer.request.url.path.startswith("/v1/"):
            check_as_openai(answer, what)
            return
        if answer.request.url.path == "/mcp" and answer.headers["content-type"] != "application/problem+json":
            check_as_mcp(answer, what)
            return
        assert answer.headers["content-type"] == "application/problem+json", what
        if answer.request.method == "HEAD":
            return
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert re.fullmatch(r"[A-Z_]+", problem["code"]), what
        assert problem["detail"], what


def check_as_openai(answer: httpx2.Response, what: Any) -> None:
    assert answer.headers["content-type"] == "application/json", what
    if answer.request.method != "HEAD":
        error = answer.json()["error"]
        assert error.keys() == {"message", "type", "param", "code"}, what
        assert error["message"], what


def check_as_mcp(answer: httpx2.Response, what: Any) -> None:
    assert answer.headers["content-type"] == "application/json", what
    if answer.request.method != "HEAD":
        told = answer.json()
        assert told["jsonrpc"] == "2.0", what
        assert told["error"]["message"], what


def send(client: httpx2.Client, method: str, address: str, **more: Any) -> None:
    """Send one request and look at its answer; of a stream only the head."""
    with client.stream(method, address, **more) as answer:
        if "event-stream" not in answer.headers.get("content-type", ""):
            answer.read()
            check(answer, (method, address[:200], str(more)[:200]))
        assert answer.status_code < 500


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_garbage_is_answered_in_order(sync: httpx2.Client, method: str, path: str) -> None:
    address = re.sub(r"\{[^}]+\}", GHOST, path)
    if method in {"POST", "PATCH", "PUT"}:
        for body in BODIES:
            send(sync, method, address, content=body, headers={"Content-Type": "application/json"})
        for kind in ("text/plain", "application/xml", "application/json; charset=utf-16", "garbage", "multipart/form-data"):
            send(sync, method, address, content=b'{"a": 1}', headers={"Content-Type": kind})
        send(sync, method, address)
    if "{" in path:
        for identifier in IDENTIFIERS:
            send(sync, method, re.sub(r"\{[^}]+\}", identifier, path), content=b"{}", headers={"Content-Type": "application/json"})
    for query in QUERIES if method == "GET" else QUERIES[::8]:
        send(sync, method, f"{address}?{query}")
    for headers in HEADERS:
        send(sync, method, address, headers={name: value.encode("latin-1") for name, value in headers.items()})
    for wrong in ("PUT", "TRACE", "PROPFIND", "HEAD"):
        send(sync, wrong, address)


def test_garbage_at_an_open_question(sync: httpx2.Client) -> None:
    question = sync.post("/api/v1/chat", json={"message": "write-a-file"}).json()["approvals"][0]["id"]
    address = f"/api/v1/approvals/{question}"
    deep = b'{"decision": "approve", "arguments": {"path": "a", "content": "x", "more": ' + b"[" * 900 + b"]" * 900 + b"}}"
    for body in (
        b'{"decision": "approve", "arguments": {"path": "\\ud800", "content": "x"}}',
        b'{"decision": "approve", "arguments": {"path": "a", "content": "\\ud800"}}',
        b'{"decision": "approve", "arguments": {"path": "a", "content": "x", "\\ud800": 1}}',
        b'{"decision": "approve", "arguments": {"path": "a", "content": NaN}}',
        b'{"decision": "approve", "text": "a\\u0000b"}',
        b'{"decision": "reject", "reason": "a\\u0000b"}',
        b'{"decision": "reject", "arguments": {}}',
        deep,
    ):
        answer = sync.post(address, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, body[:100]
        check(answer, body[:100])
    assert sync.get(address).json()["status"] == "open"
    assert sync.post(address, json={"decision": "reject"}).status_code == 200


def test_garbage_in_a_session_that_is_there(sync: httpx2.Client) -> None:
    session = sync.post("/api/v1/sessions", json={}).json()["id"]
    for query in QUERIES:
        for route in ("events", "stream"):
            send(sync, "GET", f"/api/v1/sessions/{session}/{route}?{query}")
    for headers in HEADERS:
        send(sync, "GET", f"/api/v1/sessions/{session}/stream", headers={name: value.encode("latin-1") for name, value in headers.items()})
    for body in BODIES:
        send(sync, "PATCH", f"/api/v1/sessions/{session}", content=body, headers={"Content-Type": "application/json"})
        send(sync, "POST", f"/api/v1/sessions/{session}/messages", content=body, headers={"Content-Type": "application/json"})
    ready = sync.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["parts"]["sandbox"]["detail"].split(";")[0] in {"bubblewrap", "landlock", "seatbelt", "container", "off", "none"}


def test_answers_are_what_the_document_says(own: Served) -> None:
    document = httpx2.get(f"{own.address}/openapi.json", trust_env=False).json()
    schema = schemathesis.openapi.from_dict(document).exclude(path_regex="stream$|/chat$|/wait$")

    for operation in schema.get_all_operations():
        run_one(operation.ok(), own)


def run_one(operation: Any, own: Served) -> None:
    """Try one operation with requests made from its own schema."""

    @settings(
        max_examples=12, derandomize=True, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def hold(case: schemathesis.Case) -> None:
        answer = case.call(base_url=own.address, headers={"Authorization": f"Bearer {own.token}"}, timeout=20)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=[response_schema_conformance, status_code_conformance])

    hold()
