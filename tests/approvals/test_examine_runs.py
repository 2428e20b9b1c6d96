"""What is called reading, run by a real shell, leaves a folder as it was."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.approvals.examine import examine

PIECES = st.sampled_from(
    [
        *(
            "cat",
            "ls",
            "echo",
            "find .",
            "sort",
            "a.txt",
            "x",
            "touch new",
            "rm a.txt",
            "tee new",
            "sed",
            "awk",
            "xargs",
            "env",
            "sh -c",
            "command",
        ),
        *("|", "&&", "||", ";", "&", "\n", ">", ">>", "<", "<<", "<<<", "<<E", "E", "2>&1", ">&", "&>", "/dev/null", "new"),
        *(
            "(",
            ")",
            "{",
            "}",
            "$(",
            "`",
            "'",
            '"',
            "\\",
            "$X",
            "${X:-",
            "X=1",
            "<(",
            ">(",
            "#",
            "!",
            "[[",
            "]]",
            "[",
            "]",
            "$((",
            "))",
            "((",
            "$'",
        ),
        *(
            "if",
            "then",
            "else",
            "fi",
            "for",
            "f",
            "in",
            "do",
            "done",
            "while",
            "case",
            "esac",
            ";;",
            "f()",
            "function",
            "time",
            "eval",
            "exec",
        ),
        *(
            "-exec",
            "{}",
            "+",
            "\\;",
            "-delete",
            "-o",
            "new2",
            "-n",
            "p",
            "w new",
            "{print}",
            "'{print > \"new\"}'",
            "'s/a/b/w new'",
            "é",
            "printf",
        ),
    ]
)


@given(st.lists(PIECES, max_size=9), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_is_called_reading_leaves_a_folder_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], spaced: bool
) -> None:
    command = (" " if spaced else "").join(pieces)
    if not examine(command).read_only:
        return
    for shell in ("/bin/sh", "/bin/bash"):
        if not Path(shell).exists():
            continue
        folder = tmp_path_factory.mktemp("folder")
        (folder / "a.txt").write_text("a\n")
        subprocess.run([shell, "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False)
        assert {file.name: file.read_text() for file in folder.iterdir()} == {"a.txt": "a\n"}, (shell, command)
