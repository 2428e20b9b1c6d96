"""Every failure Artelier knows, in one tree.

    ArtelierError                 what happened and what to do; a stable ``code``; whether a retry can help
    ├── InvalidRequest            the caller sent something that cannot be taken
    │   ├── NotFound
    │   ├── Conflict              true of the request, not of the present state
    │   │   └── IdempotencyMismatch
    │   └── TooLarge
    ├── AccessDenied              the caller may not
    ├── SettingsError             the operator must change something
    ├── ProviderError             a model did not answer as it should
    │   ├── ProviderUnavailable*  no connection, time-out, 5xx
    │   ├── RateLimited*          429; ``retry_after`` in seconds where it was told
    │   ├── StreamBroken*         the reply ended before its end
    │   ├── ContextTooLong        the request is longer than the model takes
    │   ├── RequestRefused        the provider refuses this request (4xx)
    │   ├── CredentialsRefused    the key is missing, wrong or spent
    │   └── ReplyInvalid          what came back is not a reply
    ├── ToolError                 shown to the model; never ends a run
    │   ├── ArgumentsInvalid
    │   ├── PathRefused           outside the workspace, secret, or not a plain file
    │   ├── FileMissing
    │   ├── FileChanged           somebody else wrote since it was read
    │   ├── FileUnreadable        binary, too large or undecodable
    │   ├── CommandFailed         it could not be started
    │   ├── AddressRefused        not public, not allowed, or no address for the web
    │   ├── FetchFailed           a page or service on the web did not answer as it should
    │   ├── BrowserFailed         the browser is missing, died, or could not do that on the page
    │   ├── NotConfigured         the operator has not set up what this tool needs
    │   ├── McpUnavailable        an MCP server is not there, hangs, or was lost in mid-call
    │   └── McpToolChanged        an MCP server's tool is not what was accepted
    ├── StoreError
    │   ├── StoreUnavailable*
    │   ├── StaleFence            another worker has taken the run
    │   ├── SequenceConflict      somebody appended first; read, fold and decide again
    │   ├── ConditionFailed       the run is not in a state that allows this
    │   └── StateFolderTaken      another process owns the state folder
    ├── CacheUnavailable*         what should be forgotten could not be
    └── PluginError

(* a retry can help)
"""

from typing import ClassVar

from artelier.domain.refusals import Refusal


class ArtelierError(Exception):
    """The root: the message says what happened, why, and what to do."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: float | None = None, because: Refusal | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.because = because
        """The same as a code, for words in any language, where there is one."""
        self.retry_after = retry_after
        """Seconds after which a retry may help, where that is known."""


class InvalidRequest(ArtelierError):
    """The caller sent something that cannot be taken."""

    code = "INVALID_REQUEST"


class NotFound(InvalidRequest):
    """There is no such thing, or not for this caller."""

    code = "NOT_FOUND"


class Conflict(InvalidRequest):
    """The request does not fit the present state."""

    code = "CONFLICT"


class IdempotencyMismatch(InvalidRequest):
    """The same Idempotency-Key came with another body."""

    code = "IDEMPOTENCY_MISMATCH"


class TooLarge(InvalidRequest):
    """More bytes than are taken here."""

    code = "TOO_LARGE"


class AccessDenied(ArtelierError):
    """The caller may not do this."""

    code = "ACCESS_DENIED"


class SettingsError(ArtelierError):
    """The operator must change a setting."""

    code = "CONFIG_INVALID"


class ProviderError(ArtelierError):
    """A model did not answer as it should."""

    code = "PROVIDER_ERROR"


class ProviderUnavailable(ProviderError):
    """No connection, a time-out, or an answer of 5xx."""

    code = "LLM_UNAVAILABLE"
    retryable = True


class RateLimited(ProviderError):
    """The provider asks to come later."""

    code = "RATE_LIMITED"
    retryable = True


class StreamBroken(ProviderError):
    """The reply ended before its end."""

    code = "STREAM_BROKEN"
    retryable = True


class ContextTooLong(ProviderError):
    """The request is longer than the model takes."""

    code = "CONTEXT_TOO_LONG"


class RequestRefused(ProviderError):
    """The provider refuses this request."""

    code = "REQUEST_REFUSED"


class CredentialsRefused(ProviderError):
    """The key is missing, wrong or spent."""

    code = "CREDENTIALS_REFUSED"


class ReplyInvalid(ProviderError):
    """What came back is not a reply."""

    code = "REPLY_INVALID"


class ToolError(ArtelierError):
    """A tool call failed; the model is told, the run goes on."""

    code = "TOOL_FAILED"


class ArgumentsInvalid(ToolError):
    """The arguments do not fit the tool's schema."""

    code = "ARGUMENTS_INVALID"


class PathRefused(ToolError):
    """The path leads outside the workspace, to a secret, or to something that is no plain file."""

    code = "PATH_REFUSED"


class FileMissing(ToolError):
    """There is no such file or folder."""

    code = "FILE_MISSING"


class FileChanged(ToolError):
    """Somebody else wrote the file since it was read."""

    code = "FILE_CHANGED"


class FileUnreadable(ToolError):
    """The file is binary, too large or cannot be decoded."""

    code = "FILE_UNREADABLE"


class CommandFailed(ToolError):
    """The command could not be started."""

    code = "COMMAND_FAILED"


class AddressRefused(ToolError):
    """The address is not public, not on the operator's list, or no address for the web at all."""

    code = "ADDRESS_REFUSED"


class FetchFailed(ToolError):
    """A page or service on the web did not answer as it should."""

    code = "FETCH_FAILED"


class BrowserFailed(ToolError):
    """The browser is missing, has died, or could not do that on the page."""

    code = "BROWSER_FAILED"


class NotConfigured(ToolError):
    """The operator has not set up what this tool needs."""

    code = "NOT_CONFIGURED"


class McpUnavailable(ToolError):
    """The MCP server is not there, does not answer, or was lost in mid-call."""

    code = "MCP_UNAVAILABLE"


class McpToolChanged(ToolError):
    """The MCP server now describes the tool otherwise than when it was accepted, or not at all."""

    code = "MCP_TOOL_CHANGED"


class StoreError(ArtelierError):
    """The truth could not be read or written."""

    code = "STORE_ERROR"


class StoreUnavailable(StoreError):
    """The database does not answer; the state is unchanged."""

    code = "STORE_UNAVAILABLE"
    retryable = True


class StaleFence(StoreError):
    """Another worker has taken the run; this one must stop."""

    code = "STALE_FENCE"


class SequenceConflict(StoreError):
    """Somebody appended to the session first: read, fold and decide again."""

    code = "SEQUENCE_CONFLICT"


class ConditionFailed(StoreError):
    """The run or the question is not in a state that allows this append."""

    code = "CONDITION_FAILED"


class StateFolderTaken(StoreError):
    """Another process owns the state folder."""

    code = "STATE_FOLDER_TAKEN"


class CacheUnavailable(ArtelierError):
    """The cache does not answer, so what should be forgotten is not."""

    code = "CACHE_UNAVAILABLE"
    retryable = True


class PluginError(ArtelierError):
    """A plugin could not be loaded; the server starts without it."""

    code = "PLUGIN_FAILED"
