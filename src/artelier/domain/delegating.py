"""Work given to other agents: what the journal of the giver says, and how a delegated session knows where it belongs."""

from typing import ClassVar

from msgspec import Struct

from artelier.domain.usage import Usage


class Parent(Struct, frozen=True):
    """The call that a delegated session answers."""

    session: str
    run: str
    call: str
    delegated: str
    """The run, the first of the delegated session, whose end answers the call."""
    root: str
    """The session that a person speaks in, at the top of all."""
    depth: int = 1
    """How many delegations lie above it."""
    agents: tuple[str, ...] = ()
    """Who gave the work on, from the top down."""


class DelegateSent(Struct, frozen=True):
    """A call gave work to another agent, in a session of its own."""

    type: ClassVar[str] = "delegate_sent"
    call: str
    agent: str
    session: str
    run: str


class DelegateReturned(Struct, frozen=True, omit_defaults=True):
    """The other agent's run ended: what it answered is the result of the call, what it used is used here."""

    type: ClassVar[str] = "delegate_returned"
    call: str
    session: str
    run: str
    status: str
    """``finished``, ``failed`` or ``cancelled``."""
    reply: str = ""
    code: str = ""
    usage: Usage = Usage()
    seen: tuple[str, ...] = ()
    """Labels of what it has seen."""
