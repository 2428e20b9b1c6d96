"""What sentences mean to the rehearsal model, in both languages."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.providers.rehearsal_requests import Talk, understand
from artelier.providers.rehearsal_steps import READING, Setting, Step, StepKind, waves_of, with_readings


def read(path: str, **more: Any) -> Step:
    return Step(StepKind.READ, {"path": path, **more})


def listing(path: str = ".", **more: Any) -> Step:
    return Step(StepKind.LIST, {"path": path, **more})


def search(pattern: str, **more: Any) -> Step:
    return Step(StepKind.SEARCH, {"pattern": pattern, **more})


def folder(path: str) -> Step:
    return Step(StepKind.FOLDER, {"path": path})


def write(path: str, content: str) -> Step:
    return Step(StepKind.WRITE, {"path": path, "content": content})


def edit(path: str, old: str, new: str, **more: Any) -> Step:
    return Step(StepKind.EDIT, {"path": path, "old_text": old, "new_text": new, **more})


def put(path: str, key: str, value: str) -> Step:
    return Step(StepKind.EDIT, {"path": path}, Setting(key, value))


def run(command: str) -> Step:
    return Step(StepKind.RUN, {"command": command})


UNDERSTOOD: dict[str, list[Step]] = {
    # reading
    "read pyproject.toml": [read("pyproject.toml")],
    "please read a.py, b.py and c.py": [read("a.py"), read("b.py"), read("c.py")],
    "Could you open README?": [read("README")],
    "what's in README.md?": [read("README.md")],
    "show me the first 10 lines of README.md": [read("README.md", max_lines=10)],
    "show lines 5-20 of src/a.py": [read("src/a.py", first_line=5, max_lines=16)],
    "read \"a b.txt\" and 'c d.txt'": [read("a b.txt"), read("c d.txt")],
    "@coder read a.txt": [read("a.txt")],
    "прочитай README.md": [read("README.md")],
    "можешь прочитать a.txt, пожалуйста?": [read("a.txt")],
    "покажи содержимое файла a.txt": [read("a.txt")],
    "покажи первые 5 строк README.md": [read("README.md", max_lines=5)],
    "покажи строки 3–8 файла a.py": [read("a.py", first_line=3, max_lines=6)],
    "прочитай файл «мой файл.txt»": [read("мой файл.txt")],
    "прочитай a.py, а затем b.py": [read("a.py"), read("b.py")],
    # listing
    "list the files in src": [listing("src")],
    "list": [listing()],
    "ls -la src": [listing("src")],
    "list the files in src and tests": [listing("src"), listing("tests")],
    "list the files recursively": [listing(depth=5)],
    "what is in src?": [listing("src")],
    "Can you show me what's in src?": [listing("src")],
    "show README.md and src": [read("README.md"), listing("src")],
    "перечисли файлы в src": [listing("src")],
    "перечисли все файлы рекурсивно": [listing(depth=5)],
    "что лежит в папке src": [listing("src")],
    "какие файлы есть в src?": [listing("src")],
    "покажи мне, что в src": [listing("src")],
    "покажи файлы": [listing()],
    "выведи список файлов в src": [listing("src")],
    "не могли бы вы показать файлы в src?": [listing("src")],
    # searching
    "find TODO": [search("TODO")],
    'find "def main(" in src': [search(r"def main\(", path="src")],
    "search for TODO in *.py files in src": [search("TODO", glob="*.py", path="src")],
    "search src for TODO": [search("TODO", path="src")],
    "where is parse_clause used?": [search("parse_clause")],
    "find all occurrences of foo.bar in the project": [search(r"foo\.bar")],
    'find regex "def \\w+" in src': [search(r"def \w+", path="src")],
    "найди TODO в src": [search("TODO", path="src")],
    "поищи в src TODO": [search("TODO", path="src")],
    "найди, где определена функция main": [search("main")],
    "найди все вхождения слова foo": [search("foo")],
    # folders
    "create folder docs": [folder("docs")],
    "create folders a and b": [folder("a"), folder("b")],
    "create a folder docs in src": [folder("src/docs")],
    "mkdir -p a/b": [folder("a/b")],
    "создай папку docs": [folder("docs")],
    "сделай новую папку tmp": [folder("tmp")],
    # writing
    'write "hello" to notes.txt': [write("notes.txt", "hello")],
    "write hello world to notes.txt": [write("notes.txt", "hello world")],
    'create a file called a.txt with the text "hi there"': [write("a.txt", "hi there")],
    "create a.txt: hello": [write("a.txt", "hello")],
    'write "" to a.txt': [write("a.txt", "")],
    "write to a.py:\n```python\nif x:\n    y()\n```\nthen run `python3 a.py`": [write("a.py", "if x:\n    y()"), run("python3 a.py")],
    "write to todo.txt: buy milk and find keys": [write("todo.txt", "buy milk and find keys")],
    "write to a.md:\n- one\n- two": [write("a.md", "- one\n- two")],
    "напиши в notes.txt: привет": [write("notes.txt", "привет")],
    "напиши в notes.txt: привет, затем запусти `cat notes.txt`": [write("notes.txt", "привет"), run("cat notes.txt")],
    "напиши «привет» в notes.txt": [write("notes.txt", "привет")],
    "запиши в файл notes.txt «привет, мир»": [write("notes.txt", "привет, мир")],
    "сохрани „так“ как out/a.txt": [write("out/a.txt", "так")],
    "создай файл a.txt с текстом «привет»": [write("a.txt", "привет")],
    "создай пустой файл b.txt": [write("b.txt", "")],
    # changing
    'replace "a" with "b" in x.py': [edit("x.py", "a", "b")],
    'replace all "a" with "b" in x.py': [edit("x.py", "a", "b", replace_all=True)],
    "in x.py replace foo with bar": [edit("x.py", "foo", "bar")],
    'change "a" to "" in x.py': [edit("x.py", "a", "")],
    'замени "a" на "b" в x.py': [edit("x.py", "a", "b")],
    "замени «старое имя» на «новое имя» в src/app.py везде": [edit("src/app.py", "старое имя", "новое имя", replace_all=True)],
    "в x.py замени foo на bar": [edit("x.py", "foo", "bar")],
    # setting
    "change the version to 0.2.0 in pyproject.toml": [put("pyproject.toml", "version", "0.2.0")],
    "change the version in pyproject.toml to 0.2.0.": [put("pyproject.toml", "version", "0.2.0")],
    "bump the version from 0.1.0 to 0.2.0 in pyproject.toml": [put("pyproject.toml", "version", "0.2.0")],
    "set debug to true in a.ini": [put("a.ini", "debug", "true")],
    "change the value of max-size to «1 2» in a.json": [put("a.json", "max-size", "1 2")],
    "read a.toml, then change its version to 2": [read("a.toml"), put("a.toml", "version", "2")],
    "измени версию на 0.2.0 в pyproject.toml": [put("pyproject.toml", "version", "0.2.0")],
    "в pyproject.toml поменяй версию с 0.1.0 на 0.2.0": [put("pyproject.toml", "version", "0.2.0")],
    "подними версию в pyproject.toml до 0.2.0": [put("pyproject.toml", "version", "0.2.0")],
    "измени поле debug на true в a.ini": [put("a.ini", "debug", "true")],
    "измени foo на bar в x.py": [edit("x.py", "foo", "bar")],
    "change the word foo to bar in x.py": [edit("x.py", "foo", "bar")],
    # running
    "run `pytest -q`": [run("pytest -q")],
    "run pytest -q": [run("pytest -q")],
    "run echo hello, world": [run("echo hello, world")],
    "$ git status": [run("git status")],
    "run the tests": [run("pytest -q")],
    "запусти команду ls -la": [run("ls -la")],
    "выполни «ls -la | wc -l»": [run("ls -la | wc -l")],
    "запусти тесты": [run("pytest -q")],
    # several
    "read pyproject.toml and list the files in src": [read("pyproject.toml"), listing("src")],
    "Read a.txt. What is in src?": [read("a.txt"), listing("src")],
    "Hello, list the files": [listing()],
    "1. read a.py\n2. list src": [read("a.py"), listing("src")],
    "- read a.py\n- list src": [read("a.py"), listing("src")],
    "read x.py, then replace foo with bar in it, then run `python3 x.py`": [read("x.py"), edit("x.py", "foo", "bar"), run("python3 x.py")],
    "Прочитай pyproject.toml, найди TODO в src и потом запусти pytest -q": [
        read("pyproject.toml"),
        search("TODO", path="src"),
        run("pytest -q"),
    ],
    "создай папку docs и запиши «x» в docs/a.txt": [folder("docs"), write("docs/a.txt", "x")],
    "напиши «привет» в notes.txt и прочитай его": [write("notes.txt", "привет"), read("notes.txt")],
    "read a.txt and a.txt": [read("a.txt")],
    "read pyproject.toml and README.md, list src, then change the version to 0.2.0 in pyproject.toml": [
        read("pyproject.toml"),
        read("README.md"),
        listing("src"),
        put("pyproject.toml", "version", "0.2.0"),
    ],
    "прочитай pyproject.toml и README.md, перечисли файлы в src, затем измени версию на 0.2.0 в pyproject.toml": [
        read("pyproject.toml"),
        read("README.md"),
        listing("src"),
        put("pyproject.toml", "version", "0.2.0"),
    ],
    "read a": [read("a")],
    "read README and LICENSE": [read("README"), read("LICENSE")],
}


@pytest.mark.parametrize("message", UNDERSTOOD)
def test_a_request_is_understood(message: str) -> None:
    understood = understand(message)
    assert list(understood.steps) == UNDERSTOOD[message]
    assert (understood.missed, understood.talk) == ("", None)


MISSED: dict[str, tuple[list[Step], str]] = {
    "write a poem about cats": ([], "write a poem about cats"),
    "fix the bug and run the tests": ([], "fix the bug"),
    "read a.txt and translate it to French": ([read("a.txt")], "translate it to French"),
    "замени «a» на «b» в x.py и сделай красиво": ([edit("x.py", "a", "b")], "сделай красиво"),
    "list files, dance, run `ls`": ([listing()], "dance"),
    "don't run `rm -rf x` and list files": ([], "don't run `rm -rf x` and list files"),
    'read a.txt; if it is empty, write "x" to a.txt': ([], "read a.txt; if it is empty"),
    "не запускай тесты": ([], "не запускай тесты"),
    "если тесты прошли, запусти `deploy`": ([], "если тесты прошли, запусти `deploy`"),
    "run rm -rf build only if it exists": ([], "run rm -rf build only if it exists"),
    "запусти pytest в папке src": ([], "запусти pytest в папке src"),
    "start the server": ([], "start the server"),
    "найди ошибки": ([], "найди ошибки"),
    "сделай «красиво»": ([], "сделай «красиво»"),
    "read a.txt and sing": ([read("a.txt")], "sing"),
    "find file config.toml": ([], "find file config.toml"),
    "list all python files": ([], "list all python files"),
    "удали файл a.txt": ([], "удали файл a.txt"),
    "read it": ([], "read it"),
    "replace foo with bar in it": ([], "replace foo with bar in it"),
    'напиши "a" в 1.txt и "b" в 2.txt': ([], 'напиши "a" в 1.txt и "b" в 2.txt'),
    'replace "" with "x" in a.py': ([], 'replace "" with "x" in a.py'),
    "change the mood to happy": ([], "change the mood to happy"),
    "list src, then change the version to 2": ([listing("src")], "change the version to 2"),
    "set the table": ([], "set the table"),
    "what is 2+2?": ([], "what is 2+2?"),
    "run": ([], "run"),
}


@pytest.mark.parametrize("message", MISSED)
def test_where_understanding_ends(message: str) -> None:
    steps, missed = MISSED[message]
    understood = understand(message)
    assert (list(understood.steps), understood.missed) == (steps, missed)


@pytest.mark.parametrize(
    ("message", "talk"),
    [
        ("hello", Talk.GREETING),
        ("Привет!", Talk.GREETING),
        ("Добрый день", Talk.GREETING),
        ("what can you do?", Talk.HELP),
        ("Привет! Что ты умеешь?", Talk.HELP),
        ("что вы умеете", Talk.HELP),
        ("help", Talk.HELP),
        ("помощь", Talk.HELP),
        ("кто ты?", Talk.HELP),
        ("thanks", Talk.THANKS),
        ("Спасибо!", Talk.THANKS),
    ],
)
def test_what_asks_for_words_alone(message: str, talk: Talk) -> None:
    understood = understand(message)
    assert (understood.talk, understood.steps, understood.missed) == (talk, (), "")


@pytest.mark.parametrize(
    ("steps", "sizes"),
    [
        ([], []),
        ([read("a"), listing(), search("x")], [3]),
        ([read("a"), write("b", ""), run("x"), read("b"), read("c")], [1, 1, 1, 2]),
        ([write("a", ""), write("b", ""), edit("c", "x", "y")], [3]),
        ([write("a", ""), edit("a", "x", "y")], [1, 1]),
        ([folder("docs"), write("docs/a", "")], [1, 1]),
        ([folder("docs"), write("docs2/a", "")], [2]),
        ([run("a"), run("b")], [1, 1]),
    ],
)
def test_what_depends_on_another_goes_later(steps: list[Step], sizes: list[int]) -> None:
    waves = waves_of(steps)
    assert [len(wave) for wave in waves] == sizes
    assert [step for wave in waves for step in wave] == steps


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ([read("a"), put("a", "k", "1")], []),
        ([put("a", "k", "1")], [0]),
        ([read("a", max_lines=3), put("a", "k", "1")], [1]),
        ([read("a"), run("x"), put("a", "k", "1")], [2]),
        ([put("a", "k", "1"), put("a", "l", "2")], [0, 2]),
    ],
)
def test_a_file_is_read_as_it_is_before_a_value_in_it_is_set(steps: list[Step], places: list[int]) -> None:
    whole = with_readings(steps)
    assert len(whole) == len(steps) + len(places)
    assert all(whole[place] == read("a") for place in places)


WORDS = (
    "set change the version to 2 его версию на "
    "read list find write replace run create mkdir open show a.py b.txt src in to and then with , ; . : \n файл в и затем найди прочитай "
    "запусти создай папку на « » \" ' ` `ls` «x» don't if not the all first 3 lines of TODO *.py it please"
)


@given(words=st.lists(st.sampled_from(WORDS.split(" ")), max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_words_give_steps_with_whole_arguments(words: list[str]) -> None:
    understood = understand(" ".join(words))
    assert understood == understand(" ".join(words))
    for step in understood.steps:
        assert all(isinstance(value, str | int) for value in step.arguments.values())
        assert not any("\ue000" <= sign <= "\uf8ff" for value in step.arguments.values() for sign in str(value))
        assert step.kind not in {StepKind.READ, StepKind.WRITE, StepKind.EDIT, StepKind.FOLDER} or step.arguments["path"]
    if any(word in {"don't", "not", "if"} for word in words[:1]):
        assert not understood.steps


@given(text=st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    understood = understand(text)
    assert all(step.kind in READING or step.arguments for step in understood.steps)


@pytest.mark.parametrize("sign", [",", " ", "\n", "!", ". ", "in ", "a, ", "«", "```\n", "then read ", "please ", "\ue000"])
def test_long_messages_cost_little(sign: str) -> None:
    """Patterns must not need more than linear time; with quadratic ones this would take minutes."""
    for start in ("", "read ", "write a.txt: ", "find ", "run ", "set ", "change the x to "):
        understand(start + sign * (200_000 // len(sign)))
        understand(start + sign * (19_000 // len(sign)))
