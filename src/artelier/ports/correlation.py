"""What is being worked on right now, carried into every task and thread that works on it."""

from contextvars import ContextVar

from msgspec import Struct


class Correlation(Struct, frozen=True):
    """The ids that logs, traces and outgoing requests carry."""

    trace: str = ""
    session: str = ""
    run: str = ""
    call: str = ""


correlation: ContextVar[Correlation] = ContextVar("correlation", default=Correlation())  # noqa: B039  it is frozen
"""Set once per task; tasks and threads made from it inherit it."""
