"""An agent works on a real package: it reads, searches, edits two files and runs the package's own tests."""

import json
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from living import Follower, living, scripted

PACKAGE, VERSION = "six", "1.17.0"
DOWNLOAD_SECONDS = 90
TESTS = f"{shlex.quote(sys.executable)} -m pytest -q -p no:cacheprovider -W ignore -k ensure test_six.py"
OUR_PYTHON = f"[sandbox]\ntool_paths = {json.dumps([sys.prefix, sys.base_prefix])}\n"
"""The package's tests run on the Python that runs these, wherever it lies."""
HEAD = "def ensure_text(s, encoding='utf-8', errors='strict'):"
CODE = f"def both(first, second):\n    return ensure_text(first) + ensure_text(second)\n\n\n{HEAD}"
TEST = "def test_ensure_both():\n    assert six.both(b'a', u'b') == u'ab'\n\n\nclass EnsureTests:"


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


SCRIPT = [
    {
        "calls": [
            call("list_files"),
            call("search_in_code", pattern="def ensure_text", glob="*.py"),
            call("read_file", path="six.py", first_line=940),
        ]
    },
    {
        "calls": [
            call("edit_file", path="six.py", old_text=HEAD, new_text=CODE),
            call("edit_file", path="test_six.py", old_text="class EnsureTests:", new_text=TEST),
        ]
    },
    {"calls": [call("execute_command", command=TESTS, timeout=60)]},
    {"text": "Both are edited and the tests pass."},
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's source distribution from the index, unpacked in a temporary folder."""
    folder = tmp_path_factory.mktemp("package")
    tool = shutil.which("uvx")
    pip = [tool, "pip"] if tool else [shutil.which("pip") or shutil.which("pip3") or "pip"]
    words = [*pip, "download", "--no-deps", "--no-binary", PACKAGE, "--dest", str(folder), f"{PACKAGE}=={VERSION}"]
    loader = subprocess.run(words, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)
    archive = folder / f"{PACKAGE}-{VERSION}.tar.gz"
    assert archive.exists(), f"The package index gave no {PACKAGE} {VERSION}; this test needs it.\n{loader.stderr}"
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / f"{PACKAGE}-{VERSION}"


async def test_a_real_package_is_changed_and_its_own_tests_pass(tmp_path: Path, source: Path) -> None:
    shutil.copytree(source, tmp_path / "workspace")
    before = contents(tmp_path / "workspace")
    async with living(tmp_path, scripted(tmp_path / "settings", SCRIPT, OUR_PYTHON)) as server, server.client() as client:
        session = (await client.open_session()).id
        follower = Follower(client, session)
        run = (await client.send(session, "add a function that joins, with its test")).run_id
        approved = 0
        while (rested := await client.wait(run)).status == "waiting":
            for question in (await client.approvals("open", session)).items:
                assert question.tool in {"edit_file", "execute_command"}
                await client.answer(question.id, "approve")
                approved += 1
        assert (rested.status, rested.reply, approved) == ("finished", "Both are edited and the tests pass.", 3)
        await follower.until_type("run_finished")
        journal = await client.events(session)
        assert follower.events == list(journal)
        results = [event.payload for event in journal if event.type == "tool_finished"]
        await follower.close()
    assert [each["result"]["status"] for each in results] == ["done"] * 6, results
    listed, found, read, code, test, ran = sorted(results, key=lambda each: each["call"].split("/")[1:])
    assert "six.py" in listed["result"]["text"]
    assert "def ensure_text" in found["result"]["text"]
    assert "ensure_text" in read["result"]["text"]
    assert (ran["result"]["exit_code"], "passed" in ran["result"]["text"]) == (0, True), ran
    after = contents(tmp_path / "workspace")
    assert {name for name in after if before.get(name) != after[name]} == {"six.py", "test_six.py"}
    for each, added in ((code, CODE), (test, TEST)):
        (file,) = each["result"]["files"]
        change = [line for line in each["result"]["text"].splitlines()[1:] if line[:1] in "+-"]
        lines = after[file["path"]].decode().splitlines()
        assert file["added"] - file.get("removed", 0) == len(lines) - len(before[file["path"]].decode().splitlines())
        assert after[file["path"]] == before[file["path"]].replace(added.splitlines()[-1].encode(), added.encode())
        assert all(line[1:] in lines for line in change if line.startswith("+") and not line.startswith("+++")), json.dumps(change)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
