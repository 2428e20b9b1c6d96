"""A session's findings written down for a model: what is of use to its kind of agent, the most important first."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from artelier.domain.agents import AgentSpec
from artelier.domain.control import DELEGATE
from artelier.engine.findings import Findings, Remark

_DOCUMENTS = frozenset({".md", ".rst", ".adoc", ".txt", ".org", ".tex", ".docx", ".odt", ".pdf"})
_DIAGRAMS = frozenset({".mmd", ".mermaid", ".puml", ".plantuml", ".dot", ".drawio", ".d2", ".svg", ".excalidraw"})
_WRITERS = frozenset({"write_file", "edit_file"})
_KINDS = {
    "decision": "Decisions",
    "pattern": "Patterns",
    "root_cause": "Root causes",
    "suggested_fix": "Suggested fixes",
    "open_question": "Open questions",
}

Writer = Callable[[Findings], list[str]]


def kind_of(agent: AgentSpec) -> str:
    """Return which findings an agent is shown: as its file says, otherwise by what it may do."""
    if agent.context:
        return agent.context
    if DELEGATE.name in agent.tools:
        return "delegation"
    if not _WRITERS.intersection(agent.tools):
        return "reading"
    return "documents" if agent.writes and all(_of_documents(pattern) for pattern in agent.writes) else "code"


def findings_text(known: Findings, kind: str, longest: int) -> str:
    """Return the findings in at most so many characters; empty where there are none."""
    lines: list[str] = []
    left = longest
    for writer in _WRITERS_OF.get(kind, _WRITERS_OF["code"]):
        for each in writer(known):
            left -= len(each) + 1
            if left < 0:
                return "\n".join(lines)
            lines.append(each)
    return "\n".join(lines)


def _of_documents(pattern: str) -> bool:
    return pattern.startswith(("docs/", "doc/")) or PurePosixPath(pattern).suffix in _DOCUMENTS | _DIAGRAMS


def _listed(title: str, entries: Iterable[str]) -> list[str]:
    told = [f"- {each}" for each in entries]
    return [f"{title}:", *told] if told else []


def _pairs(remarks: Iterable[Remark]) -> list[str]:
    return [f"{each.about} -> {each.text}" for each in remarks]


def _plan(known: Findings) -> list[str]:
    return _listed("Plan", [f"[{each.text}] {each.about}" for each in known.plan])


def _notes(known: Findings) -> list[str]:
    return [told for kind, title in _KINDS.items() for told in _listed(title, [each.text for each in known.notes if each.about == kind])]


def _answers(known: Findings) -> list[str]:
    return _listed("Answers of the person", _pairs(known.answers))


def _last_error(known: Findings) -> list[str]:
    return [] if known.last_error is None else [f"Last error, not mended yet: {known.last_error.text}"]


def _errors(known: Findings) -> list[str]:
    return _listed("Errors seen", _pairs(known.errors))


def _checks(known: Findings) -> list[str]:
    told = [f"{each.about} -> {each.text}{' (to be mended)' if each.about in known.failing else ''}" for each in known.checks]
    return _listed("Tests and builds, as they ended last", told)


def _files(known: Findings) -> list[str]:
    return _listed("Files changed", [f"{each.about} ({each.text})" for each in known.files])


def _documents(known: Findings) -> list[str]:
    return [*_written(known, "Documents", _DOCUMENTS), *_written(known, "Diagrams", _DIAGRAMS)]


def _written(known: Findings, title: str, suffixes: frozenset[str]) -> list[str]:
    fitting = [each for each in known.files if PurePosixPath(each.about).suffix.lower() in suffixes]
    return _listed(title, [f"{each.about} ({each.text})" for each in fitting])


def _commands(known: Findings) -> list[str]:
    return _listed("Commands", _pairs(known.commands))


def _searches(known: Findings) -> list[str]:
    return _listed("Searches", _pairs(known.searches))


def _read(known: Findings) -> list[str]:
    return [f"Read: {', '.join(known.read)}"] if known.read else []


def _logs(known: Findings) -> list[str]:
    logs = [each for each in known.read if each.endswith((".log", ".out", ".trace")) or "/log" in f"/{each}"]
    return [f"Logs read: {', '.join(logs)}"] if logs else []


def _branch(known: Findings) -> list[str]:
    return [f"Branch: {known.branch}"] if known.branch else []


def _delegates(known: Findings) -> list[str]:
    return _listed("Work of other agents", _pairs(known.delegates))


_WRITERS_OF: Mapping[str, tuple[Writer, ...]] = {
    "code": (_plan, _notes, _answers, _last_error, _checks, _branch, _files, _commands),
    "documents": (_plan, _notes, _answers, _last_error, _documents, _searches, _read),
    "causes": (_plan, _notes, _answers, _last_error, _errors, _checks, _logs, _commands, _searches, _files, _read),
    "reading": (_notes, _answers, _last_error, _searches, _read),
    "delegation": (_plan, _notes, _answers, _delegates, _last_error, _files),
}
