"""What is in force no more, kept until no run has the models it came with."""

import weakref
from typing import Generic, TypeVar

from artelier.runtime.models import Models

Thing = TypeVar("Thing")


class Outlived(Generic[Thing]):
    """Things of earlier settings, each for as long as somebody holds the models that it was in force with."""

    def __init__(self) -> None:
        self._held: list[tuple[weakref.ref[Models], Thing]] = []

    def add(self, models: Models, thing: Thing) -> None:
        """Keep a thing until these models are nobody's."""
        self._held.append((weakref.ref(models), thing))

    def pop_gone(self) -> list[Thing]:
        """Return what nobody has any more, once."""
        gone, held = [], []
        for each in self._held:  # one look at each: what dies between two looks would be in neither list
            if each[0]() is None:
                gone.append(each[1])
            else:
                held.append(each)
        self._held = held
        return gone

    @property
    def things(self) -> list[Thing]:
        """What is still had."""
        return [thing for _, thing in self._held]

    def pop_all(self) -> list[Thing]:
        """Return everything, had or not."""
        things, self._held = self.things, []
        return things
