"""What the rehearsal model says in English."""

from collections.abc import Sequence

from artelier.providers.rehearsal_findings import Finding, Outcome
from artelier.providers.rehearsal_phrases import brief, fenced, plain_pattern
from artelier.providers.rehearsal_steps import Step, StepKind

_EXAMPLES = {
    StepKind.READ: "read README.md",
    StepKind.LIST: "list the files in src",
    StepKind.SEARCH: "find TODO in src",
    StepKind.WRITE: 'write "hello" to notes.txt',
    StepKind.EDIT: 'replace "a" with "b" in x.py',
    StepKind.FOLDER: "create a folder docs",
    StepKind.RUN: "run `pytest -q`",
}
_ABILITIES = {
    StepKind.READ: "read files",
    StepKind.LIST: "list folders",
    StepKind.SEARCH: "search in files",
    StepKind.FOLDER: "create folders",
    StepKind.WRITE: "write files",
    StepKind.EDIT: "replace text in files",
    StepKind.RUN: "run commands",
}


class English:
    """English words, in the present and without ornament."""

    notice = "Rehearsal: a program with rules, not a language model."
    greeting = "Hello."
    welcome = "You are welcome."

    def doing(self, steps: Sequence[Step]) -> str:
        """Say that these steps are being done now."""
        sentence = _joined([_doing(step) for step in steps])
        return f"{sentence[:1].upper()}{sentence[1:]}."

    def report(self, step: Step, finding: Finding) -> str:
        """Say what came of a step."""
        if finding.outcome is Outcome.REFUSED:
            return f"Not allowed: {_doing(step)}. {finding.words}."
        if finding.outcome is Outcome.FAILED:
            return f"This did not work: {_doing(step)}. {finding.words}."
        return _REPORTS[step.kind](step, finding)

    def not_set(self, path: str, key: str) -> str:
        """Say that no one line of a file gives this name another value."""
        return f"What was read of {path} has no one line that gives “{brief(key)}” another value. Name the text to replace."

    def left_undone(self, steps: Sequence[Step]) -> str:
        """Say that steps were not begun since an earlier one did not work."""
        return f"So this was left undone: {_joined([_doing(step) for step in steps])}."

    def without_tools(self, steps: Sequence[Step]) -> str:
        """Say that this agent has no tool for some steps."""
        return f"This agent has no tool for {_joined([_doing(step) for step in steps])}. Choose another agent for it."

    def missed(self, words: str, kinds: Sequence[StepKind], *, nothing_done: bool) -> str:
        """Say which words were not understood, with two examples that work."""
        end = "" if nothing_done else " That and what follows it was left alone."
        told = f"The rules do not cover “{brief(words)}”.{end}"
        examples = _examples(kinds, 2)
        return f"{told} These work:\n{examples}" if examples else f"{told} This agent has no tools that the rules know."

    def abilities(self, kinds: Sequence[StepKind]) -> str:
        """Say what can be asked for with these tools."""
        if not kinds:
            return "This agent has no tools that the rules know, so nothing can be done here but talk. Choose another agent."
        able = _joined([_ABILITIES[kind] for kind in kinds])
        return (
            f"It can {able} when a sentence asks plainly, also for several things at once. For example:\n{_examples(kinds, 4)}\n"
            "Anything else wants a language model: start Ollama, LM Studio or llama.cpp on this machine, or run `artelier init`."
        )

    def other_tool(self, name: str, *, worked: bool) -> str:
        """Say that a tool was called that the rules do not know."""
        return f"{name} {'gave a result' if worked else 'did not work'}."


def _examples(kinds: Sequence[StepKind], most: int) -> str:
    known = [kind for kind in _EXAMPLES if kind in kinds]
    lines = [_EXAMPLES[kind] for kind in known]
    if len(lines) > 2:  # noqa: PLR2004  two stay two examples
        lines[:2] = [f"{lines[0]} and {lines[1]}"]
    return "\n".join(f"- {line}" for line in lines[:most])


def _doing(step: Step) -> str:
    match step.kind:
        case StepKind.READ:
            return f"reading {step.path}"
        case StepKind.LIST:
            return "listing the workspace" if step.path == "." else f"listing {step.path}"
        case StepKind.SEARCH:
            where = "" if step.path == "." else f" in {step.path}"
            return f"searching for “{brief(plain_pattern(step.text('pattern')))}”{where}"
        case StepKind.FOLDER:
            return f"creating the folder {step.path}"
        case StepKind.WRITE:
            return f"writing {step.path}"
        case StepKind.EDIT:
            return f"changing {step.path}"
        case StepKind.RUN:
            return f"running `{brief(step.text('command'))}`"


def _report_read(step: Step, finding: Finding) -> str:
    if not finding.count:
        return f"{step.path}: {finding.words}." if finding.words else f"{step.path} is empty."
    window = "max_lines" in step.arguments or "first_line" in step.arguments
    count = f"{_count(finding.count, 'line')} of {step.path}:" if window else f"{step.path} has {_count(finding.count, 'line')}. It begins:"
    return f"{count}\n{fenced(finding.lines)}"


def _report_list(step: Step, finding: Finding) -> str:
    where = "The workspace" if step.path == "." else step.path
    if not finding.count:
        return f"{where} is empty."
    shown = finding.lines[:8]
    more = f" and {finding.count - len(shown)} more" if finding.count > len(shown) else ""
    return f"{where} has {_count(finding.count, 'entry', 'entries')}: {', '.join(shown)}{more}."


def _report_search(step: Step, finding: Finding) -> str:
    what = f"“{brief(plain_pattern(step.text('pattern')))}”"
    where = "" if step.path == "." else f" in {step.path}"
    if not finding.count:
        return f"{what} was not found{where}."
    head = f"{what} occurs in {_count(finding.count, 'line')} of {_count(finding.files, 'file')}{where}"
    more = f", the first {len(finding.lines)}" if finding.count > len(finding.lines) else ""
    return f"{head}{more}:\n{fenced(finding.lines)}"


def _report_folder(step: Step, finding: Finding) -> str:
    return f"The folder {step.path} was there already." if finding.already else f"The folder {step.path} is made."


def _report_write(step: Step, finding: Finding) -> str:
    if finding.already:
        return f"{step.path} held just this already, so nothing changed."
    return f"{step.path} is written: {_count(len(step.text('content')), 'character')}."


def _report_edit(step: Step, finding: Finding) -> str:
    del finding
    return f"{step.path} is changed: “{brief(step.text('old_text'))}” is now “{brief(step.text('new_text'))}”."


def _report_run(step: Step, finding: Finding) -> str:
    command = f"`{brief(step.text('command'))}`"
    ended = f"{command} ended with exit code {finding.exit_code}"
    if not finding.lines:
        return f"{ended} and printed nothing."
    which = "It printed" if finding.count == len(finding.lines) else "Its last lines"
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


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
