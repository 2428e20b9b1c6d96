"""What the rehearsal model says in Russian: written, not translated."""

import re
from collections.abc import Sequence

from artelier.providers.rehearsal_findings import Finding, Outcome
from artelier.providers.rehearsal_phrases import brief, fenced, plain_pattern
from artelier.providers.rehearsal_steps import Step, StepKind

_REFUSED = re.compile(r"The person refused this call; it was not run(?:\. They say: (.*))?", re.DOTALL)
_UNANSWERED = "Nobody answered in time, so the call was not run"
"""What the engine says of a person's no, and of none."""
_EXAMPLES = {
    StepKind.READ: "прочитай README.md",
    StepKind.LIST: "перечисли файлы в src",
    StepKind.SEARCH: "найди TODO в src",
    StepKind.WRITE: "запиши «привет» в notes.txt",
    StepKind.EDIT: "замени «a» на «b» в x.py",
    StepKind.FOLDER: "создай папку docs",
    StepKind.RUN: "запусти `pytest -q`",
}
_ABILITIES = {
    StepKind.READ: "читать файлы",
    StepKind.LIST: "просматривать папки",
    StepKind.SEARCH: "искать по файлам",
    StepKind.FOLDER: "создавать папки",
    StepKind.WRITE: "записывать файлы",
    StepKind.EDIT: "менять текст в файлах",
    StepKind.RUN: "запускать команды",
}


class Russian:
    """Russian words, with «вы» and ё."""

    notice = "Репетиция: программа с правилами, а не языковая модель."
    greeting = "Здравствуйте."
    welcome = "Не за что."

    def doing(self, steps: Sequence[Step]) -> str:
        """Say that these steps are being done now."""
        return f"{_capital(_joined([_doing(step) for step in steps]))}."

    def report(self, step: Step, finding: Finding) -> str:
        """Say what came of a step."""
        if finding.outcome is Outcome.REFUSED:
            return f"{_capital(_to_do(step))} не разрешено. {_why_not(finding.words)}."
        if finding.outcome is Outcome.FAILED:
            return f"{_capital(_to_do(step))} не получилось. Причина: {finding.words}."
        return _REPORTS[step.kind](step, finding)

    def not_set(self, path: str, key: str) -> str:
        """Say that no one line of a file gives this name another value."""
        return f"В прочитанном из {path} нет единственной строки, где у «{brief(key)}» другое значение. Назовите текст для замены."

    def left_undone(self, steps: Sequence[Step]) -> str:
        """Say that steps were not begun since an earlier one did not work."""
        return f"До остального дело не дошло: {_joined([_to_do(step) for step in steps])}."

    def without_tools(self, steps: Sequence[Step]) -> str:
        """Say that this agent has no tool for some steps."""
        return f"У этого агента нет инструмента, чтобы {_joined([_to_do(step) for step in steps])}. Поручите это другому агенту."

    def missed(self, words: str, kinds: Sequence[StepKind], *, nothing_done: bool) -> str:
        """Say which words were not understood, with two examples that work."""
        end = "" if nothing_done else " Это и всё, что дальше, не тронуто."
        inner = brief(words).replace("«", "„").replace("»", "“")
        told = f"Правила не знают, что делать с «{inner}».{end}"
        examples = _examples(kinds, 2)
        return f"{told} А вот так получится:\n{examples}" if examples else f"{told} Знакомых инструментов у этого агента нет."

    def abilities(self, kinds: Sequence[StepKind]) -> str:
        """Say what can be asked for with these tools."""
        if not kinds:
            return "Знакомых инструментов у этого агента нет, поэтому остаётся только разговор. Выберите другого агента."
        able = _joined([_ABILITIES[kind] for kind in kinds])
        return (
            f"Она умеет {able}. Просить лучше прямо, можно сразу о нескольких делах. Например:\n{_examples(kinds, 4)}\n"
            "Для остального нужна языковая модель: запустите на этой машине Ollama, LM Studio или llama.cpp или выполните `artelier init`."
        )

    def other_tool(self, name: str, *, worked: bool) -> str:
        """Say that a tool was called that the rules do not know."""
        return f"{name}: {'результат есть' if worked else 'не получилось'}."


def _examples(kinds: Sequence[StepKind], most: int) -> str:
    known = [kind for kind in _EXAMPLES if kind in kinds]
    lines = [_EXAMPLES[kind] for kind in known]
    if len(lines) > 2:  # noqa: PLR2004  two stay two examples
        lines[:2] = [f"{lines[0]} и {lines[1]}"]
    return "\n".join(f"- {line}" for line in lines[:most])


def _doing(step: Step) -> str:
    match step.kind:
        case StepKind.READ:
            return f"читаю {step.path}"
        case StepKind.LIST:
            return f"просматриваю {'рабочую папку' if step.path == '.' else step.path}"
        case StepKind.SEARCH:
            return f"ищу {_sought(step)}"
        case StepKind.FOLDER:
            return f"создаю папку {step.path}"
        case StepKind.WRITE:
            return f"записываю {step.path}"
        case StepKind.EDIT:
            return f"меняю {step.path}"
        case StepKind.RUN:
            return f"запускаю `{brief(step.text('command'))}`"


def _to_do(step: Step) -> str:
    match step.kind:
        case StepKind.READ:
            return f"прочитать {step.path}"
        case StepKind.LIST:
            return f"просмотреть {'рабочую папку' if step.path == '.' else step.path}"
        case StepKind.SEARCH:
            return f"найти {_sought(step)}"
        case StepKind.FOLDER:
            return f"создать папку {step.path}"
        case StepKind.WRITE:
            return f"записать {step.path}"
        case StepKind.EDIT:
            return f"изменить {step.path}"
        case StepKind.RUN:
            return f"запустить `{brief(step.text('command'))}`"


def _sought(step: Step) -> str:
    where = "" if step.path == "." else f" в {step.path}"
    return f"«{brief(plain_pattern(step.text('pattern')))}»{where}"


def _report_read(step: Step, finding: Finding) -> str:
    if not finding.count:
        return f"{step.path}: {finding.words}." if finding.words else f"Файл {step.path} пуст."
    lines = _count(finding.count, "строка", "строки", "строк")
    window = "max_lines" in step.arguments or "first_line" in step.arguments
    head = f"Из {step.path} {lines}:" if window else f"В {step.path} {lines}. Начало:"
    return f"{head}\n{fenced(finding.lines)}"


def _report_list(step: Step, finding: Finding) -> str:
    if not finding.count:
        return f"В {'рабочей папке' if step.path == '.' else step.path} пусто."
    shown = finding.lines[:8]
    more = f" и ещё {finding.count - len(shown)}" if finding.count > len(shown) else ""
    where = "рабочей папки" if step.path == "." else step.path
    return f"Содержимое {where} ({finding.count}): {', '.join(shown)}{more}."


def _report_search(step: Step, finding: Finding) -> str:
    if not finding.count:
        return f"{_sought(step)} {'нигде ' if step.path == '.' else ''}не встречается."
    lines = _count(finding.count, "строка", "строки", "строк")
    files = _count(finding.files, "файле", "файлах", "файлах")
    more = f", первые {len(finding.lines)}" if finding.count > len(finding.lines) else ""
    return f"{_sought(step)}: {lines} в {files}{more}:\n{fenced(finding.lines)}"


def _report_folder(step: Step, finding: Finding) -> str:
    return f"Папка {step.path} уже есть." if finding.already else f"Папка {step.path} создана."


def _report_write(step: Step, finding: Finding) -> str:
    if finding.already:
        return f"Файл {step.path} уже такой, ничего не изменилось."
    return f"Файл {step.path} записан: {_count(len(step.text('content')), 'знак', 'знака', 'знаков')}."


def _report_edit(step: Step, finding: Finding) -> str:
    del finding
    return f"Файл {step.path} изменён: вместо «{brief(step.text('old_text'))}» теперь «{brief(step.text('new_text'))}»."


def _report_run(step: Step, finding: Finding) -> str:
    command = f"`{brief(step.text('command'))}`"
    ended = f"Команда {command} завершилась с кодом {finding.exit_code}"
    if not finding.lines:
        return f"{ended} и ничего не вывела."
    which = "Вывод" if finding.count == len(finding.lines) else "Последние строки"
    return f"{ended}. {which}:\n{fenced(finding.lines)}"


_REPORTS = {
    StepKind.READ: _report_read,
    StepKind.LIST: _report_list,
    StepKind.SEARCH: _report_search,
    StepKind.FOLDER: _report_folder,
    StepKind.WRITE: _report_write,
    StepKind.EDIT: _report_edit,
    StepKind.RUN: _report_run,
}


def _count(number: int, one: str, few: str, many: str) -> str:
    """Return a number with its noun, by the plural rules of CLDR for Russian."""
    if number % 10 == 1 and number % 100 != 11:  # noqa: PLR2004  «одиннадцать» is no «один»
        return f"{number} {one}"
    if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:  # noqa: PLR2004  2, 3, 4 but not 12, 13, 14
        return f"{number} {few}"
    return f"{number} {many}"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} и {parts[-1]}"


def _why_not(words: str) -> str:
    """Return why a call was not allowed; what the engine says of a person's no is said in Russian."""
    if words == _UNANSWERED:
        return "Вовремя никто не ответил"
    refused = _REFUSED.fullmatch(words)
    if refused is None:
        return f"Причина: {words}"
    return f"Вы сказали: «{refused[1]}»" if refused[1] else "Вы отклонили этот вызов"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
