"""One server in this process: the API over an open house, with the state folder's lock and its card for other commands."""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager

import uvicorn
from msgspec import Struct, structs

from artelier.api.app import create_app
from artelier.domain.errors import ArtelierError, SettingsError
from artelier.runtime.assemble import open_house
from artelier.runtime.ground import Plan
from artelier.runtime.house import House
from artelier.stores.state_folder import StateFolder

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Served(Struct, frozen=True):
    """A server that answers now."""

    address: str
    house: House
    stopped: asyncio.Future[None]
    """Done once the server has stopped."""
    stop: Callable[[], None]
    """Stop it in order: streams end, tools at work are let end, leases are released."""


class _Server(uvicorn.Server):
    """uvicorn's server, which ends our endless streams before it waits for connections to close."""

    house: House | None = None

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, and tell when requests are answered."""
        await super().startup(sockets)
        self.answers.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then stop as uvicorn does."""
        if self.house is not None:
            self.house.bus.close()
        await super().shutdown(sockets)


@asynccontextmanager
async def serving(plan: Plan, host: str, port: int, *, handle_signals: bool) -> AsyncIterator[Served]:
    """Take the state folder, listen, and serve until the block ends.

    Raises ``StateFolderTaken`` when another process owns the folder, ``SettingsError`` for an address that cannot be used.
    """
    if host not in LOOPBACK:
        raise SettingsError(f"Refusing to listen on {host}: a server that runs commands is open to this machine alone. Use 127.0.0.1.")
    folder = StateFolder(plan.state_folder)
    folder.acquire()
    listener = None
    try:
        listener = _listen(host, port)
        plan = structs.replace(plan, port=listener.getsockname()[1])
        async with _running(plan, listener, handle_signals=handle_signals) as served:
            folder.write_server(served.address, served.house.access.operator_token, os.getpid())
            yield served
    finally:
        if listener is not None:
            listener.close()
        folder.release()


@asynccontextmanager
async def _running(plan: Plan, listener: socket.socket, *, handle_signals: bool) -> AsyncIterator[Served]:
    opened: asyncio.Future[House] = asyncio.get_running_loop().create_future()
    server = _Server(_config(_telling(plan, opened), float(plan.read.settings.workers.drain_seconds)))
    # uvicorn's own signal handling ends the process before anything around it is put in order.
    task = asyncio.ensure_future(server._serve([listener]))  # noqa: SLF001  there is no public way without signal handlers
    if handle_signals:
        _stop_on_signals(server)
    try:
        await asyncio.wait((task, opened), return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            await task
            raise SettingsError("The server did not start; the log says why.")
        server.house = opened.result()
        with calm_collector():
            await server.answers.wait()
            yield Served(_address(listener), server.house, task, lambda: setattr(server, "should_exit", True))
    finally:
        server.should_exit = True
        await asyncio.wait((task,))
        if opened.done() and opened.exception() is None:
            task.result()


@contextmanager
def calm_collector() -> Iterator[None]:
    """Let the garbage collector look less often, and not at what was there at the start, until the block ends.

    A server with hundreds of runs at once holds many long-lived objects; walking them all every 700 allocations cost a
    quarter of its time. Cycles are rare here: frozen values have none. Nothing is collected before, since what was loaded
    left little garbage, and looking for it takes longer than opening the house.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _stop_on_signals(server: _Server) -> None:
    """Stop in order at the first SIGINT or SIGTERM; a second one does not wait for tools at work."""

    def stop() -> None:
        if server.should_exit:  # what is torn off now is nobody's fault
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
            server.force_exit = True
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _telling(plan: Plan, opened: asyncio.Future[House]) -> Callable[[], AbstractAsyncContextManager[House | None]]:
    """Return what opens the house for the server. A house that cannot be opened is told to us alone: uvicorn would print a trace."""

    @asynccontextmanager
    async def telling() -> AsyncIterator[House | None]:
        async with AsyncExitStack() as closing:
            house = None
            try:
                house = await closing.enter_async_context(open_house(plan))
            except ArtelierError as failure:
                opened.set_exception(failure)
            else:
                opened.set_result(house)
            yield house

    return telling


def _config(open_house: Callable[[], AbstractAsyncContextManager[House | None]], drain_seconds: float) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(open_house),
        lifespan="on",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=int(drain_seconds) + 5,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; otherwise each answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as failure:
        listener.close()
        raise SettingsError(
            f"Cannot listen on {host}:{port} ({failure.strerror}). Stop what uses it, or choose another port with --port."
        ) from failure
    listener.setblocking(False)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
