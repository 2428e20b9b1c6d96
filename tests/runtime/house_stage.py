"""A whole house in this process, with a scripted model and settings in a file that may be written anew."""

import json
from contextlib import asynccontextmanager

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.runtime.assemble import open_house
from artelier.runtime.ground import Plan
from artelier.runtime.reload import Source
from artelier.runtime.service import Message
from artelier.settings import Places, read_settings

PERSON = "person:owner"


class Gate:
    """A tool whose calls wait until the gate is opened."""

    spec = ToolSpec("wait_here", "Waits.", {"type": "object"}, repeatable=True, effect="read")

    def __init__(self, opened, waiting):
        self._opened = opened
        self._waiting = waiting

    def access(self, arguments):
        return Access(reads=frozenset({"."}))

    def describe(self, arguments):
        return "wait"

    async def preview(self, arguments, workspace):
        return ""

    def check(self, arguments):
        pass

    async def run(self, call, scope):
        self._waiting.set()
        await self._opened.wait()
        return ToolResult(ResultStatus.DONE, "The gate is open.")


class Stage:
    """One house over folders of its own."""

    def __init__(self, folder, *turns):
        self.agents = folder / "agents"
        self.plugins = folder / "plugins"
        self.workspace = folder / "workspace"
        self.file = folder / "artelier.toml"
        self.state = folder / "state"
        self.environment = {}
        for each in (self.agents, self.workspace, self.state):
            each.mkdir()
        script = folder / "turns.json"
        script.write_text(json.dumps(turns))
        self._models = f'[models]\ndefault = "scripted"\n[models.providers.scripted]\nkind = "scripted"\nfile = "{script}"\n'
        self.settings("")

    def settings(self, text):
        self.file.write_text(text + "\n" + self._models)

    def agent(self, name, prompt="You work.", **matter):
        head = json.dumps({"description": name, "tools": ["list_files", "write_file"], **matter})
        (self.agents / f"{name}.md").write_text(f"---\n{head}\n---\n{prompt}\n")

    def read(self, text=None):
        return read_settings(Places(self.file, True, self.state), self.environment, text=text)

    @asynccontextmanager
    async def open(self, *tools):
        plan = Plan(self.read(), self.state, self.workspace, tools=tools, source=Source(self.file, self.read, self.read))
        async with open_house(plan) as house:
            yield house


async def run(house, text, agent="", session=""):
    """Send a message and return its run once it rests."""
    workspace = "" if session else house.workspace.id
    accepted = await house.service.send(Message(text, PERSON, session, workspace, agent))
    return await house.service.wait(accepted.run)
