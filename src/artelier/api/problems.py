"""Errors as ``application/problem+json`` (RFC 9457): the one table from error to status."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from artelier.api.console import is_for_people, show_nothing_here
from artelier.api.openai_errors import PREFIX, ParameterRefused, error_answer
from artelier.domain import errors

_log = logging.getLogger(__name__)
_NOT_AN_OBJECT = "model_attributes_type"
"""What pydantic calls a body that is no object; FastAPI gives it the bytes of one that does not say that it is JSON."""
_IDENTIFIER = "[0-9a-f-]{36}"
"""What the pattern of every id holds."""
_BRANCHES = frozenset({"str", "int", "float", "constrained-str"})
"""Names that pydantic gives to the kinds of value that a field may have; no part of the way to it."""
_PLAIN = {
    _NOT_AN_OBJECT: "an object is needed",
    "dict_type": "an object is needed",
    "extra_forbidden": "there is no such field",
    "missing": "it is missing",
    "string_unicode": "it holds what is no text. Send clean UTF-8",
}
MEDIA_TYPE = "application/problem+json"
_STATUSES: tuple[tuple[type[errors.ArtelierError], int], ...] = (
    (errors.NotFound, 404),
    (errors.IdempotencyMismatch, 422),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.InvalidRequest, 422),
    (errors.AccessDenied, 403),
    (errors.SettingsError, 409),
    (errors.PathRefused, 403),
    (errors.FileMissing, 404),
    (errors.ToolError, 422),
    (errors.RateLimited, 429),
    (errors.ProviderError, 503),
    (errors.ConditionFailed, 409),
    (errors.StoreUnavailable, 503),
    (errors.CacheUnavailable, 503),
)


class ProblemView(BaseModel):
    """What every refusal looks like; single codes add fields."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    retry_after: float | None = None
    because: dict[str, Any] | None = None
    """What exactly it is refused for: a ``code`` of ``RefusalCode`` with ``values``; absent where no code says it."""


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    kind: {"description": words, "content": {MEDIA_TYPE: {"schema": ProblemView.model_json_schema()}}}
    for kind, words in (("4XX", "The request cannot be taken; `code` says why."), ("5XX", "The server cannot do it now."))
}
"""What OpenAPI says of errors, for every route."""


class Unauthorized(errors.ArtelierError):
    """Nobody knows who asks."""

    code = "UNAUTHORIZED"


def refusal(path: str, status: int, code: str, detail: str, retry_after: float | None = None, **more: Any) -> Response:
    """Return an error as an answer in the shape that the address at this path speaks."""
    answer = problem(status, code, detail, retry_after, **more)
    if not path.startswith(PREFIX):
        return answer
    kept = {name: answer.headers[name] for name in ("WWW-Authenticate", "Retry-After") if name in answer.headers}
    return error_answer(status, code, detail, more.get("parameter"), kept)


def problem(status: int, code: str, detail: str, retry_after: float | None = None, **more: Any) -> Response:
    """Return one problem as an answer."""
    body: dict[str, Any] = {
        "type": f"urn:artelier:problem:{code.lower()}",
        "title": _title(code),
        "status": status,
        "code": code,
        "detail": detail,
    }
    headers = {}
    if status == 401:  # noqa: PLR2004  HTTP's own number
        headers["WWW-Authenticate"] = "Bearer"
    if retry_after is not None:
        body["retry_after"] = retry_after
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return JSONResponse(body | more, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of this app as a problem."""
    app.add_exception_handler(errors.ArtelierError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _ours(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, errors.ArtelierError)  # noqa: S101  the handler is registered for nothing else
    if isinstance(failure, Unauthorized):
        return refusal(request.url.path, 401, failure.code, failure.message)
    status = next((number for kind, number in _STATUSES if isinstance(failure, kind)), 500)
    if status == 500:  # noqa: PLR2004  HTTP's own number
        _log.error("a request failed", exc_info=failure)
    named: dict[str, Any] = {"parameter": failure.parameter} if isinstance(failure, ParameterRefused) else {}
    if failure.because is not None:
        named["because"] = {"code": failure.because.code.value, "values": failure.because.values}
    return refusal(request.url.path, status, failure.code, failure.message, failure.retry_after, **named)


def _invalid(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)  # noqa: S101  the handler is registered for nothing else
    if any(each["loc"] == ("body",) and each["type"] == _NOT_AN_OBJECT for each in failure.errors()) and not _is_json(request):
        told = request.headers.get("content-type") or "no Content-Type"
        return refusal(
            request.url.path,
            415,
            "INVALID_REQUEST",
            f"Bodies are JSON here: send `Content-Type: application/json` (this came with {told}).",
        )
    found = [_misfit(each) for each in failure.errors()]
    words = "; ".join(f"{each['where']}: {each['message']}" for each in found[:5])
    field = found[0]["where"].removeprefix("body.") if found else ""
    named: dict[str, Any] = {"parameter": field} if request.url.path.startswith(PREFIX) and field != "body" else {}
    return refusal(request.url.path, 422, "INVALID_REQUEST", f"The request does not fit: {words}.", errors=found, **named)


def _misfit(error: Mapping[str, Any]) -> dict[str, str]:
    """Return where a request does not fit, and why, in words that need no Python."""
    where = ".".join(str(part) for part in error["loc"] if "[" not in str(part) and part not in _BRANCHES)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "json_invalid":
        return {"where": "body", "message": f"it is no JSON from character {error['loc'][-1]} on ({context.get('error', '')})"}
    if kind == "string_pattern_mismatch" and _IDENTIFIER in str(context.get("pattern")):
        return {"where": where, "message": "it is no id, such as 01900000-0000-7000-8000-000000000000"}
    return {"where": where, "message": _PLAIN.get(kind, error["msg"].removeprefix("Value error, "))}


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _http(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)  # noqa: S101  the handler is registered for nothing else
    if failure.status_code == 404 and is_for_people(request):  # noqa: PLR2004  HTTP's own number
        return show_nothing_here()
    codes = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 400: "INVALID_REQUEST"}
    details = {404: "There is nothing at this address. See /docs."}
    answer = refusal(
        request.url.path,
        failure.status_code,
        codes.get(failure.status_code, "HTTP_ERROR"),
        details.get(failure.status_code, str(failure.detail)),
    )
    answer.headers.update(failure.headers or {})
    return answer


def _unexpected(request: Request, failure: Exception) -> Response:
    _log.error("a request broke", exc_info=failure)
    return refusal(request.url.path, 500, "INTERNAL", "The server broke on this request; its log has the trace.")
