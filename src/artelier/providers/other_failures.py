"""What pydantic-ai and the vendors' kits below it raise, in our own errors."""

from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelRequestTimeout,
    UnexpectedModelBehavior,
    UserError,
)

from artelier.domain.errors import CredentialsRefused, ProviderError, ProviderUnavailable, ReplyInvalid, RequestRefused, StreamBroken
from artelier.providers.openai_errors import Refusal, refused

_WORDS = 500


def failure_of(error: Exception, system: str, *, begun: bool) -> ProviderError:
    """Return our error for one of theirs; ``begun`` when pieces had come."""
    words = " ".join(str(error).split())[:_WORDS]
    match error:
        case ModelHTTPError():
            return refused(
                Refusal(words), error.status_code, system, {name.title(): value for name, value in (error.headers or {}).items()}
            )
        case ModelConnectionError() | ModelRequestTimeout() | ModelAPIError() | OSError():
            kind = StreamBroken if begun else ProviderUnavailable
            return kind(f"{system} could not be reached, or broke off: {words}. Try again later or use another model.")
        case ContentFilterError():
            return RequestRefused(f"{system} refused to answer: {words}. Ask otherwise, or use another model.")
        case UnexpectedModelBehavior():
            return ReplyInvalid(f"{system} answered with something that is no reply: {words}. Use another model.")
        case ImportError():
            return RequestRefused(f"The kit of {system} is missing: {words}. Install it where Artelier runs: pydantic-ai-slim[{system}].")
        case UserError():
            return CredentialsRefused(
                f"{system} cannot be asked: {words}. Check the key, system and model in the settings of this provider."
            )
        case _:
            return ProviderError(f"{system} failed in a way that is not known here ({type(error).__name__}: {words}). Use another model.")
