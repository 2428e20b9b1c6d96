"""The tools that come with the house."""

from artelier.ports.tool import Tool
from artelier.tools.files import CreateDirectory, EditFile, ListFiles, ReadFile, WriteFile
from artelier.tools.git import GitDiff, GitLog, GitShow, GitStatus
from artelier.tools.git_changes import GitAdd, GitBranch, GitCheckout, GitCommit, GitRestore
from artelier.tools.paths import DeletePath, MovePath
from artelier.tools.plan import UpdatePlan
from artelier.tools.search import SearchInCode
from artelier.tools.shell import ExecuteCommand


def built_in_tools() -> tuple[Tool, ...]:
    """Return one of each, in the order a model sees them; the control tools live in the domain."""
    files = (ReadFile(), WriteFile(), EditFile(), ListFiles(), CreateDirectory(), DeletePath(), MovePath(), SearchInCode())
    git = (GitStatus(), GitDiff(), GitLog(), GitShow(), GitAdd(), GitCommit(), GitBranch(), GitCheckout(), GitRestore())
    return (*files, ExecuteCommand(), *git, UpdatePlan())
