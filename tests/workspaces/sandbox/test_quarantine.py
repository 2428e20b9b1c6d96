"""What is protected and not there yet: it can be created inside, is gone when the command has ended, and nothing empty stays."""

import os
from pathlib import Path

import pytest
from walled import Room, needs_bubblewrap

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox import surveying
from artelier.workspaces.sandbox.surveying import Surveyor

pytestmark = needs_bubblewrap

EVIL = '[core]\n\tfsmonitor = "touch evil"\n'


def names(room: Room) -> set[str]:
    """Return all that lies in the workspace."""
    return {str(path.relative_to(room.workspace)) for path in room.workspace.rglob("*")}


def kept(room: Room) -> set[str]:
    """Return the names of the files that were set aside."""
    return {path.name for path in room.aside.rglob("*") if path.is_file() or path.is_symlink()}


@pytest.mark.parametrize(
    ("script", "left", "aside"),
    [
        ("echo {} >.mcp.json", set(), {".mcp.json"}),
        ("mkdir -p sub/.vscode; echo evil >sub/.vscode/tasks.json", {"sub"}, {"tasks.json"}),
        ("mkdir .idea; echo evil >.idea/x", set(), {"x"}),
        ("echo evil >.envrc", set(), {".envrc"}),
        ("mkdir .artelier; echo evil >.artelier/agent.md", set(), {"agent.md"}),
        ("ln -s /etc .vscode", set(), {".vscode"}),
        ("echo 'gitdir: /tmp/evil' >.git", set(), {".git"}),
        ("mkdir -p node_modules/x/.vscode; echo theirs >node_modules/x/.vscode/a", None, set()),
        ("mkdir -p node_modules/x/.vscode; touch node_modules/x/.vscode/a; mv node_modules/x ours", {"ours", "node_modules"}, {"a"}),
    ],
)
async def test_what_is_new_and_protected_is_set_aside(room: Room, script: str, left: set[str] | None, aside: set[str]) -> None:
    outcome = await room.run(script)
    assert outcome.exit_code == 0
    assert ("set aside" in outcome.output) is bool(aside)
    assert kept(room) == aside
    assert left is None or names(room) == left


async def test_a_command_that_creates_nothing_leaves_nothing(room: Room) -> None:
    assert (await room.run("true")).output == ""
    assert names(room) == set()
    assert not room.aside.exists()


async def test_without_the_quarantine_it_would_stay(room: Room) -> None:
    await room.run("echo evil >.envrc", quarantine=False)
    assert names(room) == {".envrc"}


async def test_a_new_repository_stays_without_what_runs_programs(room: Room) -> None:
    commit = "git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m first"
    outcome = await room.run(f"git init -q . && {commit} && git remote add origin https://example.org/a.git")
    assert (outcome.exit_code, outcome.output) == (0, "")
    assert {".git/HEAD", ".git/config"} <= names(room)
    outcome = await room.run("git log --format=%s; mkdir .git/hooks; echo evil >.git/hooks/pre-commit")
    assert outcome.output.startswith("first\n")
    assert ".git/hooks was set aside" in outcome.output.replace("\n", " ")
    assert kept(room) == {"pre-commit"}
    assert ".git/hooks" not in names(room)


@pytest.mark.parametrize(
    ("script", "part"),
    [
        (f"git init -q .; printf '{EVIL}' >>.git/config", "config"),
        ("git init -q .; git config include.path /tmp/evil", "config"),
        ("git init -q .; git config remote.origin.url 'ext::sh -c evil'", "config"),
        ("git init -q .; mkdir .git/hooks; echo evil >.git/hooks/post-checkout", "hooks"),
        ("git init -q .; echo ../evil >.git/commondir", "commondir"),
        ("git init -q .; mkdir -p .git/info; echo '* filter=evil' >.git/info/attributes", "info"),
        ("git init -q .; mkdir -p .git/modules/a", "modules"),
        ("git init -q .; ln -s /etc/hostname .git/config.worktree", "config.worktree"),
    ],
)
async def test_a_new_repository_loses_its_evil_parts(room: Room, script: str, part: str) -> None:
    outcome = await room.run(script)
    assert f".git/{part} was set aside" in outcome.output.replace("\n", " "), outcome.output
    assert f".git/{part}" not in names(room)
    assert ".git/HEAD" in names(room)


@pytest.mark.parametrize("script", ["echo ../evil >.git/commondir", "mkdir .git/modules; echo evil >.git/modules/x"])
async def test_a_repository_that_was_there_gets_no_new_parts(room: Room, script: str) -> None:
    room.prepare("git init -q .")
    before = names(room)
    assert "set aside" in (await room.run(script)).output
    assert names(room) == before


async def test_a_repository_moved_away_gives_no_room_for_another(room: Room) -> None:
    room.prepare("mkdir sub; git init -q sub")
    outcome = await room.run(f"mv sub old; mkdir sub; git init -q sub; printf '{EVIL}' >>sub/.git/config; echo x >>old/.git/config")
    assert "Read-only file system" in outcome.output
    assert "sub/.git/config was set aside" in outcome.output
    assert "evil" not in (room.workspace / "old" / ".git" / "config").read_text()


async def test_a_secret_stays_covered_wherever_its_folder_goes(room: Room) -> None:
    room.prepare("mkdir sub; echo secret >sub/.env")
    assert "secret" not in (await room.run("mkdir -p node_modules/.git/objects; mv sub node_modules/.git/objects/")).output
    assert "secret" not in (await room.run("find . -name .env | xargs cat; true")).output


async def test_a_folder_that_cannot_be_read_is_covered(room: Room) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads every folder")
    room.prepare("mkdir shut; echo secret >shut/.env; chmod 000 shut")
    assert "secret" not in (await room.run("chmod 700 shut; cat shut/.env; true")).output


async def test_a_link_that_was_replaced_is_set_aside(room: Room) -> None:
    room.prepare("mkdir theirs; ln -s theirs .vscode")
    assert (await room.run("true")).output == ""
    await room.run("rm .vscode; ln -s /tmp .vscode")
    assert kept(room) == {".vscode"}


def test_a_survey_sees_changes_whose_times_were_set_back(tmp_path: Path) -> None:
    surveyor = Surveyor()
    (tmp_path / "sub").mkdir()
    os.utime(tmp_path / "sub", (0, 0))
    assert not surveyor.survey(str(tmp_path)).sights
    (tmp_path / "sub" / ".envrc").write_text("evil")
    os.utime(tmp_path / "sub", (0, 0))
    assert [sight.path for sight in surveyor.survey(str(tmp_path)).sights] == [str(tmp_path / "sub" / ".envrc")]


def test_a_survey_remembers_what_has_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("secret")
    surveyor = Surveyor()
    monkeypatch.setattr(surveying, "_FRESH", -(10**18))
    first = surveyor.survey(str(tmp_path))
    monkeypatch.setattr(surveying.os, "scandir", None)
    assert surveyor.survey(str(tmp_path)) == first


def test_a_tree_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / str(number)).touch()
    monkeypatch.setattr(surveying, "ENTRY_LIMIT", 3)
    with pytest.raises(CommandFailed, match="smaller folder"):
        Surveyor().survey(str(tmp_path))


def test_public_certificates_are_no_secret(tmp_path: Path) -> None:
    (tmp_path / "cacert.pem").touch()
    (tmp_path / "server.pem").touch()
    assert [Path(sight.path).name for sight in Surveyor().survey(str(tmp_path)).sights] == ["server.pem"]
