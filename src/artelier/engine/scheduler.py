"""Which calls may start now: those that touch nothing an earlier unfinished call touches."""

from collections.abc import Mapping

from artelier.domain.calls import Access
from artelier.engine.state import CallState

_UNKNOWN = Access(exclusive=True)


def ready(
    open_calls: tuple[CallState, ...], startable: frozenset[str], access: Mapping[str, Access], in_flight: frozenset[str], limit: int
) -> tuple[str, ...]:
    """Return the ids of the calls to start together, in the order asked.

    The law: a call starts only when every earlier call it conflicts with has ended, so results and files equal those of
    running the calls one by one. A call whose access nobody knows is exclusive.
    """
    chosen: list[str] = []
    for index, call in enumerate(open_calls):
        if len(chosen) + len(in_flight) >= limit:
            break
        if call.call.id not in startable:
            continue
        own = access.get(call.call.id, _UNKNOWN)
        if not any(own.conflicts_with(access.get(earlier.call.id, _UNKNOWN)) for earlier in open_calls[:index]):
            chosen.append(call.call.id)
    return tuple(chosen)
