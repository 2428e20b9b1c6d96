# ruff: noqa: E501  snapshots hold whole paragraphs
"""The rehearsal model over whole conversations, with results in the words of the real tools."""

from typing import Any

import pytest
from inline_snapshot import snapshot
from rehearsal_results import ALL, DENIED, DONE, FAILED, Result, Talk

from artelier.domain.calls import ResultStatus, ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import CallDelta, ModelRequest, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.rehearsal import Rehearsal


async def test_a_conversation_in_english(talk: Talk) -> None:
    assert await talk("Read pyproject.toml, list the files in src, find TODO in src, then run `pytest -q`") == snapshot(
        [
            (
                "Rehearsal: a program with rules, not a language model. Reading pyproject.toml, listing src and searching for “TODO” in src.",
                ['read_file {"path": "pyproject.toml"}', 'list_files {"path": "src"}', 'search_in_code {"pattern": "TODO", "path": "src"}'],
            ),
            ("Running `pytest -q`.", ['execute_command {"command": "pytest -q"}']),
            (
                """\
pyproject.toml has 40 lines. It begins:
```
[project]
name = "ledger"
version = 1
```

src has 5 entries: a.py, b c.py, sub/, sub/d.py, link@.

“TODO” occurs in 3 lines of 2 files in src:
```
src/a.py:3: # TODO one
src/a.py:9: # TODO two
src/b.py:1: # TODO
```

`pytest -q` ended with exit code 1. It printed:
```
..F
1 failed, 2 passed in 0.1s
```\
""",
                [],
            ),
        ]
    )
    assert await talk('write "hello" to notes.txt and replace "a" with "b" in x.py') == snapshot(
        [
            (
                "Writing notes.txt and changing x.py.",
                ['write_file {"path": "notes.txt", "content": "hello"}', 'edit_file {"path": "x.py", "old_text": "a", "new_text": "b"}'],
            ),
            (
                """\
notes.txt is written: 5 characters.

x.py is changed: “a” is now “b”.\
""",
                [],
            ),
        ]
    )
    assert await talk("thanks") == snapshot([("You are welcome.", [])])


async def test_a_conversation_in_russian(talk: Talk) -> None:
    assert await talk("Прочитай pyproject.toml, перечисли файлы в src, найди TODO в src, потом запусти pytest -q") == snapshot(
        [
            (
                "Репетиция: программа с правилами, а не языковая модель. Читаю pyproject.toml, просматриваю src и ищу «TODO» в src.",
                ['read_file {"path": "pyproject.toml"}', 'list_files {"path": "src"}', 'search_in_code {"pattern": "TODO", "path": "src"}'],
            ),
            ("Запускаю `pytest -q`.", ['execute_command {"command": "pytest -q"}']),
            (
                """\
В pyproject.toml 40 строк. Начало:
```
[project]
name = "ledger"
version = 1
```

Содержимое src (5): a.py, b c.py, sub/, sub/d.py, link@.

«TODO» в src: 3 строки в 2 файлах:
```
src/a.py:3: # TODO one
src/a.py:9: # TODO two
src/b.py:1: # TODO
```

Команда `pytest -q` завершилась с кодом 1. Вывод:
```
..F
1 failed, 2 passed in 0.1s
```\
""",
                [],
            ),
        ]
    )
    assert await talk("создай папку docs, потом запиши «привет» в notes.txt и замени «a» на «b» в x.py") == snapshot(
        [
            (
                "Создаю папку docs, записываю notes.txt и меняю x.py.",
                [
                    'create_directory {"path": "docs"}',
                    'write_file {"path": "notes.txt", "content": "привет"}',
                    'edit_file {"path": "x.py", "old_text": "a", "new_text": "b"}',
                ],
            ),
            (
                """\
Папка docs создана.

Файл notes.txt записан: 6 знаков.

Файл x.py изменён: вместо «a» теперь «b».\
""",
                [],
            ),
        ]
    )
    assert await talk("спасибо") == snapshot([("Не за что.", [])])


async def test_what_can_you_do(talk: Talk) -> None:
    assert await talk("what can you do?") == snapshot(
        [
            (
                """\
Rehearsal: a program with rules, not a language model. It can read files, list folders, search in files, create folders, write files, replace text in files and run commands when a sentence asks plainly, also for several things at once. For example:
- read README.md and list the files in src
- find TODO in src
- write "hello" to notes.txt
- replace "a" with "b" in x.py
Anything else wants a language model: start Ollama, LM Studio or llama.cpp on this machine, or run `artelier init`.\
""",
                [],
            )
        ]
    )
    assert await talk("что ты умеешь?") == snapshot(
        [
            (
                """\
Репетиция: программа с правилами, а не языковая модель. Она умеет читать файлы, просматривать папки, искать по файлам, создавать папки, записывать файлы, менять текст в файлах и запускать команды. Просить лучше прямо, можно сразу о нескольких делах. Например:
- прочитай README.md и перечисли файлы в src
- найди TODO в src
- запиши «привет» в notes.txt
- замени «a» на «b» в x.py
Для остального нужна языковая модель: запустите на этой машине Ollama, LM Studio или llama.cpp или выполните `artelier init`.\
""",
                [],
            )
        ]
    )
    assert await talk("hello", names=["read_file", "list_files", "web_fetch"]) == snapshot(
        [
            (
                """\
Hello. Rehearsal: a program with rules, not a language model. It can read files and list folders when a sentence asks plainly, also for several things at once. For example:
- read README.md
- list the files in src
Anything else wants a language model: start Ollama, LM Studio or llama.cpp on this machine, or run `artelier init`.\
""",
                [],
            )
        ]
    )
    assert await talk("привет", names=[]) == snapshot(
        [
            (
                "Здравствуйте. Репетиция: программа с правилами, а не языковая модель. Знакомых инструментов у этого агента нет, поэтому остаётся только разговор. Выберите другого агента.",
                [],
            )
        ]
    )


async def test_what_is_not_understood(talk: Talk) -> None:
    assert await talk("fix the bug") == snapshot(
        [
            (
                """\
Rehearsal: a program with rules, not a language model.

The rules do not cover “fix the bug”. These work:
- read README.md and list the files in src
- find TODO in src\
""",
                [],
            )
        ]
    )
    assert await talk("сделай «красиво», пожалуйста") == snapshot(
        [
            (
                """\
Правила не знают, что делать с «сделай „красиво“». А вот так получится:
- прочитай README.md и перечисли файлы в src
- найди TODO в src\
""",
                [],
            )
        ]
    )
    assert await talk("read a.txt and sing") == snapshot(
        [
            ("Reading a.txt.", ['read_file {"path": "a.txt"}']),
            (
                """\
a.txt has 40 lines. It begins:
```
[project]
name = "ledger"
version = 1
```

The rules do not cover “sing”. That and what follows it was left alone. These work:
- read README.md and list the files in src
- find TODO in src\
""",
                [],
            ),
        ]
    )
    assert await talk("fix it", names=["web_fetch"]) == snapshot(
        [("The rules do not cover “fix it”. This agent has no tools that the rules know.", [])]
    )


async def test_failures_and_refusals_are_told(talk: Talk) -> None:
    missing = {"read_file": (FAILED, "There is no 'a.txt'. List its folder to see what is there.")}
    denied = {"execute_command": (DENIED, "The person refused this call; it was not run. They say: not today.")}
    late = {"execute_command": (ResultStatus.TIMED_OUT, "working\n[ended after 120 s]")}
    assert await talk("read a.txt and list the files, then run `ls`", missing) == snapshot(
        [
            (
                "Rehearsal: a program with rules, not a language model. Reading a.txt and listing the workspace.",
                ['read_file {"path": "a.txt"}', 'list_files {"path": "."}'],
            ),
            (
                """\
This did not work: reading a.txt. There is no 'a.txt'. List its folder to see what is there.

The workspace has 5 entries: a.py, b c.py, sub/, sub/d.py, link@.

So this was left undone: running `ls`.\
""",
                [],
            ),
        ]
    )
    assert await talk("запусти `rm -r x`, потом прочитай a.txt", denied) == snapshot(
        [
            ("Запускаю `rm -r x`.", ['execute_command {"command": "rm -r x"}']),
            (
                """\
Запустить `rm -r x` не разрешено. Вы сказали: «not today».

До остального дело не дошло: прочитать a.txt.\
""",
                [],
            ),
        ]
    )
    for said, told in {
        "The person refused this call; it was not run.": "Вы отклонили этот вызов.",
        "Nobody answered in time, so the call was not run.": "Вовремя никто не ответил.",
        "The rule forbids it.": "Причина: The rule forbids it.",
    }.items():
        (_, (reply, _)) = await talk("запусти `rm -r x`", {"execute_command": (DENIED, said)})
        assert reply == f"Запустить `rm -r x` не разрешено. {told}"
    assert await talk("run `sleep 999`", late) == snapshot(
        [
            ("Running `sleep 999`.", ['execute_command {"command": "sleep 999"}']),
            ("This did not work: running `sleep 999`. It was ended after 120 s.", []),
        ]
    )
    assert await talk("прочитай a.txt", missing) == snapshot(
        [
            ("Читаю a.txt.", ['read_file {"path": "a.txt"}']),
            ("Прочитать a.txt не получилось. Причина: There is no 'a.txt'. List its folder to see what is there.", []),
        ]
    )


async def test_an_agent_without_the_tool(talk: Talk) -> None:
    assert await talk('read a.txt, write "x" to b.txt and read b.txt', names=["read_file"]) == snapshot(
        [
            ("Rehearsal: a program with rules, not a language model. Reading a.txt.", ['read_file {"path": "a.txt"}']),
            (
                """\
a.txt has 40 lines. It begins:
```
[project]
name = "ledger"
version = 1
```

This agent has no tool for writing b.txt. Choose another agent for it.

So this was left undone: reading b.txt.\
""",
                [],
            ),
        ]
    )
    assert await talk("найди TODO и прочитай a.txt", names=["read_file"]) == snapshot(
        [
            ("Читаю a.txt.", ['read_file {"path": "a.txt"}']),
            (
                """\
В a.txt 40 строк. Начало:
```
[project]
name = "ledger"
version = 1
```

У этого агента нет инструмента, чтобы найти «TODO». Поручите это другому агенту.\
""",
                [],
            ),
        ]
    )


@pytest.mark.parametrize(
    ("request_", "tool", "result", "words"),
    [
        ("read a.txt", "read_file", (DONE, "[the file is empty]"), "a.txt is empty."),
        ("read a.txt", "read_file", (DONE, "1\tone"), "a.txt has 1 line. It begins:\n```\none\n```"),
        ("read a.txt", "read_file", (DONE, "plain\ntext\n"), "a.txt has 2 lines. It begins:\n```\nplain\ntext\n```"),
        (
            "read a.txt",
            "read_file",
            (DONE, "1\tone\n[encoding cp1251, kept when it is written]"),
            "a.txt has 1 line. It begins:\n```\none\n```",
        ),
        ("read a.md", "read_file", (DONE, "1\t```py\n2\tx"), "a.md has 2 lines. It begins:\n````\n```py\nx\n````"),
        (
            "show lines 90-99 of a.txt",
            "read_file",
            (DONE, "[no line 90: the file has 3 lines]"),
            "a.txt: no line 90: the file has 3 lines.",
        ),
        ("show the first 2 lines of a.txt", "read_file", (DONE, "1\ta\n2\tb"), "2 lines of a.txt:\n```\na\nb\n```"),
        ("list src", "list_files", (DONE, "[the folder is empty]"), "src is empty."),
        ("list", "list_files", (DONE, "a 1"), "The workspace has 1 entry: a."),
        ("list", "list_files", (DONE, "\n".join(f"f{number} 1" for number in range(12))), "f0, f1, f2, f3, f4, f5, f6, f7 and 4 more."),
        ("list", "list_files", (DONE, "a 1\n[there is more: list a folder further down, or with less depth]"), "has 1 entry: a."),
        ("find x", "search_in_code", (DONE, "[no match in 7 files]"), "“x” was not found."),
        ("find x", "search_in_code", (DONE, "a.py:3: x = 1"), "“x” occurs in 1 line of 1 file:\n```\na.py:3: x = 1\n```"),
        ("find x", "search_in_code", (DONE, "a\n" + "\n".join(f"{line}: x" for line in range(1, 9))), "8 lines of 1 file, the first 5:"),
        ("write x to a.txt", "write_file", (DONE, "a.txt had this content already."), "a.txt held just this already, so nothing changed."),
        ("create folder a", "create_directory", (DONE, "The folder a was there already."), "The folder a was there already."),
        ("run ls", "execute_command", (DONE, "[no output]"), "`ls` ended with exit code 0 and printed nothing."),
        ("run ls", "execute_command", (DONE, '["a"]'), '`ls` ended with exit code 0. It printed:\n```\n["a"]\n```'),
        ("run ls", "execute_command", (DONE, "1\n2\n3\n4\n5\n6"), "Its last lines:\n```\n2\n3\n4\n5\n6\n```"),
        ("run ls", "execute_command", (FAILED, "[no output]\n[exit 127]"), "`ls` ended with exit code 127 and printed nothing."),
        ("run ls", "execute_command", (FAILED, "The command is too long."), "This did not work: running `ls`. The command is too long."),
        # the status left out
        (
            "read a",
            "read_file",
            (DONE, "There is no 'a'. List its folder."),
            "This did not work: reading a. There is no 'a'. List its folder.",
        ),
        ("run ls", "execute_command", (DONE, "Not allowed: by rule."), "Not allowed: running `ls`. Not allowed: by rule."),
        (
            "read a",
            "read_file",
            (DONE, "(The person changed the arguments of this call before it ran.)\n1\tx"),
            "a has 1 line. It begins:\n```\nx\n```",
        ),
    ],
)
async def test_a_result_is_reported(request_: str, tool: str, result: Result, words: str, talk: Talk) -> None:
    replies = await talk(request_, {tool: result})
    assert words in replies[-1][0]


async def test_counts_read_as_russian(talk: Talk) -> None:
    for lines, words in ((1, "1 строка"), (2, "2 строки"), (5, "5 строк"), (11, "11 строк"), (21, "21 строка"), (112, "112 строк")):
        replies = await talk("прочитай a", {"read_file": (DONE, "\n".join(f"{line}\tx" for line in range(1, lines + 1)))})
        assert f"В a {words}." in replies[-1][0]


async def test_words_come_one_by_one_after_a_pause(ask: Any, request_: ModelRequest) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    pieces, reply = await ask(Rehearsal(pause=0.02, sleep=sleep), request_)
    assert [piece.text for piece in pieces[:3]] == ["Rehearsal: ", "a ", "program "]
    assert slept == [0.02] * len(pieces)
    assert "".join(piece.text for piece in pieces) == reply.text


async def test_calls_follow_the_words(ask: Any) -> None:
    tools = (ToolSpec("read_file", "", {}, repeatable=True),)
    pieces, reply = await ask(Rehearsal(), ModelRequest("rehearsal", "sys.", (UserMessage("read a.txt"),), tools))
    assert pieces[-1] == CallDelta(0, "read_file", '{"path":"a.txt"}')
    assert all(isinstance(piece, TextDelta) for piece in pieces[:-1])
    assert reply.usage == Usage(4, -(-(len(reply.text) + len('read_file{"path":"a.txt"}')) // 4), model_calls=1)


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (NoteMessage("Go on."),),
        (UserMessage(""),),
        (UserMessage("read a"), AgentMessage("", (ToolCall("1", "read_file", None, "{"), ToolCall("2", "web_fetch", {})))),
        (
            UserMessage("прочитай a"),
            AgentMessage("", (ToolCall("1", "edit_file", {}), ToolCall("2", "web_fetch", {}))),
            ToolMessage("1", "edit_file", ""),
            ToolMessage("2", "web_fetch", "x" * 9000),
        ),
    ],
)
async def test_what_other_models_left_behind_does_no_harm(messages: tuple[Message, ...], ask: Any) -> None:
    tools = tuple(ToolSpec(name, "", {}, repeatable=True) for name in ALL)
    _, reply = await ask(Rehearsal(), ModelRequest("rehearsal", "", messages, tools))
    assert reply.text


async def test_the_rest_of_the_port() -> None:
    assert await Rehearsal().list_models() == ("rehearsal",)
    await Rehearsal().close()
