"""The console's files: one page for all its addresses, and what that page is made of."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

ASSETS = Path(__file__).parent / "assets"
CONSOLE = ASSETS / "console"
"""Where the build of ``web/`` puts the console: part of wheels, absent from a clone in which nothing could build it."""
PAGES = ("sessions", "inbox", "usage", "agents", "tools", "models", "settings", "health")
"""First parts of the addresses that the console tells apart in the browser; ``/health`` alone is a page, what lies below is not."""


class _Kept(StaticFiles):
    """Files whose names hold a digest of their content: a browser never asks for them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, to be kept for a year."""
        answer = await super().get_response(path, scope)
        if "-" in path:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


async def show_console() -> Response:
    """Show the console; it holds nothing of anybody's."""
    page = CONSOLE / "index.html"
    return FileResponse(page if page.exists() else ASSETS / "unbuilt.html", headers={"Cache-Control": "no-cache"})


def is_for_people(request: Request) -> bool:
    """Return whether a browser asks for a page at an address that belongs to no protocol."""
    protocols = ("/api/", "/v1", "/agui", "/mcp", "/health/", "/metrics", "/docs", "/openapi.json", "/built/")
    return request.method == "GET" and "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(protocols)


def show_nothing_here() -> Response:
    """Show the console, which says in the person's language that there is nothing at this address."""
    page = CONSOLE / "index.html"
    return FileResponse(page if page.exists() else ASSETS / "unbuilt.html", 404, headers={"Cache-Control": "no-cache"})


def install(app: FastAPI) -> None:
    """Serve the console's addresses and files."""
    below = [f"/{page}/{{rest:path}}" for page in PAGES if page != "health"]
    for path in ("/", *(f"/{page}" for page in PAGES), *below):
        app.add_api_route(path, show_console, include_in_schema=False)
    if (CONSOLE / "built").is_dir():
        app.mount("/built", _Kept(directory=CONSOLE / "built"))
