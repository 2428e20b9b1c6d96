"""Paths that must lead nowhere, asked for by a model over the whole way: told to it clearly, and nothing changed outside."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from served import served_in

from artelier.client import Client
from artelier.testing import call, script, turn

SECRET = "SECRET-FROM-OUTSIDE"
PATHS: list[Any] = [
    *("", "/", "/etc/passwd", "../outside/secret.txt", "d/../../outside/secret.txt", "....//....//etc/passwd", "..", "d/..", "./../x"),
    *("~/.ssh/id_rsa", "~root/x", "l_abs", "l_rel", "l_dir/secret.txt", "l_root/etc/passwd", "loop", "l_env", "l_proc", "l_magic"),
    *("dangling", "l_dd", "hard", "fifo", "d", "bin", ".env", ".ENV", ".Env.local", "d/.ssh/x", "ID_RSA", "server.PEM", ".git-credentials"),
    *("C:\\Windows\\win.ini", "C:/x", "\\\\server\\share", "..\\..\\x", "file:///etc/passwd", "a\x00b", "a\nb", "a\x1b[31m"),
    *("\u202egpj.exe", "zero\u200bwidth", "．．/x", "‥/x", "..∕x", "x" * 256, "a/" * 2048 + "a", "con", "NUL.txt", "COM1", "ok.txt:stream"),
    *("ok.txt.", "ok.txt ", "\udcff", "/proc/self/mem", "/dev/zero", "%2e%2e/%2fetc/passwd", "ok.txt/x", "sock", "chr"),
    *(".git/hooks/../../../outside/secret.txt", 123, None, ["a"]),
]
LINKS = {
    "l_abs": "/etc/passwd",
    "l_rel": "../outside/secret.txt",
    "l_dir": "../outside",
    "l_root": "/",
    "loop": "loop",
    "l_env": ".env",
} | {"l_proc": "/proc/self/environ", "l_magic": "/proc/self/root/etc/passwd", "dangling": "nothing", "l_dd": "d/../../outside/secret.txt"}
NAMES = ["..∕x", "%2e%2e/%2fetc/passwd"]
"""Odd, but plain names within the workspace: they may be written."""


def lay_traps(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root.parent / "outside" / "secret.txt").write_text(SECRET)
    (root / "d" / ".ssh").mkdir(parents=True)
    (root / ".env").write_text(SECRET)
    (root / "ok.txt").write_text("fine")
    (root / "bin").write_bytes(b"\x7fELF\0\0" + SECRET.encode())
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    (root / "hard").hardlink_to(root.parent / "outside" / "secret.txt")
    os.mkfifo(root / "fifo")
    os.mknod(root / "sock", stat.S_IFSOCK | 0o600)
    if os.geteuid() == 0:
        os.mknod(root / "chr", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    else:  # only root can make a device
        (root / "chr").symlink_to("/dev/zero")


def around(root: Path) -> dict[str, tuple[bytes, int, int]]:
    files = [path for path in sorted((root.parent / "outside").rglob("*")) if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("tool", ["read_file", "write_file", "edit_file"])
async def test_bad_paths_are_refused_the_whole_way(tmp_path: Path, tool: str) -> None:
    more: dict[str, Any] = {"read_file": {}, "write_file": {"content": "written"}, "edit_file": {"old_text": "S", "new_text": "T"}}[tool]
    calls = [call(tool, json.dumps({"path": path, **more})) for path in PATHS]
    told = script(turn(*calls), call("read_file", path="ok.txt"), "Tried.", when_text_contains="try-them")
    with served_in(tmp_path, told) as served:
        lay_traps(served.workspace)
        before = around(served.workspace)
        async with Client(served.address, served.token) as client:
            reply = await client.chat("try-them")
            while reply.status == "waiting":
                for question in (await client.approvals("open", reply.session_id, limit=200)).items:
                    await client.answer(question.id, "approve")
                rested = await client.wait(reply.run_id, 30)
                if rested.status != "waiting":
                    break
            events = await client.events(reply.session_id)
        assert around(served.workspace) == before
        results = {event.payload["call"]: event.payload["result"] for event in events if event.type == "tool_finished"}
        asked = [
            each["id"]
            for event in events
            if event.type == "model_replied" and event.payload["step"] == 0
            for each in event.payload["calls"]
        ]
        for path, made in zip(PATHS, asked, strict=True):
            result = results[made]
            if not (tool == "write_file" and path in NAMES):
                assert result["status"] == "failed", path
                assert result["code"] in {"PATH_REFUSED", "FILE_MISSING", "FILE_UNREADABLE", "ARGUMENTS_INVALID"}, (path, result)
            assert len(result["text"]) > 20, path
            assert SECRET not in result["text"]
            assert "root:" not in result["text"]
        assert results[events[-1].run + "/1/0"]["text"] == "1\tfine"
        assert (events[-1].type, events[-1].payload["reply"]) == ("run_finished", "Tried.")
