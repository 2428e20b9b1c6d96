"""Errors in OpenAI's shape: ``{"error": {"message", "type", "param", "code"}}``.

Source: https://platform.openai.com/docs/guides/error-codes
"""

from typing import Any

from fastapi.responses import JSONResponse, Response

from artelier.domain.errors import InvalidRequest, NotFound

PREFIX = "/v1/"
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class ParameterRefused(InvalidRequest):
    """A parameter that nobody would honour here; better refused than passed over in silence."""

    code = "UNSUPPORTED_PARAMETER"

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class ModelNotFound(NotFound):
    """No agent is offered by this name."""

    code = "MODEL_NOT_FOUND"


def error_body(status: int, code: str, message: str, parameter: str | None = None) -> dict[str, Any]:
    """Return the body of one error; its codes are our own, written small as OpenAI writes them."""
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")  # noqa: PLR2004  HTTP's own classes
    return {"error": {"message": message, "type": kind, "param": parameter, "code": code.lower()}}


def error_answer(status: int, code: str, message: str, parameter: str | None, headers: dict[str, str]) -> Response:
    """Return one error as an answer. What does not fit is 400 with OpenAI, never 422."""
    status = 400 if status == 422 else status  # noqa: PLR2004  HTTP's own number
    return JSONResponse(error_body(status, code, message, parameter), status, headers)
