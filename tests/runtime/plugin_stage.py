"""Plugins as people write them: texts of files, good and bad."""

import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins" / "word_count"

HEAD = """
from artelier.domain.agents import AgentSpec
from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import ToolError
from artelier.domain.models import FinishReason, ModelReply, TextDelta
from artelier.ports.plugin import Plugin
from artelier.ports.router import Route

class Tool:
    def __init__(self, name="say_it", says="it", **more):
        self.spec = ToolSpec(name, "Says something.", {"type": "object"}, **{"repeatable": True, "effect": "read", **more})
        self.says = says
    def access(self, arguments): return Access()
    def describe(self, arguments): return "say " + self.says
    async def preview(self, arguments, workspace): return ""
    def check(self, arguments): pass
    async def run(self, call, scope): return ToolResult(ResultStatus.DONE, self.says)

class Model:
    async def stream(self, request):
        yield TextDelta("Echo.")
        yield ModelReply("Echo.", (), FinishReason.STOP)
    async def list_models(self): return ("echo",)
    async def close(self): pass

class Hears:
    name, types = "hears", ("run_finished",)
    async def receive(self, events): pass

def agent(name="sayer", *tools): return AgentSpec(name, "Says.", "You say.", tools)
"""


def giving(what="tools=(Tool(),)", before="", version="1.0"):
    """Return the text of a plugin that gives this."""
    return f'{HEAD}\n{before}\ndef plugin(context):\n    return Plugin(version="{version}", api=1, {what})\n'


def write(folder, name, text):
    """Write a plugin's file as an operator would."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.py"
    file.write_text(text)
    file.chmod(0o644)
    return file


def copy_example(folder):
    """Copy the example plugin into a plugins' folder."""
    folder.mkdir(exist_ok=True)
    shutil.copytree(EXAMPLE, folder / "word_count", ignore=shutil.ignore_patterns("__pycache__"))
    for each in (folder, folder / "word_count", *(folder / "word_count").iterdir()):
        each.chmod(0o755)
