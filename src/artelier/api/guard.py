"""The wall before every route: a known Host, no foreign Origin, and a person behind each request.

A page of another site, a name that resolves to this machine (DNS rebinding) and a request without token or cookie get
nothing. Host and Origin are checked for all routes here; the person is a dependency of each router.
"""

import re
from collections.abc import MutableMapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artelier.access.local import LocalAccess
from artelier.api import problems
from artelier.api.problems import Unauthorized
from artelier.domain.errors import AccessDenied

COOKIE = "artelier"
MOST_BYTES = 1024 * 1024
"""Bytes of one request's body."""
_TOO_LARGE = f"The body is larger than is taken here: {MOST_BYTES} bytes. Put long text into a file."
_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class HostGuard:
    """Refuses requests that do not name this machine's loopback, or that a page of another origin made."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that names us and is not too long; answer any other with 400, 403 or 413. All get security headers."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_SECURITY_HEADERS]
            await send(message)

        refusal = _refusal(Headers(scope=scope))
        app = self._app if refusal is None else problems.refusal(scope["path"], *refusal)
        await app(scope, _limited(receive), send_guarded)


def _refusal(headers: Headers) -> tuple[int, str, str] | None:
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        return 400, "HOST_REFUSED", "This server answers to its loopback address alone, such as http://127.0.0.1:8700."
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in {f"http://{hosts[0].lower()}", f"https://{hosts[0].lower()}"}:
        return 403, "ORIGIN_REFUSED", "Pages of other origins get nothing from this server."
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} and headers.get("sec-fetch-mode") != "navigate":
        return 403, "ORIGIN_REFUSED", "Pages of other origins get nothing from this server."
    return (413, "TOO_LARGE", _TOO_LARGE) if int(headers.get("content-length", "0")) > MOST_BYTES else None


def _limited(receive: Receive) -> Receive:
    """Pass on a body piece by piece as long as it is not too long; its length may not have been told."""
    taken = 0

    async def receive_limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return receive_limited


async def find_person(request: Request) -> str:
    """Return who asks, by bearer token or by cookie. Raises ``Unauthorized``."""
    # Async although nothing is awaited: FastAPI runs other dependencies in a thread.
    access: LocalAccess = request.app.state.house.access
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        person = access.person_by_token(token.strip()) if kind.lower() == "bearer" else None
    else:
        person = access.person_by_cookie(request.cookies.get(COOKIE, ""))
    if person is None:
        raise Unauthorized(
            "Say who you are: `Authorization: Bearer TOKEN` with the token that `artelier token` prints, or open `artelier open`'s link."
        )
    return person


async def find_commander(request: Request) -> str:
    """Return who asks to change what the server is told: the owner by cookie, or the operator by token.

    A token for programs does not do: whoever reads one from a script changes no agents and no settings. Raises ``Unauthorized``,
    ``AccessDenied``.
    """
    person = await find_person(request)
    if request.headers.get("authorization") is not None and not is_operator(request):
        raise AccessDenied(
            "Agents and settings are changed in the console or with the operator's token in the state folder, not with one for programs."
        )
    return person


def is_operator(request: Request) -> bool:
    """Return whether the operator asks, by the token that lies in the state folder alone."""
    access: LocalAccess = request.app.state.house.access
    return access.is_operator(request.headers.get("authorization", "").partition(" ")[2].strip())


Person = Annotated[str, Depends(find_person)]
