"""A small object store that speaks as much of S3 as a cache needs: put, put unless there, get, delete."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from threading import Thread

from aiohttp import web

_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>no</Message></Error>"


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=_ERROR.format(code), content_type="application/xml")


@asynccontextmanager
async def object_store_serving(kept: dict[str, bytes] | None = None) -> AsyncIterator[str]:
    """Serve until the block ends; yields the address."""
    objects = {} if kept is None else kept

    async def answer(request: web.Request) -> web.Response:
        name, body = request.path, await request.read()
        if request.method == "PUT":
            if request.headers.get("If-None-Match") == "*" and name in objects:
                return _error(412, "PreconditionFailed")
            objects[name] = body
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "DELETE":
            objects.pop(name, None)
            return web.Response(status=204)
        return web.Response(body=objects[name], headers={"ETag": '"x"'}) if name in objects else _error(404, "NoSuchKey")

    app = web.Application()
    app.router.add_route("*", "/{name:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextmanager
def object_store_in_thread() -> Iterator[str]:
    """Serve in a thread of its own, for tests whose loops come and go."""
    loop, held = asyncio.new_event_loop(), AsyncExitStack()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(held.enter_async_context(object_store_serving()), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(held.aclose(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
