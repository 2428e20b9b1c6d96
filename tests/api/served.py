"""A real server over loopback in a thread of its own, one for each module, with a model that plays a script."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from artelier.api.serving import serving
from artelier.ports.tool import Tool
from artelier.runtime.ground import Plan
from artelier.runtime.house import House
from artelier.settings import Read, Settings

PATIENCE = 20.0
SLOW = "".join(f"word {number} " for number in range(60))


def turns(name: str, *each: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"when_text_contains": name, **turn} for turn in each]


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"calls": [{"name": name, "arguments": arguments}]}


SCRIPT = [
    *turns("write-a-file", call("write_file", path="made.txt", content="made\n"), {"text": "Written."}),
    *turns("write-more", call("write_file", path="made.txt", content="more\n"), {"text": "Written."}),
    *turns("remove-a-folder", call("execute_command", command="rm -rf nothing"), {"text": "Removed."}),
    *turns("run-a-command", call("execute_command", command="echo ran"), {"text": "Ran."}),
    *turns("run-and-stay", call("execute_command", command="printf half > half.txt; echo ready; sleep 60"), {"text": "Ran."}),
    *turns("ask-me", call("ask_user", question="Which colour?"), {"text": "Thank you."}),
    *turns("read-a-file", call("read_file", path="notes.txt"), {"text": "Read."}),
    *turns("speak-slowly", {"text": SLOW, "chunk": 7, "delay": 0.02}),
    *turns("never-end", {"text": "I begin", "fault": "hang", "after": 7, "times": 1000}),
    *turns("fail-once", {"text": "Now it works.", "fault": "request_refused", "times": 1}),
    *turns("go-far", *[call("list_files", path=".") for _ in range(4)], {"text": "Far."}),
    *turns("strange-lines", {"text": "one\u2028two\u2029three\x85four\x0bfive\x1csix"}),
    {"text": "Hello."},
    {"text": "Hello again."},
    {"text": "And again."},
    {"text": "Still here."},
]


class Served(NamedTuple):
    """A server and what its operator knows."""

    address: str
    house: House
    workspace: Path
    state: Path
    roots: Path
    token: str
    operator: str


class Thread:
    """Serves in a thread until it is told to stop."""

    def __init__(self, folder: Path, *, more_tools: tuple[Tool, ...] = (), **settings: Any) -> None:
        self._folder = folder
        self._tools = more_tools
        self._settings = settings
        self._ready = threading.Event()
        self._stop: Callable[[], None] = lambda: None
        self._failure: BaseException | None = None
        self.served: Served | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Served:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        if self._failure is not None:
            raise self._failure
        assert self.served is not None
        return self.served

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        try:
            loop, stopping = asyncio.get_running_loop(), asyncio.Event()
            async with serving(self._plan(), "127.0.0.1", 0, handle_signals=False) as served:
                access = served.house.access
                folder = self._folder
                self.served = Served(
                    served.address, served.house, folder / "ws", folder / "state", folder / "roots", access.token, access.operator_token
                )
                self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
                self._ready.set()
                await stopping.wait()
        except BaseException as failure:
            self._failure = failure
            self._ready.set()
            raise

    def _plan(self) -> Plan:
        for name in ("ws", "state", "roots/one"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / "ws" / "notes.txt").write_text("a note\n")
        script = self._folder / "turns.json"
        script.write_text(json.dumps(self._settings.pop("script", SCRIPT)))
        scripted = {"default": "scripted", "providers": {"scripted": {"kind": "scripted", "file": str(script)}}}
        limits = {"coder": {"limits": {"steps": 3}}} if self._settings.pop("few_steps", False) else {}
        settings = {
            "models": scripted,
            "workspaces": {"roots": [str(self._folder / "roots")]},
            "agents": limits,
            "routing": {"learned": False},
            **self._settings,
        }
        return Plan(Read(Settings.model_validate(settings), (), "digest"), self._folder / "state", self._folder / "ws", tools=self._tools)
