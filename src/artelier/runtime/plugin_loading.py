"""Runs a plugin's own code to see what it gives. Whatever goes wrong there is told in words, and nothing else goes wrong by it."""

import asyncio
import threading
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from artelier.domain.errors import PluginError
from artelier.ports.plugin import Plugin, PluginContext
from artelier.runtime.load import find_installed, load_file, unload
from artelier.runtime.plugin_places import Found

SECONDS = 30.0
"""For importing a plugin and calling its function; a thread that takes longer is left to itself."""
_NUMBERS = count(1)


class Loading:
    """One loading of a plugin: what it gave, and how to forget it."""

    def __init__(self, found: Found, number: int, plugin: Plugin) -> None:
        self.found = found
        self.plugin = plugin
        self._number = number

    def forget(self) -> None:
        """Take its modules out of the interpreter; those who still hold something of it keep that."""
        if self.found.file is not None:
            unload(self.found.name, self._number)


async def load_plugin(found: Found, context: PluginContext, seconds: float = SECONDS) -> Loading:
    """Import a plugin and call its function, in a thread. Raises ``PluginError``, whatever the plugin does."""
    number = next(_NUMBERS)
    try:
        plugin = await _in_a_thread(lambda: _called(found, number, context), found, seconds)
    except PluginError:
        if found.file is not None:
            unload(found.name, number)
        raise
    return Loading(found, number, plugin)


def _called(found: Found, number: int, context: PluginContext) -> Plugin:
    context.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if found.file is None:
        entry = find_installed(found.name)
        function = entry.load() if entry is not None else None
    else:
        function = getattr(load_file(found.name, number, found.file), "plugin", None)
    if not callable(function):
        raise PluginError("It has no function `plugin`: def plugin(context: PluginContext) -> Plugin.")
    given = function(context)
    if isinstance(given, Coroutine):
        given.close()
        raise PluginError("Its function `plugin` is async; it is called in a thread, so write def without async.")
    if not isinstance(given, Plugin):
        raise PluginError(f"Its function `plugin` gave {_kind(given)}, not an artelier.ports.plugin.Plugin.")
    return given


async def _in_a_thread(call: Callable[[], Plugin], found: Found, seconds: float) -> Plugin:
    """Return what a call gives, made in a thread of its own: one that never ends holds up neither the loop nor the end of the process."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[Plugin | PluginError] = loop.create_future()

    def deliver(what: Plugin | PluginError) -> None:
        if not came.done():
            came.set_result(what)

    def work() -> None:
        what = _outcome(call, found)
        with suppress(RuntimeError):  # the loop was closed meanwhile, and nobody waits any more
            loop.call_soon_threadsafe(deliver, what)

    threading.Thread(target=work, name=f"plugin {found.name}", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            what = await came
    except TimeoutError as failure:
        raise PluginError(f"It was not loaded within {seconds:g} s. Importing it and calling `plugin` must be quick.") from failure
    if isinstance(what, PluginError):
        raise what
    return what


def _outcome(call: Callable[[], Plugin], found: Found) -> Plugin | PluginError:
    try:
        return call()
    except PluginError as failure:
        return failure
    except SyntaxError as failure:
        return PluginError(f"{failure.filename or found.origin}:{failure.lineno or 0}: {failure.msg}.")
    except BaseException as failure:  # noqa: BLE001  a plugin may raise anything, SystemExit too, and only it must fail by that
        return PluginError(f"{_where(failure, found)}{type(failure).__name__}: {failure}")


def _where(failure: BaseException, found: Found) -> str:
    """Return the last line of the plugin's own that a failure passed through."""
    if found.file is None:
        return ""
    own = found.file if found.file.name != "__init__.py" else found.file.parent
    frames = [frame for frame in traceback.extract_tb(failure.__traceback__) if Path(frame.filename).is_relative_to(own)]
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
