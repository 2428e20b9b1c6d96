import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.approvals.read_only import only_reads
from artelier.approvals.syntax import SimpleCommand, Word, simple_commands

READING = [
    "cat a.txt",
    "cat 'отчёт за год.txt' | head -n 3",
    "ls -la src && wc -l *.py; pwd",
    "grep -rn 'def main' src 2>/dev/null || echo none",
    "find . -name '*.py' -type f",
    "rg -n pattern --glob '*.py'",
    "sort names.txt | uniq -c",
    "cd src && cat main.py",
    "[ -f setup.py ] && echo yes",
    "diff a b 2>&1",
    "python3 --version",
    "wc -l < names.txt",
    'cat "a b" c"d"e',
]
NOT_SURELY_READING = [
    "",
    "rm a",
    "cat a > b",
    "cat a >> b",
    "echo x &> b",
    "ls &",
    "cat $(rm a)",
    "cat `rm a`",
    "cat <(rm a)",
    "cat $FILE",
    "X=1 ls",
    "ls; rm a",
    "ls\nrm a",
    "ls | tee b",
    "ls | xargs rm",
    "find . -delete",
    "find . -exec rm {} +",
    "find . -fprintf b x",
    "find *",
    "sort -o b a",
    "sort -ob a",
    "sort --outp=b a",
    "sort --compress-program=./evil a",
    "uniq a b",
    "sed -n 1p a",
    "awk 1 a",
    "env ls",
    "sh -c ls",
    "git status",
    "python3 -c 'print()'",
    "rg --pre ./evil x",
    "rg -z x",
    "rg '--pre=./evil' x",
    'rg "--pr"e=./evil x',
    "tree -o b",
    "file -C -m magic",
    "diff --output=b a c",
    "./cat a",
    "c*t a",
    "{ ls; }",
    "(ls)",
    "if true; then ls; fi",
    "for f in a; do cat a; done",
    "f() { rm a; }; f",
    "! ls",
    "cat <<E\nx\nE",
    "cat <<< x",
    "ls |& cat",
    "l\\s",
    "cat\u00a0a",
    "cat a\x00b",
    "echo $'x'",
    "ls ||",
    "cat 'a",
    "exec ls",
    "command rm a",
    "eval ls",
    "[ -f a ] > b",
    "[[ -f a ]]",
    "cat a >&b",
    "x" * 20_000,
]


@pytest.mark.parametrize("command", READING)
def test_known_readers_are_told(command: str) -> None:
    assert only_reads(command)


@pytest.mark.parametrize("command", NOT_SURELY_READING)
def test_whatever_could_write_is_not_called_reading(command: str) -> None:
    assert not only_reads(command)


def test_words_come_as_the_program_gets_them() -> None:
    assert simple_commands("""cat 'a b' c"d"e *.py < in > out""") == (
        SimpleCommand(
            (Word("cat"), Word("a b"), Word("cde"), Word("*.py", literal=False)),
            reads=(Word("in"),),
            writes=(Word("out"),),
        ),
    )


WORDS = """cat ls echo find sort rg a.txt * -o -delete -exec rm ; | && > >> < & ' " $( ) ` \\ { } touch new tee 2>&1 /dev/null -name
--output=new é $X -fprint"""
PIECES = st.sampled_from([*WORDS.split(), "\n"])


@given(st.lists(PIECES, max_size=8), st.booleans())
def test_what_is_called_reading_leaves_a_folder_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], spaced: bool
) -> None:
    command = (" " if spaced else "").join(pieces)
    if not only_reads(command):
        return
    folder = tmp_path_factory.mktemp("folder")
    (folder / "a.txt").write_text("a\n")
    before = _content(folder)
    subprocess.run(["/bin/sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False)
    assert _content(folder) == before


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
