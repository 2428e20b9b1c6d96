"""Is it alive, and can it work: routes for supervisors and people."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from artelier import __version__
from artelier.api.views import house_of
from artelier.domain.errors import StoreError
from artelier.runtime.models import REHEARSAL

router = APIRouter(prefix="/health", tags=["health"])


class PartView(BaseModel):
    """One part of the house."""

    state: Literal["ok", "degraded", "down"]
    detail: str = ""


class ReadyView(BaseModel):
    """Whether it can work, part by part."""

    status: Literal["ok", "degraded", "down"]
    version: str
    at: datetime
    parts: dict[str, PartView]


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as long as the process runs."""
    return {"status": "ok"}


@router.get("/ready", response_model=ReadyView)
async def ready(request: Request) -> Response:
    """Tell whether runs can be worked on; 503 when the database is down."""
    house = house_of(request)
    parts = {"database": await _database(request), "models": _models(request), "sandbox": _sandbox(request), "settings": _settings(request)}
    parts |= {"plugins": _plugins(request), "cache": _cache(request)}
    parts["workers"] = PartView(state="ok", detail=f"{house.workforce.busy} runs at work")
    states = {part.state for part in parts.values()}
    status: Literal["ok", "degraded", "down"] = "down" if "down" in states else "degraded" if "degraded" in states else "ok"
    view = ReadyView(status=status, version=__version__, at=house.clock.now(), parts=parts)
    return JSONResponse(view.model_dump(mode="json"), 503 if status == "down" else 200)


async def _database(request: Request) -> PartView:
    try:
        await house_of(request).store.ping()
    except StoreError as failure:
        return PartView(state="down", detail=failure.message)
    return PartView(state="ok")


def _models(request: Request) -> PartView:
    default = house_of(request).models.default
    if default == REHEARSAL:
        return PartView(state="degraded", detail="No model is configured; the rehearsal model answers. Run `artelier init`.")
    if left_alone := house_of(request).models.left_alone:
        return PartView(state="degraded", detail=f"{default}; these failed again and again and are left alone: {', '.join(left_alone)}")
    return PartView(state="ok", detail=default)


def _sandbox(request: Request) -> PartView:
    sandbox = house_of(request).sandbox
    walled = sandbox.level not in {"off", "none"}
    return PartView(state="ok" if walled else "degraded", detail="; ".join((sandbox.level, sandbox.detail, *sandbox.warnings)))


def _settings(request: Request) -> PartView:
    report, untrusted = house_of(request).reloader.report, house_of(request).reloader.untrusted
    if report.problems or untrusted:
        stay = ("They stay as they were:",) if report.problems else ()
        return PartView(state="degraded", detail=" ".join((*stay, *report.problems, *untrusted)))
    return PartView(state="ok", detail=f"At the next start: {', '.join(report.at_start)}" if report.at_start else "")


def _plugins(request: Request) -> PartView:
    plugins = house_of(request).standing.now.plugins
    if plugins.problems:
        return PartView(state="degraded", detail=" ".join(plugins.problems))
    return PartView(state="ok", detail=f"{len(plugins.loaded)} in force" if plugins.loaded else "")


def _cache(request: Request) -> PartView:
    caches = house_of(request).caches
    if caches.far.failing:
        detail = f"{caches.far_kind} failed when it was last asked; what it keeps is a miss until it answers. The log says why."
        return PartView(state="degraded", detail=detail)
    return PartView(state="ok", detail=f"memory, {caches.far_kind}")
