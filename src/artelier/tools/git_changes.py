"""Tools that change a repository: stage, commit, branch, check out, restore. Nothing here reaches another machine."""

from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid, ToolError
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.git_running import DEADLINE, EMAIL, NAME, explained, read_configured, refuse_filters, run_git, told
from artelier.tools.git_words import WITHOUT_SECRETS, branch, pathspec, revision
from artelier.tools.showing import count, visible
from artelier.tools.touching import EXCLUSIVE

Paths = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1, max_length=200, description="Files or folders.")]
Start = Annotated[str, Meta(max_length=250, description="Begin it at this branch, tag or commit; empty for where the files are.")]


class GitAddArguments(ToolArguments, frozen=True):
    """Arguments of ``git_add``."""

    paths: Paths


class GitAdd(DeclaredTool[GitAddArguments]):
    """Stages files."""

    arguments = GitAddArguments
    spec = ToolSpec(
        name="git_add",
        description="Stage files for the next commit, deleted ones too; . stages everything. Files that may hold secrets are left out.",
        parameters=schema_of(GitAddArguments),
        repeatable=True,
        family="git",
        effect="write",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitAddArguments) -> Access:  # noqa: ARG002  the index is one for all
        """Return everything."""
        return EXCLUSIVE

    def effect(self, arguments: GitAddArguments) -> str:
        """Return the files."""
        return f"git add {' '.join(arguments.paths)}"

    async def perform(self, arguments: GitAddArguments, scope: ToolScope) -> ToolResult:
        """Stage them and tell what is staged now."""
        places = [pathspec(path) for path in arguments.paths]
        refuse_filters(await read_configured(scope))
        added = await run_git(scope, "add", "--all", "--", *places, *WITHOUT_SECRETS)
        if added.exit_code != 0:
            raise ToolError(explained(added.output.strip(), added.exit_code))
        staged = await run_git(scope, "diff", "--cached", "--name-status", "--no-ext-diff", quiet=True)
        number = len(staged.output.splitlines())
        return told(staged, "[nothing is staged]", f"{count(number, 'file')} staged", Gist(GistCode.STAGED, {"count": number}))


class GitCommitArguments(ToolArguments, frozen=True):
    """Arguments of ``git_commit``."""

    message: Annotated[str, Meta(min_length=1, max_length=20_000, description="The message: a subject, an empty line, details.")]


class GitCommit(DeclaredTool[GitCommitArguments]):
    """Commits what is staged."""

    arguments = GitCommitArguments
    spec = ToolSpec(
        name="git_commit",
        description="Commit what is staged. Hooks do not run, nothing is signed.",
        parameters=schema_of(GitCommitArguments),
        repeatable=False,
        family="git",
        effect="write",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitCommitArguments) -> Access:  # noqa: ARG002  the index is one for all
        """Return everything."""
        return EXCLUSIVE

    def effect(self, arguments: GitCommitArguments) -> str:
        """Return the message."""
        return f"git commit: {arguments.message}"

    async def perform(self, arguments: GitCommitArguments, scope: ToolScope) -> ToolResult:
        """Commit, as the configured person or as ourselves."""
        if not arguments.message.strip() or "\0" in arguments.message:
            raise ArgumentsInvalid("The message is empty, or holds a NUL. Say in a sentence what the commit does.")
        configured = await read_configured(scope)
        who = () if configured.identity else ("-c", f"user.name={NAME}", "-c", f"user.email={EMAIL}")
        words = ("commit", "--no-verify", "--no-gpg-sign", "--no-status", "--cleanup=strip", f"--message={arguments.message}")
        outcome = await run_git(scope, *words, options=(*who, *configured.without_filters()))
        notes = () if configured.identity else (f"[committed as {NAME} <{EMAIL}>: no name and address are configured here]",)
        return told(outcome, "[committed]", "committed", Gist(GistCode.COMMITTED), notes)


class GitBranchArguments(ToolArguments, frozen=True):
    """Arguments of ``git_branch``."""

    name: Annotated[str, Meta(min_length=1, max_length=250, description="The branch.")]
    start: Start = ""
    delete: Annotated[bool, Meta(description="Delete it, if its commits are in another branch as well.")] = False


class GitBranch(DeclaredTool[GitBranchArguments]):
    """Makes or deletes a branch."""

    arguments = GitBranchArguments
    spec = ToolSpec(
        name="git_branch",
        description="Make a branch without checking it out, or delete one. git_status lists the branches.",
        parameters=schema_of(GitBranchArguments),
        repeatable=False,
        family="git",
        effect="write",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitBranchArguments) -> Access:  # noqa: ARG002  names are one space
        """Return everything."""
        return EXCLUSIVE

    def effect(self, arguments: GitBranchArguments) -> str:
        """Return what happens to which branch."""
        if arguments.delete:
            return f"git branch: delete {arguments.name}"
        return f"git branch: make {arguments.name}" + (f" at {arguments.start}" if arguments.start else "")

    async def perform(self, arguments: GitBranchArguments, scope: ToolScope) -> ToolResult:
        """Make or delete it."""
        name = branch(arguments.name)
        if arguments.delete:
            if arguments.start:
                raise ArgumentsInvalid("start does not go with delete. Leave it out.")
            deleted = await run_git(scope, "branch", "--delete", "--", name)
            return told(deleted, f"Deleted {visible(name)}.", "deleted", Gist(GistCode.DELETED))
        start = [revision(arguments.start)] if arguments.start else []
        made = await run_git(scope, "branch", "--no-track", "--", name, *start)
        return told(made, f"Made the branch {visible(name)}.", "made", Gist(GistCode.BRANCH_MADE))


class GitCheckoutArguments(ToolArguments, frozen=True):
    """Arguments of ``git_checkout``."""

    target: Annotated[str, Meta(min_length=1, max_length=250, description="The branch, or another revision to look at.")]
    create: Annotated[bool, Meta(description="Make the branch first.")] = False
    start: Start = ""


class GitCheckout(DeclaredTool[GitCheckoutArguments]):
    """Goes to a branch or a commit."""

    arguments = GitCheckoutArguments
    spec = ToolSpec(
        name="git_checkout",
        description="Go to a branch, made first with create, or to a commit. Refused where changes would be lost.",
        parameters=schema_of(GitCheckoutArguments),
        repeatable=False,
        family="git",
        effect="write",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitCheckoutArguments) -> Access:  # noqa: ARG002  any file may change
        """Return everything."""
        return EXCLUSIVE

    def effect(self, arguments: GitCheckoutArguments) -> str:
        """Return where to."""
        start = f" at {arguments.start}" if arguments.start else ""
        return f"git checkout {'new branch ' if arguments.create else ''}{arguments.target}{start}"

    async def perform(self, arguments: GitCheckoutArguments, scope: ToolScope) -> ToolResult:
        """Go there."""
        if arguments.start and not arguments.create:
            raise ArgumentsInvalid("start goes with create alone. Leave it out, or set create.")
        target = branch(arguments.target) if arguments.create else revision(arguments.target)
        start = [revision(arguments.start)] if arguments.start else []
        refuse_filters(await read_configured(scope))
        new = ["--no-track", "-b"] if arguments.create else ["--no-guess"]
        outcome = await run_git(scope, "checkout", "--no-recurse-submodules", *new, target, *start, "--")
        detached = outcome.exit_code == 0 and "HEAD is now at" in outcome.output
        note = ("[detached HEAD: commits made here belong to no branch; git_checkout with create makes one]",) if detached else ()
        gist = Gist(GistCode.DETACHED if detached else GistCode.CHECKED_OUT)
        return told(outcome, f"At {visible(target)}.", "detached" if detached else "checked out", gist, note)


class GitRestoreArguments(ToolArguments, frozen=True):
    """Arguments of ``git_restore``."""

    paths: Paths
    source: Annotated[str, Meta(max_length=250, description="Take them from this revision; empty for what is staged, or committed.")] = ""
    staged: Annotated[bool, Meta(description="Unstage them and leave the files as they are.")] = False


class GitRestore(DeclaredTool[GitRestoreArguments]):
    """Puts files back."""

    arguments = GitRestoreArguments
    spec = ToolSpec(
        name="git_restore",
        description="Put files back to what is staged or to a revision, throwing their changes away; or unstage them.",
        parameters=schema_of(GitRestoreArguments),
        repeatable=True,
        family="git",
        effect="write",
        deadline=DEADLINE,
    )

    def touches(self, arguments: GitRestoreArguments) -> Access:  # noqa: ARG002  the index is one for all
        """Return everything."""
        return EXCLUSIVE

    def effect(self, arguments: GitRestoreArguments) -> str:
        """Return what is lost."""
        source = f" from {arguments.source}" if arguments.source else ""
        what = "unstage" if arguments.staged else "throw away the changes of"
        return f"git restore{source}: {what} {' '.join(arguments.paths)}"

    async def perform(self, arguments: GitRestoreArguments, scope: ToolScope) -> ToolResult:
        """Put them back."""
        places = [pathspec(path) for path in arguments.paths]
        source = [f"--source={revision(arguments.source)}"] if arguments.source else []
        refuse_filters(await read_configured(scope))
        where = ["--staged"] if arguments.staged else []
        outcome = await run_git(scope, "restore", "--no-recurse-submodules", *where, *source, "--", *places)
        gist = Gist(GistCode.PATHS, {"count": len(places)})
        return told(outcome, "Unstaged." if arguments.staged else "Restored.", count(len(places), "path"), gist)
