"""Reading grants."""

from sqlalchemy import func, select

from artelier.domain.grants import Grant, GrantRecord
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import QuestionRecord
from artelier.ports.grants import LIKE_DECISIONS
from artelier.ports.runs import Page
from artelier.stores.operation import Step, Steps, first
from artelier.stores.records import grant_record, question_record
from artelier.stores.refusals import unknown
from artelier.stores.statements import given
from artelier.stores.tables import grants, questions, sessions, standing

_GRANT = select(grants).where(grants.c.id == given("the_grant"))
_IN_FORCE = (
    select(grants)
    .where(grants.c.owner == given("the_owner"), grants.c.workspace == given("the_workspace"), grants.c.revoked_at.is_(None))
    .order_by(grants.c.id)
)
_LIST = select(grants).where(grants.c.owner == given("the_owner")).order_by(grants.c.id.desc()).limit(given("the_limit"))
_LIST_BEFORE = (
    select(grants)
    .where(grants.c.owner == given("the_owner"), grants.c.id < given("before"))
    .order_by(grants.c.id.desc())
    .limit(given("the_limit"))
)
_revoked_last = (
    select(func.coalesce(func.max(grants.c.revoked_at), 0))
    .where(grants.c.key == given("the_key"), grants.c.owner == given("the_owner"))
    .scalar_subquery()
)
_LIKE_DECISIONS = (
    select(questions)
    .join_from(questions, sessions)
    .where(
        questions.c.key == given("the_key"),
        sessions.c.owner == given("the_owner"),
        standing(questions, QuestionStatus.APPROVED, QuestionStatus.REJECTED),
        questions.c.answered_at > _revoked_last,
    )
    .order_by(questions.c.answered_at.desc(), questions.c.id.desc())
    .limit(given("the_limit"))
)


def get_grant(grant: str) -> Steps[GrantRecord]:
    """Read one grant. Raises ``NotFound``."""
    found = first((yield Step(_GRANT, {"the_grant": grant})))
    if found is None:
        raise unknown("grant", grant)
    return grant_record(found)


def grants_in_force(owner: str, workspace: str) -> Steps[tuple[Grant, ...]]:
    """Read what a person allows in a workspace, from old to new."""
    rows = yield Step(_IN_FORCE, {"the_owner": owner, "the_workspace": workspace})
    return tuple([grant_record(row).grant for row in rows])


def list_grants(owner: str, page: Page) -> Steps[tuple[GrantRecord, ...]]:
    """Read a person's grants from new to old."""
    given_page = {"the_owner": owner, "the_limit": page.limit}
    rows = yield Step(_LIST_BEFORE, {**given_page, "before": page.before}) if page.before else Step(_LIST, given_page)
    return tuple([grant_record(row) for row in rows])


def like_decisions(owner: str, key: str) -> Steps[tuple[QuestionRecord, ...]]:
    """Read what a person answered to like questions since they last revoked it, from new to old."""
    rows = yield Step(_LIKE_DECISIONS, {"the_owner": owner, "the_key": key, "the_limit": LIKE_DECISIONS})
    return tuple([question_record(row) for row in rows])
