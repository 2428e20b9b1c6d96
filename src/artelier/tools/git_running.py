"""Running git in the workspace, and what its failures mean."""

import re
from collections.abc import Callable
from typing import NamedTuple

from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import ToolError
from artelier.domain.gists import Gist
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.tools.git_words import SAFE_OPTIONS, only_reads

SECONDS = 60.0
DEADLINE = 90.0
NAME, EMAIL = "Artelier", "agent@artelier.invalid"
"""Who commits where nobody is configured; ``.invalid`` can be nobody's address (RFC 2606)."""
_MISSING = 127
"""What a shell or a sandbox ends with where a program is not there."""
_FILTER = re.compile(r"filter\..+\.(?:clean|smudge|process|required)")
_MEANINGS = (
    (r"not a git repository", "This folder is not a git repository (of its own). Ask the person whether to run `git init`."),
    (r"detected dubious ownership", "The repository belongs to another user of this machine. The person has to settle that."),
    (r"nothing to commit|nothing added to commit|no changes added", "There is nothing to commit. Change files, and add them by git_add."),
    (
        r"unmerged|needs merge|not possible because you have unmerged|unresolved conflict|fix conflicts",
        "There are conflicts. See git_status, edit the files until no marks are left, git_add them, then go on.",
    ),
    (
        r"would be overwritten by|local changes to the following",
        "Changes that are not committed would be lost. Commit them first, or restore the files.",
    ),
    (
        r"unknown revision|(bad|needed a single) revision|ambiguous argument|invalid (reference|object)|not a (valid object|commit)",
        "There is no such revision. See git_log, or git_status with branches.",
    ),
    (r"does not have any commits yet|your current branch .* does not have", "There are no commits yet."),
    (r"did not match any file|exists on disk, but not in|does not exist in", "There is no such path there. See git_status."),
    (r"a branch named .* already exists", "There is a branch of this name already. Check it out, or choose another name."),
    (r"cannot delete branch|not fully merged", "The branch cannot be deleted: it is checked out, or holds commits that are nowhere else."),
    (r"branch .* not found", "There is no such branch. See git_status with branches."),
    (r"index\.lock|another git process", "Another git process is at work here, or was cut off. Wait, then ask the person."),
    (r"ignored by one of your", "These paths are ignored by .gitignore and are not added."),
    (r"read-only file system|permission denied", "The sandbox, or the system, does not let git write here."),
)


class Configured(NamedTuple):
    """What the repository's configuration says that matters to a call."""

    identity: bool
    """Whether it says who commits."""
    filters: tuple[str, ...]
    """Settings that would run programs over contents."""

    def without_filters(self) -> tuple[str, ...]:
        """Return the options that switch each of these programs off."""
        named = ("false" if name.endswith(".required") else "" for name in self.filters)
        return tuple(word for name, value in zip(self.filters, named, strict=True) for word in ("-c", f"{name}={value}"))


async def run_git(scope: ToolScope, *words: str, options: tuple[str, ...] = (), quiet: bool = False) -> CommandOutcome:
    """Run one git command and return how it ended. Raises ``ToolError`` where git is not there or took too long."""
    request = CommandRequest(words=("git", *SAFE_OPTIONS, *options, *words), seconds=SECONDS, reads_only=only_reads(words))
    show: Callable[[str], None] = _unseen if quiet else scope.progress
    outcome = await scope.workspace.run_command(request, show, scope.changed)
    if outcome.timed_out:
        raise ToolError(f"git {words[0]} took longer than {SECONDS:g} s and was ended. Ask for less.")
    if outcome.exit_code == _MISSING:
        raise ToolError("git is not installed here. Ask the person to install it.")
    return outcome


async def read_configured(scope: ToolScope) -> Configured:
    """Look at what the repository's own configuration says."""
    outcome = await run_git(scope, "config", "--name-only", "--get-regexp", r"^(filter\..*|user\.(name|email))$", quiet=True)
    names = [line.strip() for line in outcome.output.splitlines()]
    identity = {"user.name", "user.email"} <= {name.lower() for name in names}
    return Configured(identity, tuple(dict.fromkeys(name for name in names if _FILTER.fullmatch(name))))


def refuse_filters(configured: Configured) -> None:
    """Raise ``ToolError`` where writing would run the repository's own programs over contents."""
    if configured.filters:
        raise ToolError(
            f"This repository's configuration runs programs over the files' contents ({configured.filters[0]}), which this tool"
            " does not start. Ask for the git command by execute_command, so that the person sees what runs."
        )


def told(outcome: CommandOutcome, empty: str, summary: str, gist: Gist, notes: tuple[str, ...] = ()) -> ToolResult:
    """Return what git printed as a result. Raises ``ToolError``, with git's own words, where it failed."""
    printed = outcome.output.strip("\n")
    if outcome.exit_code != 0:
        raise ToolError(explained(printed, outcome.exit_code))
    text = "\n".join([printed or empty, *notes])
    return ToolResult(
        ResultStatus.DONE,
        text,
        summary=summary,
        gist=gist,
        files=outcome.files,
        exit_code=0,
        truncated=outcome.truncated,
        sandbox=outcome.sandbox,
    )


def explained(printed: str, exit_code: int) -> str:
    """Return what a failure of git means and what to do, with its own words."""
    known = (meaning for pattern, meaning in _MEANINGS if re.search(pattern, printed, re.IGNORECASE))
    meaning = next(known, f"git could not do this (exit {exit_code}).")
    return f"{meaning} git says: {printed[:2000]}" if printed else meaning


def _unseen(_: str) -> None:
    """Show nothing: what is asked in passing is no progress."""
