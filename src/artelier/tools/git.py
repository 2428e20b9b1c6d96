"""Tools that read a repository: its state, differences, history, single commits. Nothing of it changes, the index neither."""

from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.git_running import DEADLINE, read_configured, run_git, told
from artelier.tools.git_words import WITHOUT_SECRETS, path_in_revision, pathspec, revision
from artelier.tools.showing import count
from artelier.tools.touching import reading

Paths = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(max_length=200, description="Files or folders; all when empty.")]
Revision = Annotated[str, Meta(max_length=250, description="A branch, a tag or a commit, such as main or HEAD~2.")]
_NO_PROGRAMS = ("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty")
_BRANCHES = 50
_LONGEST_LINE = 120


class GitStatusArguments(ToolArguments, frozen=True):
    """Arguments of ``git_status``."""

    branches: Annotated[bool, Meta(description="List the branches as well.")] = False


class GitStatus(DeclaredTool[GitStatusArguments]):
    """Shows the branch, what is staged, changed and untracked."""

    arguments = GitStatusArguments
    spec = ToolSpec(
        name="git_status",
        description="Show the branch and the changed files of the repository. First letter: staged; second: not staged; ??: untracked.",
        parameters=schema_of(GitStatusArguments),
        repeatable=True,
        family="git",
        effect="read",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitStatusArguments) -> Access:  # noqa: ARG002  the whole of it
        """Return the workspace."""
        return reading(".")

    def effect(self, arguments: GitStatusArguments) -> str:
        """Return what is shown."""
        return "git status, with branches" if arguments.branches else "git status"

    async def perform(self, arguments: GitStatusArguments, scope: ToolScope) -> ToolResult:
        """Ask for the state, and for the branches where they are wanted."""
        options = (await read_configured(scope)).without_filters()
        outcome = await run_git(
            scope, "status", "--short", "--branch", "--untracked-files=normal", "--ignore-submodules=dirty", options=options
        )
        lines = [line for line in outcome.output.splitlines() if not line.startswith("## ")]
        summary = count(len(lines), "file") if lines else "clean"
        gist = Gist(GistCode.FILES, {"count": len(lines)}) if lines else Gist(GistCode.CLEAN)
        notes = _notes(outcome.output, lines) if outcome.exit_code == 0 else []
        if arguments.branches and outcome.exit_code == 0:
            notes += ["Branches:", *await _branches(scope)]
        return told(outcome, "[no output]", summary, gist, tuple(notes))


class GitDiffArguments(ToolArguments, frozen=True):
    """Arguments of ``git_diff``."""

    staged: Annotated[bool, Meta(description="What the next commit would hold, instead of what is not staged yet.")] = False
    since: Annotated[str, Meta(max_length=250, description="Compare with this branch, tag or commit; empty for the last one.")] = ""
    until: Annotated[str, Meta(max_length=250, description="Compare since with this one instead of with the files.")] = ""
    paths: Paths = ()


class GitDiff(DeclaredTool[GitDiffArguments]):
    """Shows differences."""

    arguments = GitDiffArguments
    spec = ToolSpec(
        name="git_diff",
        description="Show differences: of the files to what is staged, of what is staged to the last commit, or of two revisions.",
        parameters=schema_of(GitDiffArguments),
        repeatable=True,
        family="git",
        effect="read",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitDiffArguments) -> Access:  # noqa: ARG002  the index and attributes of all
        """Return the workspace."""
        return reading(".")

    def effect(self, arguments: GitDiffArguments) -> str:
        """Return what is compared."""
        between = [arguments.since, arguments.until]
        return " ".join(["git diff", *(["--staged"] if arguments.staged else []), *filter(None, between), *arguments.paths])

    async def perform(self, arguments: GitDiffArguments, scope: ToolScope) -> ToolResult:
        """Compare; what holds secrets is left out."""
        if arguments.until and (not arguments.since or arguments.staged):
            raise ArgumentsInvalid("until needs since, and does not go with staged. Leave one of them out.")
        revisions = [revision(each) for each in (arguments.since, arguments.until) if each]
        places = [pathspec(path) for path in arguments.paths] or [pathspec(".")]
        options = (await read_configured(scope)).without_filters()
        staged = ["--cached"] if arguments.staged else []
        outcome = await run_git(scope, "diff", *_NO_PROGRAMS, *staged, *revisions, "--", *places, *WITHOUT_SECRETS, options=options)
        files = outcome.output.count("\ndiff --git ") + outcome.output.startswith("diff --git ")
        return told(outcome, "[no difference]", count(files, "file"), Gist(GistCode.FILES, {"count": files}))


class GitLogArguments(ToolArguments, frozen=True):
    """Arguments of ``git_log``."""

    number: Annotated[int, Meta(ge=1, le=200, description="How many commits.")] = 20
    start: Annotated[str, Meta(max_length=250, description="Begin at this branch, tag or commit; empty for where the files are.")] = ""
    paths: Paths = ()


class GitLog(DeclaredTool[GitLogArguments]):
    """Lists commits."""

    arguments = GitLogArguments
    spec = ToolSpec(
        name="git_log",
        description="List commits, newest first: hash, day, author, subject.",
        parameters=schema_of(GitLogArguments),
        repeatable=True,
        family="git",
        effect="read",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitLogArguments) -> Access:  # noqa: ARG002  history lies in .git
        """Return git's own folder: no file tool writes there."""
        return reading(".git")

    def effect(self, arguments: GitLogArguments) -> str:
        """Return which commits."""
        return " ".join([f"git log, {count(arguments.number, 'commit')}", *filter(None, [arguments.start]), *arguments.paths])

    async def perform(self, arguments: GitLogArguments, scope: ToolScope) -> ToolResult:
        """List them."""
        start = [revision(arguments.start)] if arguments.start else []
        places = [pathspec(path) for path in arguments.paths]
        shape = ["--no-show-signature", "--no-decorate", "--no-color", "--date=short", "--format=%h %ad %an: %s"]
        outcome = await run_git(scope, "log", f"--max-count={arguments.number}", *shape, *start, "--", *places)
        commits = len(outcome.output.splitlines())
        return told(outcome, "[no commits]", count(commits, "commit"), Gist(GistCode.COMMITS, {"count": commits}))


class GitShowArguments(ToolArguments, frozen=True):
    """Arguments of ``git_show``."""

    revision: Revision = "HEAD"
    path: Annotated[str, Meta(description="Show this file as it was then, instead of the commit.")] = ""


class GitShow(DeclaredTool[GitShowArguments]):
    """Shows a commit, or a file as it was."""

    arguments = GitShowArguments
    spec = ToolSpec(
        name="git_show",
        description="Show a commit with its message and changes, or a file as it was in it.",
        parameters=schema_of(GitShowArguments),
        repeatable=True,
        family="git",
        effect="read",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitShowArguments) -> Access:  # noqa: ARG002  history lies in .git
        """Return git's own folder: no file tool writes there."""
        return reading(".git")

    def effect(self, arguments: GitShowArguments) -> str:
        """Return what is shown."""
        return f"git show {arguments.revision}" + (f", {arguments.path}" if arguments.path else "")

    async def perform(self, arguments: GitShowArguments, scope: ToolScope) -> ToolResult:
        """Show it; what holds secrets is left out."""
        chosen = revision(arguments.revision)
        if arguments.path:
            words = ["cat-file", "blob", f"{chosen}:{path_in_revision(arguments.path)}"]
        else:
            shape = ["--no-show-signature", "--no-decorate", "--format=medium", "--stat", "--patch", "--full-history", "--sparse"]
            words = ["show", *_NO_PROGRAMS, *shape, f"{chosen}^{{commit}}", "--", pathspec("."), *WITHOUT_SECRETS]
        outcome = await run_git(scope, *words)
        lines = len(outcome.output.splitlines())
        return told(outcome, "[it is empty]", count(lines, "line"), Gist(GistCode.LINES, {"count": lines}))


def _notes(printed: str, changed: list[str]) -> list[str]:
    notes = [] if changed else ["[nothing is changed]"]
    if printed.startswith("## HEAD (no branch)"):
        notes.append("[detached HEAD: no branch is checked out; git_checkout with create makes one here]")
    if any(line[:2] in {"UU", "AA", "DD", "AU", "UA", "DU", "UD"} for line in changed):
        notes.append("[conflicts: edit the files marked UU, AA, DD, AU, UA, DU or UD until no marks are left, then git_add them]")
    return notes


async def _branches(scope: ToolScope) -> list[str]:
    shape = "--format=%(HEAD) %(refname:short) %(objectname:short) %(contents:subject)"
    outcome = await run_git(scope, "for-each-ref", f"--count={_BRANCHES}", "--sort=-committerdate", shape, "refs/heads", quiet=True)
    return [line[:_LONGEST_LINE] for line in outcome.output.splitlines()] or ["[none yet]"]
