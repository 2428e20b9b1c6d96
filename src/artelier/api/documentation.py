"""``/docs`` and ``/openapi.json``, with assets of our own: nothing is loaded from elsewhere.

The document also holds the journal's payloads and the frames of streams, which no route's answer names: clients are
generated from it.
"""

from pathlib import Path
from typing import Any, get_args

import fastapi_offline
import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from artelier.api.console import ASSETS
from artelier.domain.events import Payload
from artelier.domain.frames import Delta

router = APIRouter(include_in_schema=False)
JOURNAL = "Journal{name}"
"""How the values of the journal are called in the document, apart from the answers of routes."""


def install(app: FastAPI) -> None:
    """Serve the interactive documentation and the files it needs."""
    app.include_router(router)
    app.mount("/assets/swagger", StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))
    app.mount("/assets", StaticFiles(directory=ASSETS))


def document(app: FastAPI) -> dict[str, Any]:
    """Return the API's description in OpenAPI 3.1: routes, and the values that streams carry."""
    described = app.openapi()
    schemas: dict[str, Any] = described["components"]["schemas"]
    if JOURNAL.format(name=Delta.__name__) not in schemas:
        _, found = msgspec.json.schema_components((*get_args(Payload), Delta), ref_template="#/components/schemas/" + JOURNAL)
        schemas |= {JOURNAL.format(name=name): schema for name, schema in sorted(found.items())}
    return described


@router.get("/docs")
async def documentation() -> Response:
    """Show the API's documentation, to read and to try."""
    return FileResponse(ASSETS / "docs.html")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the API's description."""
    return JSONResponse(document(request.app))
