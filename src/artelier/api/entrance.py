"""The way in for a browser: the exchange of a one-time link for a cookie, and who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints

from artelier.access.local import COOKIE_LIFE
from artelier.api.guard import COOKIE, Person, find_person
from artelier.api.problems import Unauthorized
from artelier.api.schemas import Body
from artelier.api.views import house_of

router = APIRouter()


class ExchangeBody(Body):
    """The code of a one-time link."""

    code: Annotated[str, StringConstraints(max_length=200)]


class LinkView(BaseModel):
    """The code of a fresh one-time link."""

    code: str


class MeView(BaseModel):
    """Who asks."""

    person: str


@router.post("/api/v1/auth/exchange", tags=["auth"], status_code=204)
async def exchange_link(request: Request, body: ExchangeBody) -> Response:
    """Spend a one-time link's code for the cookie of its owner."""
    cookie = house_of(request).access.exchange(body.code)
    if cookie is None:
        raise Unauthorized("This link is spent or too old. `artelier open` makes a new one.")
    answer = Response(status_code=204)
    answer.set_cookie(COOKIE, cookie, max_age=int(COOKIE_LIFE.total_seconds()), httponly=True, samesite="strict", path="/")
    return answer


@router.post("/api/v1/auth/links", tags=["auth"], status_code=201, dependencies=[Depends(find_person)])
async def make_link(request: Request) -> LinkView:
    """Make a new one-time link; open ``/#link=CODE`` in a browser within 15 minutes."""
    return LinkView(code=house_of(request).access.make_link_code())


@router.post("/api/v1/auth/logout", tags=["auth"], status_code=204)
async def log_out() -> Response:
    """Forget the browser's cookie."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@router.get("/api/v1/auth/me", tags=["auth"])
async def who_am_i(person: Person) -> MeView:
    """Say who asks."""
    return MeView(person=person)
