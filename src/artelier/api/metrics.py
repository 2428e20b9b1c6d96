"""Figures for Prometheus, at the root."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from artelier.api.guard import find_person
from artelier.api.views import house_of
from artelier.runtime.figures import figures_of
from artelier.telemetry.metrics import CONTENT_TYPE, exposition

router = APIRouter(tags=["health"], dependencies=[Depends(find_person)])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Return what this process counts, in Prometheus's text format; a scraper sends the token as any program does."""
    house = house_of(request)
    return Response(exposition(lambda: figures_of(house)), media_type=CONTENT_TYPE)
