"""How kept replies are forgotten."""

from artelier.providers.kept_replies import EVERYBODYS, generations
from artelier.runtime.house import House


async def forget_replies(house: House, person: str, agent: str = "") -> None:
    """Forget the kept replies to a person, those of one agent where it is named; here at once, elsewhere within moments."""
    _, everything, of_agent = generations(person, agent)
    await house.caches.generations.renew(of_agent if agent else everything)


async def forget_everybodys(house: House) -> None:
    """Forget the kept replies to everybody."""
    await house.caches.generations.renew(EVERYBODYS)
