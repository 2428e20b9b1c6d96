"""What surrounds a message of a client: the HTTP request it came by, the house, and who asks."""

from typing import Any

from mcp.server.context import ServerRequestContext
from starlette.requests import Request

from artelier.api.views import house_of
from artelier.runtime.house import House

PERSON = "artelier.person"
"""Where the door leaves in a request's scope who asks."""
Context = ServerRequestContext[Any, Any]


def request_of(context: Context) -> Request:
    """Return the HTTP request that brought a message."""
    request = context.request
    assert isinstance(request, Request)  # noqa: S101  this server is reached by HTTP alone
    return request


def house_in(context: Context) -> House:
    """Return the house."""
    return house_of(request_of(context))


def person_of(context: Context) -> str:
    """Return who asks."""
    person: str = request_of(context).scope[PERSON]
    return person
