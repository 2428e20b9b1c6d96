"""The HTTP API: routers over the house, guarded as a whole."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from artelier import __version__
from artelier.api import (
    agents,
    caches,
    catalogue,
    changes,
    chat,
    console,
    conversations,
    debugging,
    documentation,
    entrance,
    explaining,
    exporting,
    foreseeing,
    forking,
    health,
    metrics,
    models,
    pictures,
    plugins,
    problems,
    routing,
    runs,
    settings,
    stream,
    trust,
    usage,
    webhooks,
)
from artelier.api.agui import router as agui
from artelier.api.guard import HostGuard
from artelier.api.mcp import router as mcp
from artelier.api.openai import chat as openai_chat
from artelier.api.openai import models as openai_models
from artelier.api.openai import responses as openai_responses
from artelier.api.told import Told
from artelier.runtime.house import House

_DESCRIPTION = """A self-hosted runtime for teams of AI agents.

Send a message (`POST /api/v1/chat`, or `POST /api/v1/sessions/{id}/messages`), follow the session's stream, answer what is asked.
Programs say `Authorization: Bearer TOKEN` with the token that `artelier token` prints. Errors are `application/problem+json`."""


class _GuardedApp(FastAPI):
    """An application whose guard stands before everything else, so that refusals and failures pass it too."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the guard around all that FastAPI does, and around it the way of streams past both."""
        return stream.StraightSend(HostGuard(super().build_middleware_stack()))


def create_app(open_house: Callable[[], AbstractAsyncContextManager[House | None]]) -> FastAPI:
    """Return the application; the house is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_house() as house:
            app.state.house = house
            yield

    app = _GuardedApp(
        title="Artelier",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=problems.DOCUMENTED,
        separate_input_output_schemas=False,
    )
    app.state.told = Told()
    problems.install(app)
    rooms = (
        *(
            chat,
            conversations,
            forking,
            exporting,
            changes,
            pictures,
            stream,
            runs,
            foreseeing,
            catalogue,
            explaining,
            models,
            agents,
            settings,
            plugins,
        ),
        *(routing, trust, debugging, caches, usage, webhooks, entrance, health, metrics),
    )
    foreign = (agui, mcp, openai_chat, openai_models, openai_responses)
    for room in (*rooms, *foreign):
        app.include_router(room.router)
    documentation.install(app)
    console.install(app)
    return app
