"""Listings, removals and workspaces: what every store must hold."""

import pytest
from store_stage import NOON, OWNER, Stage, stage_fixture  # noqa: F401  pytest finds it here

from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import Conflict, NotFound
from artelier.domain.events import ApprovalAnswered, ApprovalAsked, RunFinished, RunWaiting, ToolFinished
from artelier.domain.grants import Grant, GrantMade, GrantRevoked, GrantScope
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import RunStatus, WaitReason, WorkspaceRecord
from artelier.ports.runs import Page

LARGE = ToolFinished("call", "read_file", ToolResult(ResultStatus.DONE, "x" * 50_000))


async def test_sessions_are_listed_from_new_to_old_for_their_owner(stage: Stage) -> None:
    mine = [await stage.open() for _ in range(5)]
    theirs = await stage.open(owner="pavel")
    listed = await stage.store.list_sessions(OWNER, Page(limit=2))
    assert [record.id for record in listed] == [mine[4], mine[3]]
    listed = await stage.store.list_sessions(OWNER, Page(limit=10, before=listed[-1].id))
    assert [record.id for record in listed] == [mine[2], mine[1], mine[0]]
    assert [record.id for record in await stage.store.list_sessions("pavel", Page())] == [theirs]
    assert await stage.store.list_sessions("nobody", Page()) == ()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("CENTS", [0]),
        ("export", [0, 2]),
        ("копейки", [1]),
        ("Копейки", [1]),
        ("100%", [2]),
        ("_", []),
        ("%", [2]),
        (" csv ", [0, 2]),
        ("x", [0, 2]),
    ],
)
async def test_sessions_are_found_by_title_and_by_what_was_asked(stage: Stage, search: str, found: list[int]) -> None:
    titles = ("CSV export loses Cents", "Копейки", "")
    opened = [(await stage.store.open_session(stage.new("session"), OWNER, "project", title)).id for title in titles]
    await stage.submit(opened[2], text="Export 100% of the csv")
    await stage.store.open_session(stage.new("session"), "pavel", "project", "export of cents")
    listed = await stage.store.list_sessions(OWNER, Page(), search)
    assert sorted(opened.index(record.id) for record in listed) == found


def grant_of(session: str, run: str, identifier: str = "g1", **fields: object) -> Grant:
    known = {"owner": OWNER, "workspace": "project", "agent": "coder", "tool": "write_file", "key": "k", "scope": GrantScope.SESSION}
    return Grant(id=identifier, session=session, run=run, **{**known, **fields})


async def test_grants_are_made_listed_and_revoked_by_events(stage: Stage) -> None:
    claim = await stage.running()
    session, run = claim.run.session, claim.run.id
    await stage.own(claim, GrantMade(grant_of(session, run)), GrantMade(grant_of(session, run, "g2", scope=GrantScope.WORKSPACE)))
    assert [record.grant.id for record in await stage.store.list_grants(OWNER, Page())] == ["g2", "g1"]
    assert [record.grant.id for record in await stage.store.list_grants(OWNER, Page(before="g2"))] == ["g1"]
    assert await stage.store.list_grants("pavel", Page()) == ()
    assert [grant.id for grant in await stage.store.grants_in_force(OWNER, "project")] == ["g1", "g2"]
    assert await stage.store.grants_in_force(OWNER, "other") == ()
    await stage.own(claim, GrantRevoked("g1"))
    assert [grant.id for grant in await stage.store.grants_in_force(OWNER, "project")] == ["g2"]
    revoked = await stage.store.get_grant("g1")
    assert revoked.revoked_at is not None
    await stage.own(claim, GrantRevoked("g1"))
    assert await stage.store.get_grant("g1") == revoked, "what is revoked stays as it is"
    with pytest.raises(NotFound):
        await stage.store.get_grant("g9")


async def test_grants_go_with_their_session(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, GrantMade(grant_of(claim.run.session, claim.run.id, scope=GrantScope.WORKSPACE)), RunFinished("Done."))
    await stage.store.delete_session(claim.run.session)
    assert await stage.store.grants_in_force(OWNER, "project") == ()


async def test_a_session_is_renamed(stage: Stage) -> None:
    session = await stage.open("Before")
    renamed = await stage.store.rename_session(session, "After")
    assert renamed.title == "After"
    assert renamed == await stage.store.get_session(session)
    assert len(await stage.store.read(session)) == 1
    with pytest.raises(NotFound):
        await stage.store.rename_session("nobody", "After")


async def test_sessions_need_a_workspace_and_an_id_of_their_own(stage: Stage) -> None:
    session = await stage.open()
    with pytest.raises(Conflict):
        await stage.store.open_session(session, OWNER, "project")
    with pytest.raises(NotFound, match="workspace"):
        await stage.store.open_session("another", OWNER, "elsewhere")


async def test_runs_are_listed_from_new_to_old_by_session_and_status(stage: Stage) -> None:
    first, second = await stage.running(), await stage.running()
    behind = (await stage.submit(first.run.session)).run
    await stage.own(second, RunFinished("Done."))
    listed = await stage.store.list_runs(Page())
    assert [run.id for run in listed] == [behind, second.run.id, first.run.id]
    assert listed[0] == await stage.store.get_run(behind)
    assert [run.id for run in await stage.store.list_runs(Page(limit=1))] == [behind]
    assert [run.id for run in await stage.store.list_runs(Page(before=behind))] == [second.run.id, first.run.id]
    assert [run.id for run in await stage.store.list_runs(Page(), first.run.session)] == [behind, first.run.id]
    ended = frozenset({RunStatus.FINISHED, RunStatus.FAILED})
    assert [run.id for run in await stage.store.list_runs(Page(), statuses=ended)] == [second.run.id]
    assert [run.id for run in await stage.store.list_runs(Page(), statuses=frozenset({RunStatus.QUEUED}))] == [behind]
    assert await stage.store.list_runs(Page(before=behind), first.run.session, frozenset({RunStatus.QUEUED})) == ()
    assert await stage.store.list_runs(Page(), "nobody") == ()


async def test_questions_are_listed_over_a_persons_sessions(stage: Stage) -> None:
    first, second = await stage.running(), await stage.running()
    ids = [stage.new("question") for _ in range(3)]
    await stage.own(first, *(ApprovalAsked(Question(question, QuestionKind.APPROVAL, "May it?")) for question in ids[:2]))
    await stage.own(second, ApprovalAsked(Question(ids[2], QuestionKind.WORDS, "Which?")))
    await stage.own(first, ApprovalAnswered(ids[0], QuestionKind.APPROVAL, Answer(Decision.APPROVE)))

    async def listed(page: Page = Page(), **filters: str) -> list[str]:  # noqa: B008  a frozen value
        return [record.question.id for record in await stage.store.list_questions(OWNER, page, **filters)]

    assert await listed() == [ids[2], ids[1], ids[0]]
    assert await listed(Page(limit=1, before=ids[2])) == [ids[1]]
    assert await listed(status="open") == [ids[2], ids[1]]
    assert await listed(session=first.run.session) == [ids[1], ids[0]]
    assert await listed(status="approved", session=first.run.session) == [ids[0]]
    assert await listed(status="open", session=second.run.session) == [ids[2]]
    assert await stage.store.list_questions("pavel", Page()) == ()


async def test_a_session_with_work_before_it_is_not_deleted(stage: Stage) -> None:
    claim = await stage.running()
    with pytest.raises(Conflict, match="run to do"):
        await stage.store.delete_session(claim.run.session)
    await stage.own(claim, RunWaiting(WaitReason.PERSON))
    with pytest.raises(Conflict):
        await stage.store.delete_session(claim.run.session)
    queued = stage.submission()
    await stage.store.submit(queued)
    with pytest.raises(Conflict):
        await stage.store.delete_session(queued.session)


async def test_a_deleted_session_is_gone_with_everything_and_leaves_the_others(stage: Stage) -> None:
    claim, other = await stage.running(), await stage.running()
    question = Question(stage.new("question"), QuestionKind.APPROVAL, "May it?")
    await stage.own(claim, ApprovalAsked(question), LARGE, RunFinished("Done."))
    await stage.own(other, LARGE)
    await stage.store.delete_session(claim.run.session)
    for missing in (
        stage.store.get_session(claim.run.session),
        stage.store.read(claim.run.session),
        stage.store.get_run(claim.run.id),
        stage.store.get_question(question.id),
        stage.store.delete_session(claim.run.session),
    ):
        with pytest.raises(NotFound):
            await missing
    assert [run.id for run in await stage.store.list_runs(Page())] == [other.run.id]
    assert (await stage.store.read(other.run.session))[-1].payload == LARGE
    reopened = stage.submission(session=claim.run.session, opening=stage.submission().opening)
    assert [event.seq for event in (await stage.store.submit(reopened)).events] == [1, 2, 3]


async def test_a_folder_is_registered_once(stage: Stage) -> None:
    first = await stage.store.get_workspace("project")
    assert first == WorkspaceRecord("project", "Project", "/srv/project", "here", NOON)
    stage.clock.step(1)
    assert await stage.store.register_workspace("again", "Another name", "/srv/project", "here") == first
    elsewhere = await stage.store.register_workspace("far", "Far", "/srv/project", "there")
    assert elsewhere.id == "far"
    with pytest.raises(Conflict, match="another folder"):
        await stage.store.register_workspace("far", "Far", "/srv/other", "there")
    assert await stage.store.list_workspaces() == (first, elsewhere)


async def test_a_workspace_is_removed_when_no_session_uses_it(stage: Stage) -> None:
    session = await stage.open()
    with pytest.raises(Conflict, match="still use"):
        await stage.store.remove_workspace("project")
    await stage.store.delete_session(session)
    await stage.store.remove_workspace("project")
    assert await stage.store.list_workspaces() == ()
    with pytest.raises(NotFound):
        await stage.store.remove_workspace("project")


async def test_like_decisions_are_found_by_key_until_they_are_revoked(stage: Stage) -> None:
    claim = await stage.running()
    ids = [stage.new("question") for _ in range(15)]
    answers = {0: Answer(Decision.REJECT, by=OWNER), 3: Answer(Decision.REJECT, by="timeout")}
    for number, question in enumerate(ids):
        key = "other" if number == 4 else "k"
        await stage.own(claim, ApprovalAsked(Question(question, QuestionKind.APPROVAL, "May it?", key=key)))
        stage.clock.step(1)
        if number != 14:
            answer = answers.get(number, Answer(Decision.APPROVE, by=OWNER))
            await stage.own(claim, ApprovalAnswered(question, QuestionKind.APPROVAL, answer))
    found = await stage.store.like_decisions(OWNER, "k")
    assert [record.question.id for record in found] == [*reversed(ids[5:14]), ids[2]], "ten, without silence, the other and the open one"
    assert await stage.store.like_decisions("pavel", "k") == ()
    assert [record.question.id for record in await stage.store.like_decisions(OWNER, "other")] == [ids[4]]
    await stage.own(claim, GrantMade(grant_of(claim.run.session, claim.run.id)))
    assert len(await stage.store.like_decisions(OWNER, "k")) == 10
    await stage.own(claim, GrantRevoked("g1"))
    assert await stage.store.like_decisions(OWNER, "k") == ()
    stage.clock.step(1)
    await stage.own(claim, ApprovalAnswered(ids[14], QuestionKind.APPROVAL, Answer(Decision.APPROVE, by=OWNER)))
    assert [record.question.id for record in await stage.store.like_decisions(OWNER, "k")] == [ids[14]]
    assert len(await stage.store.like_decisions(OWNER, "other")) == 1
