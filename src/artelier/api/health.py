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
from artelier.workspaces.sandbox.warnings import CODES

router = APIRouter(prefix="/health", tags=["health"])


PartCode = Literal[
    "",
    "database_down",
    "rehearsal",
    "left_alone",
    "model",
    "sandbox",
    "workers",
    "settings_refused",
    "at_start",
    "plugins_failed",
    "plugins_loaded",
    "cache",
    "cache_failing",
]
"""What ``detail`` says, for words in any language; empty where it says nothing."""


class PartView(BaseModel):
    """One part of the house."""

    state: Literal["ok", "degraded", "down"]
    detail: str = ""
    code: PartCode = ""
    values: dict[str, str | float] = {}
    """What the code is about, by the names that ``detail`` puts into words."""


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
    busy = house.workforce.busy
    parts["workers"] = PartView(state="ok", detail=f"{busy} runs at work", code="workers", values={"busy": busy})
    states = {part.state for part in parts.values()}
    status: Literal["ok", "degraded", "down"] = "down" if "down" in states else "degraded" if "degraded" in states else "ok"
    view = ReadyView(status=status, version=__version__, at=house.clock.now(), parts=parts)
    return JSONResponse(view.model_dump(mode="json"), 503 if status == "down" else 200)


async def _database(request: Request) -> PartView:
    try:
        await house_of(request).store.ping()
    except StoreError as failure:
        return PartView(state="down", detail=failure.message, code="database_down")
    return PartView(state="ok")


def _models(request: Request) -> PartView:
    default = house_of(request).models.default
    if default == REHEARSAL:
        return PartView(
            state="degraded", detail="No model is configured; the rehearsal model answers. Run `artelier init`.", code="rehearsal"
        )
    if left_alone := ", ".join(house_of(request).models.left_alone):
        detail = f"{default}; these failed again and again and are left alone: {left_alone}"
        return PartView(state="degraded", detail=detail, code="left_alone", values={"model": default, "models": left_alone})
    return PartView(state="ok", detail=default, code="model", values={"model": default})


def _sandbox(request: Request) -> PartView:
    sandbox = house_of(request).sandbox
    walled = sandbox.level not in {"off", "none"}
    values: dict[str, str | float] = {"level": sandbox.level, "detail": sandbox.detail, "warnings": "; ".join(sandbox.warnings)}
    values["codes"] = " ".join(CODES.get(warning, "other") for warning in sandbox.warnings)
    detail = "; ".join((sandbox.level, sandbox.detail, *sandbox.warnings))
    return PartView(state="ok" if walled else "degraded", detail=detail, code="sandbox", values=values)


def _settings(request: Request) -> PartView:
    report, untrusted = house_of(request).reloader.report, house_of(request).reloader.untrusted
    if report.problems or untrusted:
        stay = ("They stay as they were:",) if report.problems else ()
        problems = {"problems": " ".join((*report.problems, *untrusted))}
        return PartView(
            state="degraded", detail=" ".join((*stay, *report.problems, *untrusted)), code="settings_refused", values={**problems}
        )
    if not report.at_start:
        return PartView(state="ok")
    names = ", ".join(report.at_start)
    return PartView(state="ok", detail=f"At the next start: {names}", code="at_start", values={"names": names})


def _plugins(request: Request) -> PartView:
    plugins = house_of(request).standing.now.plugins
    if plugins.problems:
        problems = " ".join(plugins.problems)
        return PartView(state="degraded", detail=problems, code="plugins_failed", values={"problems": problems})
    if not plugins.loaded:
        return PartView(state="ok")
    return PartView(state="ok", detail=f"{len(plugins.loaded)} in force", code="plugins_loaded", values={"count": len(plugins.loaded)})


def _cache(request: Request) -> PartView:
    caches = house_of(request).caches
    told: dict[str, str | float] = {"tier": caches.far_kind}
    if caches.far.failing:
        detail = f"{caches.far_kind} failed when it was last asked; what it keeps is a miss until it answers. The log says why."
        return PartView(state="degraded", detail=detail, code="cache_failing", values=told)
    return PartView(state="ok", detail=f"memory, {caches.far_kind}", code="cache", values=told)
