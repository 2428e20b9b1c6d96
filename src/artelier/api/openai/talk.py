"""One request of a program made for OpenAI: which agent it means, and what it is told of its run."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from artelier.api.answering import Talk
from artelier.api.following import followed
from artelier.api.openai.telling import Piece, Telling
from artelier.api.openai_errors import ModelNotFound
from artelier.runtime.house import House

OWNER = "artelier"
AUTO = f"{OWNER}/auto"
SESSION = "X-Artelier-Session"
RUN = "X-Artelier-Run"


async def pieces(talk: Talk) -> AsyncIterator[Piece | None]:
    """Yield what the run says until it rests, and what it waits for; None each 15 quiet seconds. Ends where its model is away."""
    telling = Telling(talk.run)
    if talk.goes_on:
        async with aclosing(followed(talk.house, talk.session, talk.after, talk.run, talk.known)) as told:
            async for frames in told:
                if not frames:
                    yield None
                for piece in telling.take(frames):
                    yield piece
                if await talk.is_left(frames):
                    return
    waiting = await talk.what_waits(await talk.rested())
    if waiting:
        yield Piece("text", f"\n\n{waiting}" if telling.text else waiting)


def agent_of(house: House, model: str) -> str:
    """Return the agent that a model's name means, empty for whoever suits. Raises ``ModelNotFound``."""
    name = model.removeprefix(f"{OWNER}/")
    if name == "auto":
        return ""
    if name not in house.agents:
        known = ", ".join([AUTO, *(f"{OWNER}/{each}" for each in sorted(house.agents))])
        raise ModelNotFound(f"The model '{model}' does not exist. These do: {known}.")
    return name
