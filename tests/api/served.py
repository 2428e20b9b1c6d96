"""A real server over loopback in a thread of its own, one for each module, with a model that plays a script."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from artelier.ports.tool import Tool
from artelier.runtime.house import House
from artelier.testing import Script, call, script, serving_in_thread, turn

PATIENCE = 20.0
SLOW = "".join(f"word {number} " for number in range(60))
SCRIPT = (
    script(call("write_file", path="made.txt", content="made\n"), "Written.", when_text_contains="write-a-file")
    + script(call("write_file", path="made.txt", content="more\n"), "Written.", when_text_contains="write-more")
    + script(call("execute_command", command="rm -rf nothing"), "Removed.", when_text_contains="remove-a-folder")
    + script(call("execute_command", command="echo ran"), "Ran.", when_text_contains="run-a-command")
    + script(call("execute_command", command="printf half > half.txt; echo ready; sleep 60"), "Ran.", when_text_contains="run-and-stay")
    + script(call("ask_user", question="Which colour?"), "Thank you.", when_text_contains="ask-me")
    + script(call("read_file", path="notes.txt"), "Read.", when_text_contains="read-a-file")
    + script(turn(SLOW, chunk=7, delay=0.02), when_text_contains="speak-slowly")
    + script(turn("I begin", fault="hang", after=7, times=1000), when_text_contains="never-end")
    + script(turn("Now it works.", fault="request_refused", times=1), when_text_contains="fail-once")
    + script(*[call("list_files", path=".") for _ in range(4)], "Far.", when_text_contains="go-far")
    + script("one\u2028two\u2029three\x85four\x0bfive\x1csix", when_text_contains="strange-lines")
    + script("Hello.", "Hello again.", "And again.", "Still here.")
)


class Served(NamedTuple):
    """A server and what its operator knows."""

    address: str
    house: House
    workspace: Path
    state: Path
    roots: Path
    token: str
    operator: str


@contextmanager
def served_in(
    folder: Path, told: Script = SCRIPT, *, tools: tuple[Tool, ...] = (), few_steps: bool = False, **settings: Any
) -> Iterator[Served]:
    """Serve ``ws`` in this folder until the block ends; ``settings`` are sections beside those of the kit."""
    for name in ("ws", "roots/one"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "ws" / "notes.txt").write_text("a note\n")
    limits = {"agents": {"coder": {"limits": {"steps": 3}}}} if few_steps else {}
    all_settings = {"workspaces": {"roots": [str(folder / "roots")]}, **limits, **settings}
    with serving_in_thread(folder / "ws", told, tools=tools, settings=all_settings, state=folder / "state") as server:
        access = server.house.access
        yield Served(
            server.address, server.house, server.workspace, folder / "state", folder / "roots", access.token, access.operator_token
        )
