"""A server for tests in a thread of its own: for tests without an event loop, and for one server of many tests."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from artelier.providers.scripted import ScriptedTurn
from artelier.testing.plans import Options
from artelier.testing.serving import PATIENCE, Server, serving

_Started = tuple[Server, Callable[[], object]]


@contextmanager
def serving_in_thread(workspace: Path, script: Sequence[ScriptedTurn] | Path, **options: Unpack[Options]) -> Iterator[Server]:
    """Serve in another thread until the block ends. ``serving`` says the rest.

    The server's own ``client`` belongs to that thread's event loop: make another of ``address`` and ``token``.
    """
    started: Future[_Started] = Future()
    with ThreadPoolExecutor(1, "artelier-testing") as pool:
        work = pool.submit(lambda: asyncio.run(_serve(workspace, script, options, started)))
        either: tuple[Future[Any], ...] = (started, work)
        wait(either, PATIENCE, FIRST_COMPLETED)
        if work.done():
            work.result()
        server, stop = started.result(0)
        try:
            yield server
        finally:
            stop()
            work.result(PATIENCE)


async def _serve(workspace: Path, script: Sequence[ScriptedTurn] | Path, options: Options, started: Future[_Started]) -> None:
    stopping = asyncio.Event()
    async with serving(workspace, script, **options) as server:
        started.set_result((server, partial(asyncio.get_running_loop().call_soon_threadsafe, stopping.set)))
        await stopping.wait()
