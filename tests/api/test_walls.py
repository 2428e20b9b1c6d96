"""Who gets nothing: no token, a foreign name, a foreign page, a spent link."""

import asyncio
import http.client
import json
import re
from datetime import timedelta

import httpx2
import pytest
from served import Served, served_in

from artelier.access.local import COOKIE_LIFE, LINK_LIFE, LocalAccess
from artelier.api import console
from artelier.api.app import create_app
from artelier.api.serving import serving
from artelier.domain.errors import SettingsError

GHOST = "01900000-0000-7000-8000-000000000000"
OPEN_TO_ALL = {
    ("POST", "/api/v1/auth/exchange"),
    ("POST", "/api/v1/auth/logout"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
}
"""In the OpenAPI document; beside them the first page, /docs, /openapi.json and /assets hold nothing of anybody's."""
PAGES = {"/", "/docs", "/openapi.json", "/assets", "/assets/swagger", "/built"} | {
    f"/{page}{rest}" for page in console.PAGES for rest in ("", "/{rest:path}")
}
SECURITY = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
DOCUMENT = create_app(lambda: None).openapi()
ROUTES = sorted((method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods)
GUARDED = [route for route in ROUTES if route not in OPEN_TO_ALL]


def ask(server: Served, method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Send a request with exactly these headers."""
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        streams = "event-stream" in answer.headers.get("content-type", "")
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, b"" if streams else answer.read()
    finally:
        connection.close()


def host(server: Served) -> tuple[str, str]:
    return "Host", server.address.removeprefix("http://")


def token(server: Served) -> tuple[str, str]:
    return "Authorization", f"Bearer {server.token}"


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", GHOST, path)


def test_the_inventory_is_whole() -> None:
    """Whatever the app can answer is in the OpenAPI document, and so in these tests, or a page without anybody's data."""
    app = create_app(lambda: None)
    known = {path for _, path in ROUTES} | PAGES
    assert len(GUARDED) > 20
    assert set(OPEN_TO_ALL) <= set(ROUTES)
    mounted = {getattr(route, "path", "") for route in app.routes} - {""}
    assert mounted <= known, mounted - known


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_nobody_enters_without_a_token(server: Served, method: str, path: str) -> None:
    for said in (
        [],
        [("Authorization", "Bearer wrong")],
        [("Authorization", "Bearer ")],
        [("Authorization", f"Basic {server.token}")],
        [("Authorization", server.token)],
        [("Authorization", "Bearer wrong"), ("Cookie", "artelier=forged")],
        [("Cookie", "artelier=")],
        [("Cookie", f"artelier={server.token}")],
        [("Authorization", "Bearer \xff\xfe")],
    ):
        status, headers, body = ask(server, method, filled(path), [host(server), ("Content-Type", "application/json"), *said], b"{}")
        told = json.loads(body)
        assert (status, told.get("code") or told["error"]["code"].upper()) == (401, "UNAUTHORIZED"), said
        assert headers["www-authenticate"] == "Bearer"
        assert headers["content-type"] == ("application/json" if "error" in told else "application/problem+json")


@pytest.mark.parametrize(
    "path", ["/", "/health/live", "/api/v1/runs", "/api/v1/events/stream", "/openapi.json", "/assets/mark.svg", "/nowhere"]
)
def test_a_foreign_host_is_refused(server: Served, path: str) -> None:
    port = server.address.rpartition(":")[2]
    names = [
        "evil.com",
        "127.0.0.1.nip.io",
        "localhost.evil.com",
        "127.0.0.1@evil.com",
        "localhost.",
        "",
        "127.1",
        "0.0.0.0",
        "127.0.0.1:x",
    ]
    names += [f"{name}:{port}" for name in names[:6]] + [
        " 127.0.0.1 evil.com",
        "127.0.0.1,evil.com",
        "evil.com:80@127.0.0.1",
        "[::ffff:127.0.0.1]",
    ]
    for name in names:
        status, headers, body = ask(server, "GET", path, [("Host", name), token(server)])
        assert (status, json.loads(body)["code"]) == (400, "HOST_REFUSED"), name
        assert set(SECURITY) <= set(headers), name
    twice = [host(server), ("Host", "evil.com"), token(server)]
    for said in (twice, twice[::-1], [host(server), host(server), token(server)]):
        assert ask(server, "GET", path, said)[0] == 400
    assert ask(server, "GET", path, [token(server)])[0] == 400, "no Host at all"


def test_own_names_are_taken(server: Served) -> None:
    for name in ("127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:8700"):
        assert ask(server, "GET", "/api/v1/auth/me", [("Host", name), token(server)])[0] == 200, name


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v1/runs"), ("POST", "/api/v1/sessions"), ("GET", "/api/v1/events/stream"), ("GET", f"/api/v1/sessions/{GHOST}/stream")],
)
def test_a_foreign_page_is_refused(server: Served, method: str, path: str) -> None:
    port = server.address.rpartition(":")[2]
    for origin in (
        *("https://evil.com", "null", "", "http://127.0.0.1", f"http://localhost:{port}", f"http://127.0.0.1:{port}.evil.com"),
        *(f"http://evil.com@127.0.0.1:{port}", f"ftp://127.0.0.1:{port}", "file://", f"http://127.0.0.1:{port}/"),
    ):
        said = [host(server), token(server), ("Origin", origin), ("Content-Type", "application/json")]
        status, headers, body = ask(server, method, path, said, b"{}")
        assert (status, json.loads(body)["code"]) == (403, "ORIGIN_REFUSED"), origin
        assert set(SECURITY) <= set(headers)
        assert "access-control-allow-origin" not in headers
    for site in ("cross-site", "same-site", "CROSS-SITE", "strange"):
        status, _, body = ask(
            server, method, path, [host(server), token(server), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "cors")], b"{}"
        )
        assert (status, json.loads(body)["code"]) == (403, "ORIGIN_REFUSED"), site
    preflight = [host(server), ("Origin", "https://evil.com"), ("Access-Control-Request-Method", "POST")]
    assert ask(server, "OPTIONS", path, preflight)[0] == 403


def test_our_own_page_is_taken(server: Served) -> None:
    said = [
        host(server),
        token(server),
        ("Origin", server.address),
        ("Sec-Fetch-Site", "same-origin"),
        ("Content-Type", "application/json"),
    ]
    assert ask(server, "POST", "/api/v1/sessions", said, b"{}")[0] == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json"])
def test_what_a_form_can_post_is_refused(server: Served, kind: str) -> None:
    """A form of a foreign page can send these three types without asking first."""
    before = len(ask(server, "GET", "/api/v1/sessions?limit=200", [host(server), token(server)])[2])
    said = [host(server), token(server), *([("Content-Type", kind)] if kind else [])]
    for path, body in (("/api/v1/chat", b'{"message": "hi"}'), ("/api/v1/sessions", b"{}"), ("/api/v1/auth/exchange", b'{"code": "x"}')):
        status, _, answer = ask(server, "POST", path, said, body)
        assert status in {400, 415, 422}, (path, answer)
    assert len(ask(server, "GET", "/api/v1/sessions?limit=200", [host(server), token(server)])[2]) == before


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/assets/mark.svg", "/health/ready", "/api/v1/runs", "/nowhere", "/api/v1/events/stream", "/openapi.json"]
)
def test_every_answer_has_security_headers(server: Served, path: str) -> None:
    for said in ([token(server)], []):
        _, headers, _ = ask(server, "GET", path, [host(server), *said])
        assert set(SECURITY) <= set(headers)
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_too_long_a_body_is_a_guarded_problem(server: Served) -> None:
    said = [host(server), token(server), ("Content-Type", "application/json")]
    status, headers, body = ask(server, "POST", "/api/v1/sessions", said, b" " * (1024 * 1024 + 1))
    assert (status, json.loads(body)["code"]) == (413, "TOO_LARGE")
    assert set(SECURITY) <= set(headers)


async def test_too_long_a_body_of_untold_length_is_refused(http: httpx2.AsyncClient) -> None:
    async def pieces():
        for _ in range(40):
            yield b" " * 65536

    answer = await http.post("/api/v1/sessions", content=pieces(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


async def test_a_link_makes_one_cookie(server: Served, http: httpx2.AsyncClient) -> None:
    code = (await http.post("/api/v1/auth/links")).json()["code"]
    async with httpx2.AsyncClient(base_url=server.address, trust_env=False) as browser:
        answer = await browser.post("/api/v1/auth/exchange", json={"code": code})
        cookie = answer.headers["set-cookie"]
        assert answer.status_code == 204
        assert {"HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "samesite=strict" in cookie.lower()
        assert (await browser.get("/api/v1/auth/me")).json() == {"person": "person:owner"}
        folder = {"path": "/usr"}
        assert (await browser.post("/api/v1/workspaces", json=folder)).status_code == 403, "a cookie is not the operator"
        again = await browser.post("/api/v1/auth/exchange", json={"code": code})
        assert (again.status_code, again.json()["code"]) == (401, "UNAUTHORIZED")
        assert (await browser.post("/api/v1/auth/logout")).status_code == 204
        assert (await browser.get("/api/v1/auth/me")).status_code == 401
    for wrong in ("", "x" * 200, "\u00e9", code[:-1]):
        assert (await http.post("/api/v1/auth/exchange", json={"code": wrong})).status_code == 401


async def test_of_many_exchanges_at_once_one_wins(http: httpx2.AsyncClient) -> None:
    code = (await http.post("/api/v1/auth/links")).json()["code"]
    answers = await asyncio.gather(*(http.post("/api/v1/auth/exchange", json={"code": code}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [204] + [401] * 9


def test_a_cookie_and_a_token_outlive_the_server(tmp_path) -> None:
    with served_in(tmp_path) as server:
        code = json.loads(ask(server, "POST", "/api/v1/auth/links", [host(server), token(server)])[2])["code"]
        body = json.dumps({"code": code}).encode()
        _, headers, _ = ask(server, "POST", "/api/v1/auth/exchange", [host(server), ("Content-Type", "application/json")], body)
        cookie, before = headers["set-cookie"].split(";")[0], server.token
        spare = json.loads(ask(server, "POST", "/api/v1/auth/links", [host(server), token(server)])[2])["code"]
    with served_in(tmp_path) as server:
        assert server.token == before
        assert ask(server, "GET", "/api/v1/auth/me", [host(server), ("Cookie", cookie)])[0] == 200
        assert ask(server, "GET", "/api/v1/auth/me", [host(server), ("Cookie", cookie[:-2] + "xx")])[0] == 401
        body = json.dumps({"code": spare}).encode()
        said = [host(server), ("Content-Type", "application/json")]
        assert ask(server, "POST", "/api/v1/auth/exchange", said, body)[0] == 401, "links end with their server"
    assert oct((tmp_path / "state").stat().st_mode)[-3:] == "700"
    assert oct((tmp_path / "state" / "secret.key").stat().st_mode)[-3:] == "600"


def test_links_and_cookies_grow_old(clock, monkeypatch: pytest.MonkeyPatch) -> None:
    access = LocalAccess(b"secret" * 6, clock)
    late, early = access.make_link_code(), access.make_link_code()
    clock.move(LINK_LIFE.total_seconds() - 1)
    cookie = access.exchange(early)
    clock.move(2)
    assert access.exchange(late) is None
    assert access.person_by_cookie(cookie or "") == "person:owner"
    assert LocalAccess(b"other!" * 6, clock).person_by_cookie(cookie or "") is None
    for forged in ("", "x", "a.b.c", (cookie or "")[:-1], f"{cookie}x", "\u00e9.x.y"):
        assert access.person_by_cookie(forged) is None


def test_a_cookie_grows_old_by_the_clock_handed_in(clock) -> None:
    access = LocalAccess(b"secret" * 6, clock)
    cookie = access.exchange(access.make_link_code())
    clock.move((COOKIE_LIFE + timedelta(days=400)).total_seconds())
    assert access.person_by_cookie(cookie or "") is None


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.0.2.1", "example.org", "127.0.0.1.nip.io", "127.0.0.2"])
async def test_it_listens_on_loopback_alone(address: str) -> None:
    with pytest.raises(SettingsError, match="Refusing to listen"):
        async with serving(None, address, 0, handle_signals=False):
            pass
