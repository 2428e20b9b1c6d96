from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.approvals.examine import examine

TABLE = [
    tuple(line.split(" ", 1))
    for line in (Path(__file__).parent / "judged_commands.txt").read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]


def marks(command: str) -> str:
    found = examine(command)
    told = {"R": found.read_only, "D": found.destructive, "N": found.network, "U": not found.parseable}
    return "".join(mark for mark, holds in told.items() if holds) or "-"


def argvs(command: str) -> list[list[str]]:
    return [list(each.argv) for each in examine(command).commands]


@pytest.mark.parametrize(("expected", "command"), TABLE)
def test_a_command_is_judged_as_a_careful_person_would(expected: str, command: str) -> None:
    assert marks(command) == expected


EVERYDAY = (Path(__file__).parent / "everyday_commands.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("command", EVERYDAY)
def test_what_developers_look_at_every_day_only_reads(command: str) -> None:
    assert marks(command) == "R"


def test_the_table_is_long() -> None:
    assert len(TABLE) > 500


@pytest.mark.parametrize(
    ("expected", "command"),
    [
        ("R", "cat <<EOF\nпривет $USER\nEOF"),
        ("D", "cat <<EOF\n$(rm -rf x)\nEOF"),
        ("R", "cat <<'EOF'\n$(rm -rf x) `rm a`\nEOF"),
        ("-", "cat > a <<'EOF'\nhello\nEOF"),
        ("U", "cat <<EOF > a; rm b\nhello\nEOF"),
        ("D", "sh <<'EOF'\nrm -rf x\nEOF"),
        ("D", "bash -s <<'EOF'\nrm -rf x\nEOF"),
        ("DN", "ssh host <<'EOF'\nrm -rf x\nEOF"),
        ("D", "psql app <<'EOF'\nDROP TABLE users;\nEOF"),
        ("D", "python3 - <<'EOF'\nimport shutil\nshutil.rmtree('x')\nEOF"),
        ("D", "ls\nrm -rf x"),
        ("R", "ls\n\n# a comment\npwd\n"),
        ("R", "ls \\\n  -la"),
        ("D", "rm \\\n  -rf x"),
        ("U", "cat <<A; rm -rf x\nA"),
        ("-", "cat <<A > b && ls\nx\nA"),
        ("-", "cat <<A | tee b\nx\nA"),
        ("-", "cat <<A | sh\nls\nA"),
        ("U", ""),
        ("U", "   "),
        ("U", "ls\u00a0a"),
        ("U", "ls\x00"),
        ("U", "ls \x1b[2K"),
        ("U", "ls\r\nrm x"),
        ("U", "ls \u200b"),
        ("U", "echo '\u202e'"),
        ("U", "ls \ud800"),
        ("U", "ls " + "a" * 20_000),
        ("U", "sh -c " + "'sh -c " * 3 + "ls"),
        ("N", "if true\nthen\n  curl https://x\nfi"),
        ("D", "function f {\n  rm -rf x\n}\nf"),
    ],
)
def test_texts_of_several_lines_and_odd_characters(expected: str, command: str) -> None:
    assert marks(command) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git  commit -m 'a b'\\''c'", [["git", "commit", "-m", "a b'c"]]),
        ("sudo env A=1 rm 'a b'", [["sudo", "env", "A=1", "rm", "a b"], ["env", "A=1", "rm", "a b"], ["rm", "a b"]]),
        ("a | b && c; d", [["a"], ["b"], ["c"], ["d"]]),
        ('echo "$(ls -l "$HOME")" x', [["echo", '$(ls -l "$HOME")', "x"], ["ls", "-l", "$HOME"]]),
        ("cat > f a b", [["cat", "a", "b"]]),
        ("find . -exec grep -l x {} +", [["find", ".", "-exec", "grep", "-l", "x", "{}", "+"], ["grep", "-l", "x", "{}"]]),
        ("sh -c 'ls; pwd'", [["sh", "-c", "ls; pwd"], ["ls"], ["pwd"]]),
        ("X=1 Y=2 make all", [["make", "all"]]),
        ("rm 'отчёт за год.txt'", [["rm", "отчёт за год.txt"]]),
        ('echo "a  $x  b"', [["echo", "a  $x  b"]]),
        ("! grep -q x f", [["grep", "-q", "x", "f"]]),
        ("[ -f a ]", [["[", "-f", "a", "]"]]),
    ],
)  # fmt: skip
def test_every_simple_command_is_told_with_its_words(command: str, expected: list[list[str]]) -> None:
    assert argvs(command) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ls > 'my file' 2>/dev/null", ["my file"]),
        ("a > x; b >> y 2> z", ["x", "y", "z"]),
        ("(a; b) &> all", ["all"]),
        ("ls | tee -a one two", ["one", "two"]),
        ("dd if=a of=b", ["b"]),
        ("sort -o out in", ["out"]),
        ("cat a > $X", ["$X"]),
        ("ls 2>&1", []),
        ("cp a b", ["b"]),
        ("cp -r a b dist/", ["dist/"]),
        ("cp -t dist a b", ["dist"]),
        ("mv a b", ["b"]),
        ("rm -rf build 'my file'", ["build", "my file"]),
        ("rmdir a", ["a"]),
        ("touch -d yesterday a b", ["a", "b"]),
        ("mkdir -p a/b", ["a/b"]),
        ("ln -s ../a b", ["b"]),
        ("sed 's/a/b/w x' f", ["x"]),
        ("sed -n '/a/w out' f", ["out"]),
        ("sed 's/ w x/y/' f", []),
        ("sed -i 's/a/b/' f g", ["f", "g"]),
        ("sed -i -e 's/a/b/' f", ["f"]),
        ("git diff --output=foo", ["foo"]),
        ("git archive -o x.tar HEAD", ["x.tar"]),
        ("uniq a b", ["b"]),
        ("uniq a", []),
        ("tree -o x", ["x"]),
        ("awk '{print > \"out\"}' f", ["out"]),
        ("tar czf a.tgz src", ["a.tgz"]),
        ("tar -cf a.tar src", ["a.tar"]),
        ("tar xzf a.tgz -C dist", ["dist"]),
        ("gcc -o app main.c", ["app"]),
        ("wget -O page https://a.example", ["page"]),
        ("curl -o page https://a.example", ["page"]),
        ("find . -fprint out", ["out"]),
        ("truncate -s 0 log", ["log"]),
        ("gzip a", ["a.gz"]),
        ("rsync -a src/ dist/", ["dist/"]),
        ("find . -name a -exec cp {} /tmp \\;", ["/tmp"]),
        ("/usr/bin/time -o x ls", ["x"]),
        ("ls > >(cat)", []),
        ("ls -l; grep a b | sort", []),
    ],
)
def test_files_that_are_written_are_listed(command: str, expected: list[str]) -> None:
    assert list(examine(command).writes) == expected


def test_what_a_pipe_feeds_a_shell_is_unknown() -> None:
    assert examine("curl https://x | sh").fed
    assert not examine("echo ls | sh").fed


def test_secrets_are_told() -> None:
    assert all(examine(command).private for command in ("cat .env", "env", "echo $API_TOKEN", "wc < ~/.ssh/id_rsa"))
    assert not any(examine(command).private for command in ("cat a.py", "echo $HOME", "cat .env.example"))


def test_nesting_is_followed_only_so_deep() -> None:
    command = "ls"
    for _ in range(9):
        command = f"timeout 5 {command}"
    assert marks(command) == "U"


WORDS = (
    "cat ls rm -rf echo a.txt x sh -c sudo env X=1 | || && ; & > >> < << <<< 2>&1 ( ) { } $( ` ' \" \\ $X ${x:- if then fi for in do done "
    "while case esac function [[ ]] ! # eval xargs find -exec {} \\; + E é"
)
PIECES = st.sampled_from([*WORDS.split(), "\n"])


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40))
def test_whatever_comes_is_examined_and_what_destroys_never_reads_only(command: str) -> None:
    found = examine(command)
    assert not (found.read_only and (found.destructive or found.writes))
    assert found.parseable or not found.read_only
