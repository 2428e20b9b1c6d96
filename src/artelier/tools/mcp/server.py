"""One MCP server: a task that owns its connection, and calls that find it there, wait for it, or fail alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from enum import StrEnum
from random import Random
from typing import Any

from msgspec import Struct

from artelier.domain.errors import ArtelierError, McpToolChanged, McpUnavailable
from artelier.ports.clock import Clock
from artelier.tools.mcp.pins import Pins
from artelier.tools.mcp.session import Answer, Connector, Definition, Listener, ServerPlan, Session

_log = logging.getLogger(__name__)
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 10.0
"""A connection that held so long was no failure: the next pause is the first one again."""
_PROBE_SECONDS = 10.0


class ServerState(StrEnum):
    """Where a server stands."""

    CONNECTING = "connecting"
    READY = "ready"
    FAILED = "failed"
    """It is tried again after a pause, or at the next call."""
    STOPPED = "stopped"


class Surroundings(Struct, frozen=True):
    """What all servers share."""

    load: Callable[[], Awaitable[Connector]]
    """Return the SDK, loaded when first wanted."""
    pins: Pins
    clock: Clock
    random: Random


class Server:
    """Keeps one server connected while ``keep`` runs; ``offer`` is told the tools of one that was never seen before."""

    def __init__(
        self, plan: ServerPlan, around: Surroundings, known: tuple[Definition, ...] | None, offer: Callable[["Server"], None]
    ) -> None:
        self.plan = plan
        self.state = ServerState.CONNECTING
        self.last_error = ""
        self.known = known
        """The accepted tools; None for a server that was never seen."""
        self.withheld: dict[str, str] = {}
        """Tools that are refused, by the server's name for them, and why."""
        self._around = around
        self._offer = offer
        self._session: Session | None = None
        self._connector: Connector | None = None
        self._moved = asyncio.Event()
        """Set and replaced whenever the state changes."""
        self._attempts = 0
        self._lost = asyncio.Event()
        self._wanted = asyncio.Event()
        self._listed_again = asyncio.Event()

    def checker(self, definition: Definition) -> Callable[[dict[str, Any]], None] | None:
        """Return what checks the arguments of a tool, None before the SDK is there."""
        return None if self._connector is None else self._connector.checker(definition.parameters)

    async def keep(self) -> None:
        """Connect, and connect again whenever the connection is lost, until cancelled."""
        failures = 0
        try:
            while True:
                begun = self._around.clock.now()
                try:
                    await self._one_connection()
                except (ArtelierError, OSError, TimeoutError) as failure:
                    self._fail(_words(failure, self.plan))
                except Exception as failure:  # noqa: BLE001  a broken server must stay the only thing that is broken; it is logged
                    _log.exception("the MCP server %s failed in a way it should not", self.plan.name)
                    self._fail(f"{type(failure).__name__}: {failure}")
                held = (self._around.clock.now() - begun).total_seconds() >= STEADY_SECONDS
                failures = 1 if held else failures + 1
                await self._pause(failures)
        finally:
            self._session = None
            self._move(ServerState.STOPPED)

    async def settled(self) -> None:
        """Return once its tools are known, or its first attempt to tell them has failed."""
        while self.known is None and self.state is ServerState.CONNECTING:
            await self._moved.wait()

    async def call(self, definition: Definition, arguments: dict[str, Any], progress: Callable[[str], None]) -> Answer:
        """Call a tool. Raises ``McpUnavailable``, ``McpToolChanged``, ``ArgumentsInvalid``, ``ToolError`` as the server's refusal."""
        session = await self._connected()
        self._refuse_withheld(definition.name)
        check = self.checker(definition)
        if check is not None:
            check(arguments)
        try:
            async with asyncio.timeout(self.plan.call_seconds):
                return await session.call(definition.name, arguments, progress)
        except TimeoutError as failure:
            self._listed_again.set()  # one that hangs altogether is found out by asking it something else
            raise McpUnavailable(
                f"The MCP server {self.plan.name} did not answer within {self.plan.call_seconds:g} s; the call may have taken effect. "
                "Look before you repeat it."
            ) from failure
        except McpUnavailable as failure:
            self._lose(session, failure.message)
            raise

    async def _one_connection(self) -> None:
        self._attempts += 1
        self._wanted.clear()
        self._move(ServerState.CONNECTING)
        lost = self._lost = asyncio.Event()
        self._listed_again = asyncio.Event()
        listener = Listener(self._listed_again.set, lambda why: self._end(lost, why))
        connector = self._connector = await self._around.load()
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self.plan.connect_seconds):
                session = await stack.enter_async_context(connector.connect(self.plan, listener))
                await self._compare(await session.list_tools(), connector)
            self._session = session
            self.last_error = ""
            self._move(ServerState.READY)
            try:
                await self._watch(session, connector)
            finally:
                self._session = None

    async def _watch(self, session: Session, connector: Connector) -> None:
        """Return once the connection is lost; list the tools again whenever they may have changed."""
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            while True:
                again = asyncio.ensure_future(self._listed_again.wait())
                await asyncio.wait({lost, again}, return_when=asyncio.FIRST_COMPLETED)
                again.cancel()
                if lost.done():
                    return
                self._listed_again.clear()
                try:
                    async with asyncio.timeout(min(_PROBE_SECONDS, self.plan.connect_seconds)):
                        found = await session.list_tools()
                except TimeoutError as failure:
                    raise McpUnavailable("it hangs: it does not even list its tools") from failure
                await self._compare(found, connector)
        finally:
            lost.cancel()

    async def _compare(self, found: tuple[Definition, ...], connector: Connector) -> None:
        """Take the tools of a server never seen before; otherwise withhold each that is not what was accepted."""
        if self.known is None:
            accepted_now = tuple(each for each in found if self._has_schema(each, connector))
            await self._around.pins.write(self.plan, accepted_now)
            self.known = chosen(self.plan, accepted_now)
            self._offer(self)
            return
        usable = {each.name: each for each in chosen(self.plan, found)}
        accepted = {each.name: each.digest for each in self.known}
        withheld = {name: "it is not offered any more" for name in accepted if name not in usable}
        withheld |= {name: "it is described otherwise than when it was accepted" for name in accepted if _differs(accepted, usable, name)}
        withheld |= {name: "it is new" for name in usable if name not in accepted}
        for name in withheld.keys() - self.withheld.keys():
            _log.warning("MCP server %s: the tool %s is withheld: %s", self.plan.name, name[:200], withheld[name])
        self.withheld = withheld
        self._move(self.state)

    def _has_schema(self, definition: Definition, connector: Connector) -> bool:
        try:
            connector.checker(definition.parameters)
        except ArtelierError as failure:
            _log.warning("MCP server %s: the tool %s is left out: %s", self.plan.name, definition.name[:200], failure.message)
            return False
        return True

    def _refuse_withheld(self, name: str) -> None:
        if name in self.withheld:
            raise McpToolChanged(
                f"The tool {name} of the MCP server {self.plan.name} is refused: {self.withheld[name]}. "
                f"A person has to look at it (`artelier mcp`) and run `artelier mcp accept {self.plan.name}`. Do without it."
            )

    async def _connected(self) -> Session:
        """Return the session, waiting for a connection that is on its way. Raises ``McpUnavailable``."""
        self._wanted.set()
        try:
            async with asyncio.timeout(self.plan.connect_seconds):
                before = self._attempts - (self.state is ServerState.CONNECTING)
                while self._session is None:
                    if self.state is ServerState.STOPPED or (self.state is ServerState.FAILED and self._attempts > before):
                        raise self._unavailable()
                    await self._moved.wait()
                return self._session
        except TimeoutError as failure:
            raise self._unavailable() from failure

    def _unavailable(self) -> McpUnavailable:
        why = f": {self.last_error}" if self.last_error else ""
        return McpUnavailable(f"The MCP server {self.plan.name} is not there{why}. It is tried again by itself; go on without it.")

    def _lose(self, session: Session, why: str) -> None:
        if self._session is session:
            self._end(self._lost, why)

    def _end(self, lost: asyncio.Event, why: str) -> None:
        """Take note that a connection has ended; one that was given up before changes nothing."""
        if lost.is_set():
            return
        lost.set()
        if lost is self._lost and self._session is not None:
            self._session = None
            self._fail(why)

    def _fail(self, why: str) -> None:
        self.last_error = why
        _log.warning("MCP server %s: %s", self.plan.name, why)
        self._move(ServerState.FAILED)

    async def _pause(self, failures: int) -> None:
        """Wait longer after each failure, never all at the same moment; a call that wants the server ends the first pauses."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 10)) * self._around.random.uniform(0.5, 1.0)
        waiting = {asyncio.ensure_future(self._around.clock.sleep(pause)), asyncio.ensure_future(self._wanted.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    def _move(self, state: ServerState) -> None:
        self.state = state
        self._moved.set()
        self._moved = asyncio.Event()


def chosen(plan: ServerPlan, definitions: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """Return the tools that the operator takes of a server."""
    return tuple(each for each in definitions if not plan.only or each.name in plan.only)


def _differs(accepted: dict[str, str], usable: dict[str, Definition], name: str) -> bool:
    return name in usable and usable[name].digest != accepted[name]


def _words(failure: Exception, plan: ServerPlan) -> str:
    if isinstance(failure, TimeoutError):
        return f"it did not greet and list its tools within {plan.connect_seconds:g} s"
    return failure.message if isinstance(failure, ArtelierError) else str(failure)
