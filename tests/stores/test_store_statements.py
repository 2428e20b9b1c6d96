"""Statements are written once: every database we mean to serve must understand them."""

import pytest
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import ClauseElement

from artelier.domain.budgets import Per
from artelier.domain.runs import RunStatus
from artelier.ports.usage import UsageBy
from artelier.stores import forking, queries, readings, statements

PLACES = frozenset({"here", "there"})
MADE: dict[str, Executable] = {
    "add_events": statements.add_events(3),
    "change_run": statements.change_run(("status", "wake_at", "usage")),
    "claim": statements.claim(PLACES),
    "extend": statements.extend(4),
    "next_wake": statements.next_wake(PLACES),
    "list_sessions": queries.list_sessions(before=True),
    "search_sessions": queries.list_sessions(before=True, search=True),
    "list_runs": queries.list_runs(session=True, statuses=frozenset(RunStatus), before=True),
    "used_by": readings.used_by(UsageBy.DAY),
    "spent_by": readings.spent_by(Per.SESSION),
    "took_by": readings.took_by(UsageBy.WORKSPACE),
    "typed_events": readings.typed_events(frozenset({"tool_finished", "agent_chosen"})),
    "list_questions": queries.list_questions(status=True, session=True, before=True),
}
KEPT = {
    name: value
    for module in (statements, queries, readings, forking)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, ClauseElement)
}
DIALECTS = {"sqlite": sqlite.dialect(paramstyle="named"), "postgresql": postgresql.dialect(paramstyle="named")}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("name", [*KEPT, *MADE])
def test_a_statement_can_be_said_to_every_database(name: str, dialect: Dialect) -> None:
    statement = {**KEPT, **MADE}[name]
    assert isinstance(statement, ClauseElement)
    assert "POSTCOMPILE" not in str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
