"""Setting a named value in a file: what line it is, and what becomes of it."""

import pytest
from inline_snapshot import snapshot
from rehearsal_results import Talk

from artelier.domain.calls import ResultStatus, ToolCall
from artelier.domain.messages import AgentMessage, Message, ToolMessage
from artelier.providers.rehearsal_setting import settled
from artelier.providers.rehearsal_steps import Setting, Step, StepKind


def read_of(path: str, text: str, status: ResultStatus = ResultStatus.DONE) -> tuple[Message, ...]:
    numbered = "\n".join(f"{number:>3}\t{line}" for number, line in enumerate(text.split("\n"), 1))
    return AgentMessage("", (ToolCall(path, "read_file", {"path": path}),)), ToolMessage(path, "read_file", numbered, status)


def put(key: str, value: str, *messages: Message) -> Step | None:
    return settled(Step(StepKind.EDIT, {"path": "a"}, Setting(key, value)), messages)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "0.1.0"', 'version = "0.2.0"'),
        ("version: 0.1.0", "version: 0.2.0"),
        ('  "version": "0.1.0",', '  "version": "0.2.0",'),
        ("VERSION=0.1.0  # of the package", "VERSION=0.2.0  # of the package"),
        ("version = ''", "version = '0.2.0'"),
    ],
)
def test_the_line_keeps_all_but_its_value(before: str, after: str) -> None:
    ready = put("version", "0.2.0", *read_of("a", f'[project]\ntarget-version = "py311"\n{before}\nname = "x"'))
    assert ready == Step(StepKind.EDIT, {"path": "a", "old_text": before, "new_text": after})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name = 1",
        'version = "1"\nversion = "2"',
        'version = "0.2.0"',
        'target-version = "1"',
        "the version is 1",
        'version = ["1", "2"]',
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert put("version", "0.2.0", *read_of("a", text)) is None


def test_a_value_does_not_break_out_of_its_quotation_marks() -> None:
    assert put("version", 'a"\nb', *read_of("a", 'version = "1"')) is None


def test_only_the_last_whole_reading_of_the_file_counts() -> None:
    old, new = read_of("a", "version = 1"), read_of("a", "version = 2")
    ready = put("version", "3", *old, *new)
    assert ready is not None
    assert ready.arguments["old_text"] == "version = 2"
    assert put("version", "3", *read_of("b", "version = 1")) is None
    assert put("version", "3", *read_of("a", "version = 1", ResultStatus.FAILED)) is None


async def test_a_value_is_set_once_its_line_is_read(talk: Talk) -> None:
    assert await talk("change the version to 2 in a.toml") == snapshot(
        [
            ("Rehearsal: a program with rules, not a language model. Reading a.toml.", ['read_file {"path": "a.toml"}']),
            ("Changing a.toml.", ['edit_file {"path": "a.toml", "old_text": "version = 1", "new_text": "version = 2"}']),
            (
                """\
a.toml has 40 lines. It begins:
```
[project]
name = "ledger"
version = 1
```

a.toml is changed: “version = 1” is now “version = 2”.\
""",
                [],
            ),
        ]
    )
    assert await talk("измени описание на «Ещё» в a.toml, затем перечисли файлы") == snapshot(
        [
            ("Читаю a.toml.", ['read_file {"path": "a.toml"}']),
            (
                """\
В a.toml 40 строк. Начало:
```
[project]
name = "ledger"
version = 1
```

В прочитанном из a.toml нет единственной строки, где у «description» другое значение. Назовите текст для замены.

До остального дело не дошло: изменить a.toml и просмотреть рабочую папку.\
""",
                [],
            ),
        ]
    )
