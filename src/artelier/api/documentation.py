"""``/docs`` and ``/openapi.json``, with assets of our own: nothing is loaded from elsewhere."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from artelier.api.entrance import ASSETS

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve the interactive documentation and the files it needs."""
    app.include_router(router)
    app.mount("/assets/swagger", StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"))
    app.mount("/assets", StaticFiles(directory=ASSETS))


@router.get("/docs")
async def documentation() -> Response:
    """Show the API's documentation, to read and to try."""
    return FileResponse(ASSETS / "docs.html")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the API's description."""
    return JSONResponse(request.app.openapi())
