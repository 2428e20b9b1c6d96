import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.calls import Access, ToolCall
from artelier.domain.errors import ArgumentsInvalid, PathRefused, ToolError
from artelier.domain.secret_names import SECRET_FOLDERS, SECRET_NAMES
from artelier.ports.tool import ToolScope
from artelier.tools.catalogue import built_in_tools
from artelier.tools.git_words import SAFE_OPTIONS, WITHOUT_SECRETS, branch, only_reads, path_in_revision, pathspec, revision
from artelier.workspaces.folder import LocalWorkspace

TOOLS = {tool.spec.name: tool for tool in built_in_tools()}
READING = ("git_status", "git_diff", "git_log", "git_show")
WRITING = ("git_add", "git_commit", "git_branch", "git_checkout", "git_restore")


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "init.defaultBranch=main")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *identity, *words], cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(empty: Path) -> Path:
    git(empty, "init", "--quiet")
    (empty / "a.txt").write_text("one\n")
    (empty / "ü b.txt").write_text("two\n")
    git(empty, "add", ".")
    git(empty, "commit", "--quiet", "--message", "Begin")
    return empty


async def call(folder: Path, name: str, /, **arguments):
    scope = ToolScope(LocalWorkspace(folder), "session", "run", lambda _: None)
    return await TOOLS[name].run(ToolCall("run/1/0", name, arguments), scope)


def index_of(folder: Path) -> tuple[str, int]:
    index = folder / ".git" / "index"
    return hashlib.sha256(index.read_bytes()).hexdigest(), index.stat().st_mtime_ns


async def test_the_way_from_a_change_to_a_commit(folder: Path) -> None:
    (folder / "a.txt").write_text("one\nmore\n")
    (folder / "c.txt").write_text("three\n")
    status = await call(folder, "git_status")
    assert " M a.txt" in status.text
    assert "?? c.txt" in status.text
    assert status.summary == "2 files"
    assert "+more" in (await call(folder, "git_diff")).text
    assert (await call(folder, "git_add", paths=["."])).summary == "2 files staged"
    assert "+more" in (await call(folder, "git_diff", staged=True)).text
    assert (await call(folder, "git_diff")).text == "[no difference]"
    committed = await call(folder, "git_commit", message="Add more\n\n--amend is but a word here")
    assert "[committed as Artelier <agent@artelier.invalid>" in committed.text
    assert git(folder, "log", "-1", "--format=%an|%ae|%B") == "Artelier|agent@artelier.invalid|Add more\n\n--amend is but a word here\n\n"
    log = await call(folder, "git_log")
    assert [line.split(": ")[1] for line in log.text.splitlines()] == ["Add more", "Begin"]
    assert "+three" in (await call(folder, "git_show")).text
    assert (await call(folder, "git_show", revision="HEAD~1", path="a.txt")).text == "one"
    assert (await call(folder, "git_log", paths=["c.txt"])).summary == "1 commit"
    assert "+three" in (await call(folder, "git_diff", since="HEAD~1", until="HEAD", paths=["c.txt"])).text


async def test_the_configured_person_commits(folder: Path) -> None:
    git(folder, "config", "user.name", "Anna")
    git(folder, "config", "user.email", "anna@example.org")
    (folder / "a.txt").write_text("x\n")
    await call(folder, "git_add", paths=["a.txt"])
    assert "Artelier" not in (await call(folder, "git_commit", message="-m is no option here")).text
    assert git(folder, "log", "-1", "--format=%an: %s") == "Anna: -m is no option here\n"


async def test_branches_and_the_detached_head(folder: Path) -> None:
    assert (await call(folder, "git_branch", name="fix/one")).summary == "made"
    assert (await call(folder, "git_checkout", target="fix/one")).summary == "checked out"
    await call(folder, "git_checkout", target="other", create=True, start="main")
    assert "* other" in (await call(folder, "git_status", branches=True)).text
    assert (await call(folder, "git_branch", name="fix/one", delete=True)).text.startswith("Deleted")
    detached = await call(folder, "git_checkout", target="HEAD~0")
    assert (detached.summary, "detached HEAD" in detached.text) == ("detached", True)
    assert "detached HEAD" in (await call(folder, "git_status")).text


async def test_restoring(folder: Path) -> None:
    (folder / "ü b.txt").write_text("lost\n")
    await call(folder, "git_restore", paths=["ü b.txt"])
    assert (folder / "ü b.txt").read_text() == "two\n"
    (folder / "a.txt").write_text("staged\n")
    await call(folder, "git_add", paths=["a.txt"])
    await call(folder, "git_restore", paths=["a.txt"], staged=True)
    assert " M a.txt" in (await call(folder, "git_status")).text
    assert "throw away the changes of a.txt" in TOOLS["git_restore"].describe({"paths": ["a.txt"]})


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("git_commit", {"message": "x"}, "nothing to commit"),
        ("git_checkout", {"target": "nowhere"}, "There is no such"),
        ("git_diff", {"since": "nowhere"}, "no such revision"),
        ("git_log", {"start": "nowhere"}, "no such revision"),
        ("git_show", {"revision": "nowhere"}, "no such revision"),
        ("git_show", {"path": "none.txt"}, "no such path"),
        ("git_add", {"paths": ["none.txt"]}, "no such path"),
        ("git_restore", {"paths": ["none.txt"]}, "no such path"),
        ("git_branch", {"name": "main"}, "already"),
        ("git_branch", {"name": "main", "delete": True}, "cannot be deleted"),
        ("git_branch", {"name": "none", "delete": True}, "no such branch"),
    ],
)
async def test_failures_say_what_to_do(folder: Path, name: str, arguments: dict, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        await call(folder, name, **arguments)


@pytest.mark.parametrize(("name", "arguments"), [("git_status", {}), ("git_log", {}), ("git_add", {"paths": ["."]}), ("git_diff", {})])
async def test_a_folder_that_is_no_repository(folder: Path, name: str, arguments: dict) -> None:
    inner = folder / "inner"  # the repository above is not the workspace's own
    inner.mkdir()
    with pytest.raises(ToolError, match="not a git repository"):
        await call(inner, name, **arguments)


async def test_no_commits_yet(empty: Path) -> None:
    git(empty, "init", "--quiet")
    with pytest.raises(ToolError, match="no commits yet"):
        await call(empty, "git_log")
    assert "nothing is changed" in (await call(empty, "git_status")).text


async def test_changes_that_would_be_lost_and_conflicts(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "-b", "other")
    (folder / "a.txt").write_text("other\n")
    git(folder, "commit", "--quiet", "--all", "--message", "Other")
    git(folder, "checkout", "--quiet", "main")
    (folder / "a.txt").write_text("mine\n")
    with pytest.raises(ToolError, match="would be lost"):
        await call(folder, "git_checkout", target="other")
    git(folder, "commit", "--quiet", "--all", "--message", "Mine")
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "other")
    assert "[conflicts:" in (await call(folder, "git_status")).text
    with pytest.raises(ToolError, match="There are conflicts"):
        await call(folder, "git_commit", message="x")


@pytest.mark.parametrize("name", READING)
async def test_reading_changes_nothing(folder: Path, name: str) -> None:
    os.utime(folder / "a.txt", (1, 1))  # the index no longer knows that this file is as it was
    before = index_of(folder)
    await call(folder, name)
    assert index_of(folder) == before


async def test_programs_of_the_repository_do_not_run(folder: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho ran >> {proof}\ncat\n")
    script.chmod(0o755)
    names = ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external", "diff.evil.command", "diff.evil.textconv")
    for name in (*names, "filter.evil.clean", "filter.evil.smudge", "gpg.program", "core.askPass"):
        git(folder, "config", name, str(script))
    for name in ("commit.gpgSign", "log.showSignature", "filter.evil.required"):
        git(folder, "config", name, "true")
    (folder / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("pre-commit", "commit-msg", "post-checkout", "post-commit", "post-index-change", "reference-transaction"):
        (folder / ".git/hooks" / hook).symlink_to(script)
    (folder / ".gitattributes").write_text("*.txt filter=evil diff=evil\n")
    os.utime(folder / "a.txt", (1, 1))
    for name in READING:
        await call(folder, name)
    await call(folder, "git_branch", name="two")
    for name, arguments in (
        ("git_add", {"paths": ["."]}),
        ("git_checkout", {"target": "two"}),
        ("git_restore", {"paths": ["a.txt"]}),
    ):
        with pytest.raises(ToolError, match=r"runs programs over the files' contents \(filter\.evil"):
            await call(folder, name, **arguments)
    with pytest.raises(ToolError, match="nothing to commit"):
        await call(folder, "git_commit", message="x")
    assert not proof.exists()
    git(folder, "config", "--remove-section", "filter.evil")
    (folder / "a.txt").write_text("new\n")
    await call(folder, "git_add", paths=["a.txt"])
    await call(folder, "git_commit", message="x")
    await call(folder, "git_checkout", target="two")
    assert not proof.exists()


async def test_secrets_are_neither_shown_nor_staged(folder: Path) -> None:
    (folder / "sub").mkdir()
    for name in (".env", "sub/.env.local", "sub/ID_RSA", ".aws/config", "key.PEM"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("hunter2\n")
    git(folder, "add", "--force", ".")
    git(folder, "commit", "--quiet", "--message", "Careless")
    (folder / ".env").write_text("hunter2 again\n")
    shown = [await call(folder, "git_show"), await call(folder, "git_diff"), await call(folder, "git_diff", since="HEAD~1", paths=[".env"])]
    assert "Careless" in shown[0].text
    assert not any("hunter2" in each.text for each in shown)
    for path in (".env", "sub/.env.local", "sub/ID_RSA", ".aws/config", "key.PEM"):
        with pytest.raises(PathRefused, match="secrets"):
            await call(folder, "git_show", path=path)
    assert (await call(folder, "git_add", paths=["."])).text == "[nothing is staged]"


@pytest.mark.parametrize("pattern", [*SECRET_NAMES, *(f"{folder}/config" for folder in sorted(SECRET_FOLDERS))])
def test_what_file_tools_refuse_is_left_out_of_git(pattern: str) -> None:
    path = f"sub/{pattern.replace('*', 'x')}"
    with pytest.raises(PathRefused, match="secrets"):
        path_in_revision(path)
    assert any(f"**/{pattern.removesuffix('config')}" in each for each in WITHOUT_SECRETS)


class Noting(LocalWorkspace):
    """Notes which commands nobody looks for changes of."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, keep=lambda content, *, durable=True: hashlib.sha256(content).hexdigest())
        self.read_only: dict[str, bool] = {}

    async def run_command(self, request, on_output, *more):
        self.read_only[next(word for word in request.words[len(SAFE_OPTIONS) + 1 :] if not word.startswith("-"))] = request.reads_only
        return await super().run_command(request, on_output, *more)


async def noted(workspace: Noting, name: str, /, **arguments):
    return await TOOLS[name].run(ToolCall("run/1/0", name, arguments), ToolScope(workspace, "session", "run", lambda _: None))


async def test_nobody_looks_for_changes_of_what_only_reads(folder: Path) -> None:
    workspace = Noting(folder)
    os.utime(folder / "a.txt", (1, 1))  # a status that refreshes would write the index
    before = index_of(folder)
    for name, arguments in (
        ("git_status", {"branches": True}),
        ("git_diff", {}),
        ("git_log", {}),
        ("git_show", {}),
        ("git_show", {"path": "a.txt"}),
    ):
        await noted(workspace, name, **arguments)
    assert set(workspace.read_only) == {"config", "status", "for-each-ref", "diff", "log", "show", "cat-file"}
    assert all(workspace.read_only.values())
    assert index_of(folder) == before


async def test_what_git_does_to_files_can_be_undone(folder: Path) -> None:
    workspace = Noting(folder)
    (folder / "a.txt").write_text("lost\n")
    (change,) = (await noted(workspace, "git_restore", paths=["a.txt"])).files
    assert (change.path, change.kind, change.undoable) == ("a.txt", "changed", True)
    assert workspace.read_only["restore"] is False


@pytest.mark.parametrize(
    "words", ["add .", "commit", "checkout x", "config user.name x", "diff --output=a", "branch x", "restore a", "stash"]
)
def test_other_commands_may_write(words: str) -> None:
    assert not only_reads(words.split())
    assert only_reads(["diff", "--", "--output=a"])


@pytest.mark.parametrize("name", READING)
def test_readers_run_together_with_file_reads(name: str) -> None:
    access = TOOLS[name].access({})
    assert not access.conflicts_with(Access(reads=frozenset({"a.txt"})))
    assert not access.conflicts_with(TOOLS["git_status"].access({}))
    assert not access.writes


@pytest.mark.parametrize("name", WRITING)
def test_writers_run_alone(name: str) -> None:
    arguments = {"git_commit": {"message": "x"}, "git_branch": {"name": "x"}, "git_checkout": {"target": "x"}}
    assert TOOLS[name].access(arguments.get(name, {"paths": ["a"]})).exclusive


@pytest.mark.parametrize(
    "text", ["--output=x", "-O", "", "a..b", "a...b", ":/text", "a b", "a\nb", "HEAD:a", "$(id)", "a;b", "x" * 251, "\0", "`id`"]
)
def test_what_is_no_revision(text: str) -> None:
    with pytest.raises(ArgumentsInvalid):
        revision(text)


@pytest.mark.parametrize("text", ["main", "HEAD~2", "v1.2", "a/b", "@{-1}", "main@{1}", "0a1b2c3", "HEAD^2", "ветка"])
def test_what_is_one(text: str) -> None:
    assert revision(text) == text


@pytest.mark.parametrize(
    "text", ["-d", "--delete", "", "a..b", "a b", "HEAD", "@", "a~1", "a.lock", ".a", "a//b", "/a", "a/", "a\\b", "@{-1}", "a:b"]
)
def test_what_is_no_branch(text: str) -> None:
    with pytest.raises(ArgumentsInvalid):
        branch(text)


@pytest.mark.parametrize("text", ["-a", "--all", "/etc/passwd", "../a", "a/../../b", ".git/config", "sub/.GIT/x", "", "a\\b", "a\nb"])
def test_what_is_no_path(text: str) -> None:
    for check in (pathspec, path_in_revision):
        with pytest.raises(PathRefused):
            check(text)


@given(st.text(min_size=1, max_size=40) | st.from_regex(r"[-:.@/a~^]{1,6}"))
def test_nothing_that_passes_is_an_option_or_two_words(text: str) -> None:
    for check in (revision, branch):
        try:
            passed = check(text)
        except ArgumentsInvalid:
            continue
        assert not passed.startswith("-")
        assert ".." not in passed
        assert ":" not in passed
        assert passed.split() == [passed]
    try:
        spec = pathspec(text)
    except PathRefused:
        return
    assert spec == ":(top)" or spec.startswith(":(top,literal)")
    assert not spec.removeprefix(":(top,literal)").startswith(("-", "/"))


async def test_pathspec_magic_is_but_a_name(folder: Path) -> None:
    with pytest.raises(ToolError, match="no such path"):
        await call(folder, "git_add", paths=[":(glob)**"])
    with pytest.raises(ToolError, match="no such path"):
        await call(folder, "git_add", paths=["*.txt"])
