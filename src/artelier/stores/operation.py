"""What a database does for us, without saying how it is reached.

An operation is a generator: it yields statements, is sent the rows they gave, and returns its result. Whoever drives it
decides about threads, connections and transactions, so each operation is written once for every SQL database.
It judges first and writes afterwards: an operation that refuses has normally written nothing.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Executable

from artelier.domain.events import Event
from artelier.stores.records import Row

Parameters = dict[str, Any]
Rows = Sequence[Row]
Result = TypeVar("Result")


class Step(NamedTuple):
    """One statement with its parameters; with a list of them it is run once for each and gives no rows."""

    statement: Executable
    parameters: Parameters | list[Parameters]


class Appended(NamedTuple):
    """Not a statement: these events become true with the transaction, and are told to others then."""

    events: tuple[Event, ...]


Tell = Callable[[tuple[Event, ...]], None]
"""Told of events once they are durable, in the order in which they were stored."""

Steps = Generator[Step | Appended, Rows, Result]
"""An operation under way. One that writes is begun with the store's present time in microseconds as its first argument,
and may be begun again after a rollback."""


def nobody(_: tuple[Event, ...]) -> None:
    """Tell nobody."""


def first(rows: Rows) -> Row | None:
    """Return the first row, None when there is none."""
    return rows[0] if rows else None
