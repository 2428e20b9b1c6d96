"""Sessions and files of workspaces as resources of MCP; paths of files go to the workspace port, which refuses secrets."""

import uuid
from collections.abc import Iterable
from urllib.parse import quote, unquote

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    Annotations,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    ResourceTemplateReference,
    TextResourceContents,
)

from artelier.api.mcp.context import Context, house_in, person_of
from artelier.api.mcp.transcript import markdown_of
from artelier.api.views import own_session
from artelier.domain.errors import ArtelierError, FileMissing, NotFound, PathRefused, TooLarge
from artelier.domain.events import Event
from artelier.domain.runs import SessionRecord
from artelier.ports.runs import Page
from artelier.ports.workspace import Workspace
from artelier.runtime.house import House

SESSIONS = "artelier://sessions/"
WORKSPACES = "artelier://workspaces/"
SESSION_TEMPLATE = f"{SESSIONS}{{session_id}}"
FILE_TEMPLATE = f"{WORKSPACES}{{workspace_id}}/{{+path}}"
LONGEST_FILE = 1024 * 1024
"""Characters of a file."""
_MARKDOWN = "text/markdown"
_PLAIN = "text/plain"
_PAGE = 50
_EVENTS = 1000
_LINES = 2000
_MOST_COMPLETIONS = 100
_OLD_NOT_FOUND = -32002
"""The code for a missing resource up to 2025-11-25; from 2026-07-28 on it is that of wrong parameters."""


async def list_resources(context: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
    """List sessions, newest first. Raises ``MCPError``."""
    cursor = (params.cursor if params is not None else None) or ""
    if cursor and not _is_identifier(cursor):
        raise MCPError(INVALID_PARAMS, "This cursor is not one that this server gave you.")
    records = await house_in(context).store.list_sessions(person_of(context), Page(_PAGE, cursor))
    following = records[-1].id if len(records) == _PAGE else None
    return ListResourcesResult(resources=[_listed(record) for record in records], next_cursor=following)


async def list_templates(_context: Context, _params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
    """List the two kinds of addresses."""
    session = ResourceTemplate(
        name="session",
        title="A session",
        uri_template=SESSION_TEMPLATE,
        description="A conversation with agents, as Markdown.",
        mime_type=_MARKDOWN,
    )
    file = ResourceTemplate(
        name="workspace-file",
        title="A file of a workspace",
        uri_template=FILE_TEMPLATE,
        description="A text file in a folder that agents work in; a path that ends with / lists the folder. Secret files are refused.",
        mime_type=_PLAIN,
    )
    return ListResourceTemplatesResult(resource_templates=[session, file])


async def read_resource(context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
    """Read a session or a file. Raises ``MCPError`` where there is none, or it is refused."""
    house, uri = house_in(context), str(params.uri)
    try:
        text, kind = await _read(house, uri, person_of(context))
    except ArtelierError as failure:
        missing = isinstance(failure, NotFound | FileMissing) and context.protocol_version < "2026-07-28"
        raise MCPError(_OLD_NOT_FOUND if missing else INVALID_PARAMS, failure.message, {"uri": uri, "code": failure.code}) from failure
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=kind, text=text)])


async def complete(context: Context, params: CompleteRequestParams) -> CompleteResult:
    """Complete an argument of a template; what cannot be completed has no values."""
    house, known = house_in(context), (params.context.arguments if params.context is not None else None) or {}
    template = params.ref.uri if isinstance(params.ref, ResourceTemplateReference) else ""
    begun = params.argument.value
    match template, params.argument.name:
        case (_, "session_id") if template == SESSION_TEMPLATE:
            records = await house.store.list_sessions(person_of(context), Page(200))
            found: Iterable[str] = (record.id for record in records)
        case (_, "workspace_id") if template == FILE_TEMPLATE:
            found = (record.id for record in await house.store.list_workspaces())
        case (_, "path") if template == FILE_TEMPLATE:
            found = await _paths(house, known.get("workspace_id", ""), begun)
        case _:
            found = ()
    values = [value for value in found if value.startswith(begun)]
    shown = values[:_MOST_COMPLETIONS]
    return CompleteResult(completion=Completion(values=shown, total=len(values), has_more=len(values) > len(shown)))


def _listed(record: SessionRecord) -> Resource:
    return Resource(
        uri=f"{SESSIONS}{record.id}",
        name=record.title or record.id,
        description=f"{record.status}, {record.agent}" if record.agent else record.status,
        mime_type=_MARKDOWN,
        annotations=Annotations(last_modified=record.updated_at.isoformat()),
    )


async def _read(house: House, uri: str, person: str) -> tuple[str, str]:
    if uri.startswith(SESSIONS) and _is_identifier(uri[len(SESSIONS) :]):
        session = await own_session(house, uri[len(SESSIONS) :], person)
        return markdown_of(session, await _journal(house, session.id)), _MARKDOWN
    workspace, slash, path = uri[len(WORKSPACES) :].partition("/") if uri.startswith(WORKSPACES) else ("", "", "")
    if not slash or not _is_identifier(workspace):
        raise NotFound(f"There is nothing at this address. Addresses are {SESSION_TEMPLATE} and {FILE_TEMPLATE}.")
    folder = await _opened(house, workspace)
    path = _path_of(path)
    if not path or path.endswith("/"):
        return await _names(folder, path, workspace), _MARKDOWN
    return await _text(folder, path), _PLAIN


async def _opened(house: House, workspace: str) -> Workspace:
    return house.workspaces.open(await house.store.get_workspace(workspace))


def _path_of(written: str) -> str:
    path = unquote(written, errors="surrogateescape")
    if "\0" in path or any("\ud800" <= letter <= "\udfff" for letter in path):
        raise PathRefused("The path holds bytes that are no clean UTF-8.")
    return path


async def _journal(house: House, session: str) -> list[Event]:
    events: list[Event] = []
    while page := await house.store.read(session, events[-1].seq if events else 0, _EVENTS):
        events += page
    return events


async def _names(folder: Workspace, path: str, workspace: str) -> str:
    listing = await folder.list_folder(path.rstrip("/") or ".", 1)
    lines = [
        f"- [{entry.path}]({WORKSPACES}{workspace}/{quote(entry.path)}{'/' if entry.kind == 'folder' else ''})" for entry in listing.entries
    ]
    return "\n".join([f"# {path or 'The folder'}", "", *lines, *(["", "*There is more.*"] if listing.truncated else [])]) + "\n"


async def _text(folder: Workspace, path: str) -> str:
    parts: list[str] = []
    line, length = 1, 0
    while True:
        window = await folder.read_text(path, line, _LINES)
        parts.append(window.text)
        length, line = length + len(window.text), line + window.lines
        if not window.lines or (window.total_lines is not None and line > window.total_lines):
            return "".join(parts)
        if length > LONGEST_FILE:
            raise TooLarge(f"'{path}' is longer than the {LONGEST_FILE} characters that are shown at once. Ask an agent for a part of it.")


async def _paths(house: House, workspace: str, begun: str) -> list[str]:
    """Return what lies in the folder that a path names so far."""
    above = begun.rpartition("/")[0]
    try:
        folder = await _opened(house, workspace if _is_identifier(workspace) else house.workspace.id)
        listing = await folder.list_folder(_path_of(above) or ".", 1)
    except ArtelierError:  # there is nothing to complete from
        return []
    return [f"{entry.path}/" if entry.kind == "folder" else entry.path for entry in listing.entries]


def _is_identifier(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
