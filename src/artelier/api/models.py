"""Routes of models: what is offered, where models can come from, and connecting one."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, SecretStr, StringConstraints

from artelier.api.bodies import Body
from artelier.api.guard import find_commander, find_person
from artelier.api.schemas import Listing
from artelier.api.views import house_of
from artelier.providers.local import find_local_servers
from artelier.runtime.connecting import ModelDesk

router = APIRouter(prefix="/api/v1/models", tags=["catalogue"])


class ModelView(BaseModel):
    """One model, by the name a request says."""

    name: str
    provider: str
    default: bool
    left_alone: bool
    """Whether it failed so often that nobody asks it for a while."""


class ModelSourceView(BaseModel):
    """One place that models can come from: a vendor, or a server of the machine that Artelier runs on."""

    name: str
    title: str
    model: str
    """What is asked where nothing else is named; empty where only you can say."""
    pattern: str
    """How a model is written, where it holds something of your own."""
    models: list[str]
    """What a server of the machine offers."""
    port: int
    """Of the machine; 0 for a vendor, who needs a key."""
    answers: bool
    connected: bool


class ConnectBody(Body):
    """A source by its name, the vendor's key (empty for the one that is there already), and the model that is to answer."""

    source: Annotated[str, StringConstraints(max_length=64)]
    key: Annotated[SecretStr, Field(max_length=4096)] = SecretStr("")
    model: Annotated[str, StringConstraints(max_length=200)]


class ConnectedView(BaseModel):
    """The model that answered, and is the default from now on."""

    model: str
    reply: str
    seconds: float
    cost: Annotated[float, Field(description="US dollars of the one question; 0 where no price is known.")]


@router.get("", dependencies=[Depends(find_person)])
async def list_models(request: Request) -> Listing[ModelView]:
    """List the models that the configured providers offer."""
    offers = await house_of(request).models.list_models()
    return Listing(items=[ModelView.model_validate(msgspec.to_builtins(offer)) for offer in offers])


@router.get("/sources", dependencies=[Depends(find_person)])
async def list_model_sources(request: Request) -> Listing[ModelSourceView]:
    """List where models can come from: vendors, and servers of the machine on their usual ports, looked for now."""
    sources = await _desk(request).sources()
    return Listing(items=[ModelSourceView.model_validate(msgspec.to_builtins(source)) for source in sources])


@router.post("/connect", dependencies=[Depends(find_commander)])
async def connect_model(request: Request, body: ConnectBody) -> ConnectedView:
    """Ask a model for one word and, if it answers, make it the default: at once, for every run that begins from now on.

    The key is kept in a file that only the server reads (mode 0600) and is never shown again. Nothing is written where the model
    does not answer. Other addresses than those of the sources are connected at the machine, by `artelier init`.
    """
    connected = await _desk(request).connect(body.source, body.key.get_secret_value(), body.model)
    return ConnectedView.model_validate(msgspec.to_builtins(connected))


def _desk(request: Request) -> ModelDesk:
    house = house_of(request)
    return ModelDesk(house.standing, house.reloader, house.state_folder, find_local_servers)
