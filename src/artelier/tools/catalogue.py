"""All built-in tools."""

from artelier.ports.tool import Tool
from artelier.tools.files import CreateDirectory, EditFile, ListFiles, ReadFile, WriteFile
from artelier.tools.search import SearchInCode
from artelier.tools.shell import ExecuteCommand


def built_in_tools() -> tuple[Tool, ...]:
    """Return every tool that comes with Artelier, but the control tools, which are words to the runtime."""
    return (ReadFile(), WriteFile(), EditFile(), ListFiles(), CreateDirectory(), SearchInCode(), ExecuteCommand())
