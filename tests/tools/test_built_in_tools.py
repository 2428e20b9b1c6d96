import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.calls import Access, FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.errors import ArgumentsInvalid, FileMissing, PathRefused
from artelier.ports.tool import Tool, ToolScope
from artelier.ports.workspace import CommandOutcome, Workspace
from artelier.tools.catalogue import built_in_tools
from artelier.tools.files import CreateDirectory, EditFile, ListFiles, ReadFile, WriteFile
from artelier.tools.search import SearchInCode
from artelier.tools.shell import ExecuteCommand
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.memory import MemoryWorkspace
from artelier.workspaces.paths import normalise

TOOLS = {tool.spec.name: tool for tool in built_in_tools()}
EXCLUSIVE = Access(exclusive=True)


def ignore(_: str) -> None:
    """Take a piece of output and do nothing."""


async def run(tool: Tool, workspace: Workspace, progress: Callable[[str], None] = ignore, **arguments: Any) -> ToolResult:
    return await tool.run(ToolCall("run/1/0", tool.spec.name, arguments), ToolScope(workspace, "session", "run", progress))


def test_the_catalogue_is_what_was_promised() -> None:
    properties = {name: (tool.spec.family, tool.spec.effect, tool.spec.repeatable) for name, tool in TOOLS.items()}
    assert properties == {
        "read_file": ("files", "read", True),
        "write_file": ("files", "write", True),
        "edit_file": ("files", "write", False),
        "list_files": ("files", "read", True),
        "create_directory": ("files", "write", True),
        "delete_path": ("files", "write", False),
        "move_path": ("files", "write", False),
        "search_in_code": ("search", "read", True),
        "execute_command": ("shell", "execute", False),
        "git_status": ("git", "read", True),
        "git_diff": ("git", "read", True),
        "git_log": ("git", "read", True),
        "git_show": ("git", "read", True),
        "git_add": ("git", "write", True),
        "git_commit": ("git", "write", False),
        "git_branch": ("git", "write", False),
        "git_checkout": ("git", "write", False),
        "git_restore": ("git", "write", True),
        "update_plan": ("plan", "read", True),
    }


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_schemas_are_plain_objects(tool: Tool) -> None:
    schema = tool.spec.parameters
    text = json.dumps(schema)
    assert "$ref" not in text
    assert "$defs" not in text
    assert '"title": "' not in text
    assert set(schema) == {"type", "properties", "required", "additionalProperties"}
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert all(
        field["description"] and field["type"] in {"string", "integer", "boolean", "array"} for field in schema["properties"].values()
    )
    assert tool.spec is tool.spec
    assert tool.spec.description.endswith(".")


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("read_file", {}, "`path`"),
        ("read_file", {"path": 123}, "path"),
        ("read_file", {"path": None}, "path"),
        ("read_file", {"path": ["a"]}, "path"),
        ("read_file", {"path": "a", "first_line": 0}, "first_line"),
        ("read_file", {"path": "a", "first_line": "1"}, "first_line"),
        ("read_file", {"path": "a", "lines": 5}, "`lines`"),
        ("write_file", {"path": "a"}, "`content`"),
        ("edit_file", {"path": "a", "old_text": "", "new_text": "b"}, "old_text"),
        ("list_files", {"depth": 11}, "depth"),
        ("create_directory", {"path": False}, "path"),
        ("search_in_code", {"pattern": ""}, "pattern"),
        ("execute_command", {"command": "ls", "timeout": 601}, "timeout"),
        ("execute_command", {"command": "ls", "folders": ["srv"]}, "folders"),
        ("execute_command", None, "object"),
    ],
)
async def test_arguments_that_do_not_fit_are_named(name: str, arguments: Any, named: str) -> None:
    tool = TOOLS[name]
    with pytest.raises(ArgumentsInvalid, match=named):
        await tool.run(ToolCall("run/1/0", name, arguments), ToolScope(MemoryWorkspace(), "session", "run", ignore))
    assert tool.access(arguments) == EXCLUSIVE
    assert tool.describe(arguments).startswith(f"{name} with arguments that do not fit: ")


@pytest.mark.parametrize(
    ("name", "arguments", "access"),
    [
        ("read_file", {"path": "./src//a.py"}, Access(reads=frozenset({"src/a.py"}))),
        ("write_file", {"path": "src/a.py", "content": ""}, Access(writes=frozenset({"src/a.py"}))),
        ("edit_file", {"path": "a.py/", "old_text": "a", "new_text": "b"}, Access(writes=frozenset({"a.py"}))),
        ("list_files", {}, Access(reads=frozenset({"."}))),
        ("list_files", {"path": "src", "depth": 3}, Access(reads=frozenset({"src"}))),
        ("create_directory", {"path": "a/b"}, Access(writes=frozenset({"a/b"}))),
        ("search_in_code", {"pattern": "x"}, Access(reads=frozenset({"."}))),
        ("search_in_code", {"pattern": "x", "path": "a/b"}, Access(reads=frozenset({"a/b", ".gitignore", "a/.gitignore"}))),
        ("execute_command", {"command": "ls"}, Access(reads=frozenset({"."}))),
        ("execute_command", {"command": "ls > a"}, EXCLUSIVE),
        ("read_file", {"path": "../x"}, EXCLUSIVE),
        ("write_file", {"path": "/etc/passwd", "content": ""}, EXCLUSIVE),
        ("search_in_code", {"pattern": "x", "path": "a\\b"}, EXCLUSIVE),
    ],
)
def test_what_a_call_touches(name: str, arguments: dict[str, Any], access: Access) -> None:
    assert TOOLS[name].access(arguments) == access


@given(st.text(st.sampled_from("ab./~: é"), max_size=12))
def test_the_path_touched_is_the_path_a_workspace_uses(path: str) -> None:
    access = TOOLS["read_file"].access({"path": path})
    try:
        used = normalise(path)
    except PathRefused:
        return
    assert access == Access(reads=frozenset({used}))


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("read_file", {"path": "a.py"}, "a.py"),
        ("write_file", {"path": "notes.md", "content": "один\nдва\nтри"}, "write notes.md, 3 lines, 22 bytes"),
        ("write_file", {"path": "empty", "content": ""}, "write empty, 0 lines, 0 bytes"),
        ("edit_file", {"path": "a", "old_text": "x\n", "new_text": ""}, "edit a, replace “x␊” by “”"),
        (
            "edit_file",
            {"path": "a", "old_text": "x" * 201, "new_text": "y", "replace_all": True},
            "edit a, replace 1 line (201 characters) everywhere by “y”",
        ),
        ("list_files", {"path": "src", "depth": 2}, "src, 2 levels down"),
        ("create_directory", {"path": "a/b"}, "create folder a/b"),
        ("search_in_code", {"pattern": "a.b", "path": "src", "glob": "*.py"}, "“a.b” in src in files like *.py"),
        ("execute_command", {"command": "pytest -q"}, "run: pytest -q"),
        (
            "execute_command",
            {"command": "make", "network": True, "folders": ["/srv/a", "/srv/b"]},
            "run with the network and writing in /srv/a and writing in /srv/b: make",
        ),
        (
            "execute_command",
            {"command": "ls\nrm -rf x\x1b[2K\u202e\u200b\u00a0\x7f\ud800"},
            "run: ls␊rm -rf x␛[2K⟨U+202E⟩⟨U+200B⟩⟨U+00A0⟩␡⟨U+D800⟩",
        ),
    ],
)
def test_the_effect_is_told_in_one_visible_line(name: str, arguments: dict[str, Any], words: str) -> None:
    assert TOOLS[name].describe(arguments) == words


@given(st.text())
def test_whatever_a_command_says_can_be_seen(command: str) -> None:
    words = TOOLS["execute_command"].describe({"command": "x" + command})
    assert words.isprintable()
    assert len(words) >= len("run: x" + command)


async def test_reading_numbers_the_lines() -> None:
    workspace = MemoryWorkspace({"a.txt": "".join(f"line {number}\n" for number in range(1, 951)), "dos": "a\r\nb", "empty": ""})
    result = await run(ReadFile(), workspace, path="a.txt", first_line=12, max_lines=2)
    assert result.text == "12\tline 12\n13\tline 13\n[lines 12-13 of 950, read on with first_line=14]"
    assert (result.status, result.summary, result.truncated, result.files) == (ResultStatus.DONE, "2 lines", True, ())
    result = await run(ReadFile(), workspace, path="a.txt", first_line=950)
    assert (result.text, result.summary, result.truncated) == ("950\tline 950", "1 line", False)
    assert (await run(ReadFile(), workspace, path="a.txt", first_line=951)).text == "[no line 951: the file has 950 lines]"
    assert (await run(ReadFile(), workspace, path="dos")).text == "1\ta\n2\tb"
    assert (await run(ReadFile(), workspace, path="empty")).text == "[the file is empty]"
    with pytest.raises(FileMissing):
        await run(ReadFile(), workspace, path="none")


async def test_reading_tells_an_unusual_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Привет, мир\n".encode("cp1251"))
    result = await run(ReadFile(), LocalWorkspace(tmp_path), path="a.txt")
    assert result.text == "1\tПривет, мир\n[encoding cp1251, kept when it is written]"


async def test_writing_tells_what_changed() -> None:
    workspace = MemoryWorkspace()
    result = await run(WriteFile(), workspace, path="./a.txt", content="one\ntwo\nthree")
    assert (result.text, result.summary) == ("Created a.txt, 3 lines, 13 bytes.", "created, 3 lines")
    assert result.files == (FileChange("a.txt", "created", 3),)
    result = await run(WriteFile(), workspace, path="a.txt", content="one\n2\nthree\nfour\n")
    assert (result.text, result.summary) == ("Replaced a.txt: +3 −2 lines.", "+3 −2")
    assert result.files == (FileChange("a.txt", "changed", 3, 2),)
    result = await run(WriteFile(), workspace, path="a.txt", content="one\n2\nthree\nfour\n")
    assert (result.summary, result.files) == ("unchanged", ())
    assert workspace.files == {"a.txt": "one\n2\nthree\nfour\n"}


async def test_editing_shows_the_difference() -> None:
    workspace = MemoryWorkspace({"a.txt": "".join(f"{number}\n" for number in range(1, 21))})
    result = await run(EditFile(), workspace, path="a.txt", old_text="\n10\n", new_text="\nten\nand more\n")
    assert result.text == "Edited a.txt: +2 −1 lines.\n@@ -7,7 +7,8 @@\n 7\n 8\n 9\n-10\n+ten\n+and more\n 11\n 12\n 13"
    assert (result.summary, result.files) == ("+2 −1", (FileChange("a.txt", "changed", 2, 1),))
    result = await run(EditFile(), workspace, path="a.txt", old_text="1", new_text="one", replace_all=True)
    assert result.summary == "+10 −10"


async def test_listing_draws_a_tree() -> None:
    workspace = MemoryWorkspace({"src/a.py": "x" * 1200, "src/deep/b.py": "", "README.md": "hello", "odd\u202ename": ""})
    result = await run(ListFiles(), workspace, depth=2)
    assert result.text == "README.md 5\nodd⟨U+202E⟩name 0\nsrc/\n  a.py 1.2k\n  deep/"
    assert (result.summary, result.truncated) == ("5 names", False)
    assert (await run(ListFiles(), workspace, path="src/deep")).text == "b.py 0"
    many = MemoryWorkspace({f"{number:04}": "" for number in range(1001)})
    result = await run(ListFiles(), many)
    assert result.truncated
    assert result.text.endswith("0999 0\n[there is more: list a folder further down, or with less depth]")
    await workspace.make_folder("void")
    assert (await run(ListFiles(), workspace, path="void")).text == "[the folder is empty]"


async def test_listing_marks_what_is_no_plain_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    assert (await run(ListFiles(), LocalWorkspace(tmp_path))).text == "folder/\nlink@"


async def test_creating_a_folder() -> None:
    workspace = MemoryWorkspace()
    assert (await run(CreateDirectory(), workspace, path="a/b")).summary == "created"
    assert (await run(CreateDirectory(), workspace, path="a/b")).text == "The folder a/b was there already."


async def test_searching_groups_by_file() -> None:
    workspace = MemoryWorkspace({"a.py": "x = 1\ny = 2\nx = 3\n", "b.py": "x\n", "c.txt": "x"})
    result = await run(SearchInCode(), workspace, pattern="x", glob="*.py")
    assert result.text == "a.py\n1: x = 1\n3: x = 3\nb.py\n1: x"
    assert (result.summary, result.truncated) == ("3 matches in 2 files", False)
    result = await run(SearchInCode(), workspace, pattern="nothing", path="c.txt")
    assert (result.text, result.summary) == ("[no match in 1 file]", "0 matches in 0 files")
    result = await run(SearchInCode(), MemoryWorkspace({"a": "x\n" * 300}), pattern="x")
    assert result.truncated
    assert result.text.endswith("200: x\n[the first 200 matches: narrow the pattern, the path or the glob for others]")


@pytest.mark.parametrize(
    ("outcome", "status", "text", "summary"),
    [
        (CommandOutcome(0, "fine\n", 2.44), ResultStatus.DONE, "fine", "exit 0 · 2.4 s"),
        (CommandOutcome(0, "", 0.0), ResultStatus.DONE, "[no output]", "exit 0 · 0.0 s"),
        (CommandOutcome(3, "oops\n", 1.0), ResultStatus.FAILED, "oops\n[exit 3]", "exit 3 · 1.0 s"),
        (CommandOutcome(-9, "", 1.0), ResultStatus.FAILED, "[no output]\n[killed by SIGKILL]", "killed by SIGKILL · 1.0 s"),
        (CommandOutcome(-15, "half", 5.0, timed_out=True), ResultStatus.TIMED_OUT, "half\n[ended after 5 s]", "ended after 5 s · 5.0 s"),
    ],
)
async def test_commands_tell_how_they_ended(outcome: CommandOutcome, status: ResultStatus, text: str, summary: str) -> None:
    shown: list[str] = []
    workspace = MemoryWorkspace(commands={"make": outcome})
    result = await run(ExecuteCommand(), workspace, shown.append, command="make", timeout=5)
    assert (result.status, result.text, result.summary, result.exit_code) == (status, text, summary, outcome.exit_code)
    assert "".join(shown) == outcome.output


async def test_a_cut_output_says_so(tmp_path: Path) -> None:
    result = await run(ExecuteCommand(), LocalWorkspace(tmp_path), command="head -c 300000 /dev/zero | tr '\\0' x")
    assert result.truncated
    assert "[... 100000 characters left out ...]" in result.text


@pytest.mark.parametrize("name", ["read_file", "write_file", "edit_file", "list_files", "create_directory", "search_in_code"])
@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", ".env", "a\\b", "\udcff", "x\x00"])
async def test_bad_paths_are_refused_by_every_tool(tmp_path: Path, name: str, path: str) -> None:
    others = {"content": "x", "old_text": "a", "new_text": "b", "pattern": "x"}
    fields = TOOLS[name].spec.parameters["properties"]
    arguments: dict[str, Any] = {"path": path, **{key: value for key, value in others.items() if key in fields}}
    with pytest.raises(PathRefused):
        await run(TOOLS[name], LocalWorkspace(tmp_path), **arguments)
    assert TOOLS[name].describe(arguments).isprintable()
    assert not (await LocalWorkspace(tmp_path).list_folder()).entries
