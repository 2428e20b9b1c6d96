"""One server's address and token, and how a request's answer becomes a value or a failure."""

from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from artelier.client.failures import Refused, Unreachable

Answer = TypeVar("Answer")


class Connection:
    """What every route of the client goes through."""

    def __init__(self, address: str, token: str, *, timeout: float = 330.0) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {token}"}
        limits = httpx2.Timeout(timeout, connect=5.0)
        self._http = httpx2.AsyncClient(base_url=address, headers=headers, timeout=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _get(self, path: str, kind: type[Answer], accept: frozenset[int] = frozenset(), **query: str | float) -> Answer:
        asked = {name: value for name, value in query.items() if value != ""}
        return self._decode(await self._send("GET", path, params=asked, accept=accept), kind)

    async def _post(self, path: str, kind: type[Answer], body: dict[str, Any]) -> Answer:
        return self._decode(await self._send("POST", path, json=body), kind)

    async def _send(self, method: str, path: str, *, accept: frozenset[int] = frozenset(), **more: Any) -> httpx2.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx2.TransportError as failure:
            raise Unreachable(f"No server answers at {self.address}.") from failure
        if not answer.is_success and answer.status_code not in accept:
            raise refused(answer)
        return answer

    def _decode(self, answer: httpx2.Response, kind: type[Answer]) -> Answer:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as failure:
            raise Refused(
                answer.status_code, "ANSWER_INVALID", f"{self.address} is no Artelier server of this version: {failure}"
            ) from failure


def segment(name: str) -> str:
    """Return a name as one segment of an address, whatever it holds: it never leads to another route."""
    escaped = quote(name, safe="")
    return escaped.replace(".", "%2E") if name in {".", ".."} else escaped


def refused(answer: httpx2.Response) -> Refused:
    """Return what the server said when it refused."""
    try:
        body = answer.json()
        return Refused(answer.status_code, body["code"], body["detail"], body.get("retry_after"), body.get("because"))
    except (ValueError, KeyError, TypeError):
        return Refused(answer.status_code, "HTTP_ERROR", f"The server answered {answer.status_code} without a reason.")
