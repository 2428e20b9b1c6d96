"""The cache of like questions: who is answered by whose answer, what is learned, and what is never shared."""

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from semantic_stage import USED, WHO, Stage, Table, Told, asked

from artelier.caches.generations import Generations
from artelier.caches.turns import SharedTurns
from artelier.domain.calls import ToolSpec
from artelier.domain.errors import CacheUnavailable, ProviderUnavailable
from artelier.domain.messages import AgentMessage, NoteMessage, UserMessage
from artelier.domain.models import CacheWishes, FinishReason, ModelReply, Purpose, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.kept_replies import generations
from artelier.providers.lexical_embedder import LexicalEmbedder
from artelier.providers.response_cache import CachingProvider, ReplyCache
from artelier.providers.semantic_cache import LONGEST, SemanticProvider, partition_of, question_of
from artelier.runtime.clock import UuidSevens

REVERSE, LIKE = "How do I reverse a list?", "How can one reverse a list?"
ANSWERS = {REVERSE: "Call reverse.", LIKE: "Call reverse."}


async def taught(**changes) -> Stage:
    """Return a stage whose entry for REVERSE is sure of itself."""
    stage = Stage(Table(ANSWERS), **changes)
    await stage.teach(REVERSE, times=60)
    stage.model.asked.clear()
    return stage


async def test_a_like_question_gets_the_kept_answer_as_a_stream():
    stage = await taught()
    async with aclosing(stage.provider.stream(asked(LIKE))) as pieces:
        first, reply = [piece async for piece in pieces]
    assert first == TextDelta("Call reverse.")
    assert (reply.text, reply.source, reply.usage, reply.saved) == ("Call reverse.", "semantic", Usage(), USED)
    assert reply.entry
    assert not stage.model.asked


async def test_nothing_is_given_before_its_answer_was_often_enough_right():
    stage = Stage(Table(ANSWERS), chance=lambda: 0.999)
    for _ in range(6):
        assert (await stage.say(LIKE)).source == ""
    assert (stage.score.kept, stage.score.near, stage.score.hits) == (1, 5, 0)


async def test_an_answer_that_was_wrong_as_often_is_never_given():
    stage = Stage(Table({REVERSE: "Call reverse."}, otherwise="Never."))
    stage.embedder.vectors |= {"Call reverse.": (1.0, 0.0), "Never.": (0.0, 1.0)}
    await stage.say(REVERSE)
    for number in range(30):
        await stage.say(REVERSE if number % 2 else f"How does one reverse{'?' * number}")
    assert stage.score.hits == 0
    assert stage.score.kept > 1


async def test_shadow_mode_answers_nothing_and_keeps_score():
    stage = await taught(answer=False)
    reply = await stage.say(LIKE)
    assert (reply.source, reply.entry, reply.usage) == ("", "", USED)
    assert stage.model.asked == [LIKE]
    assert stage.score.hits > 0
    assert stage.score.right == stage.score.hits
    stage.model._answers[LIKE] = "It is not possible."
    await stage.say(LIKE)
    assert stage.score.wrong == 1
    assert stage.likes.scores.of(WHO) == stage.score


@pytest.mark.parametrize(
    "other",
    [
        "How do I reverse a list twice?",
        "How do I not reverse a list?",
        "How do I reverse a `list`?",
        "How do I reverse a Tuple?",
        "Как не ...?",
    ],
)
async def test_what_speaks_against_a_near_question_is_heard(other):
    stage = await taught()
    assert (await stage.say(other)).source == ""
    assert stage.model.asked == [other]


async def test_below_the_floor_nothing_is_like():
    stage = await taught()
    stage.embedder.vectors |= {"Nearly?": (0.94, 0.3412), LIKE: (0.97, -0.2431)}
    near = stage.score.near
    assert (await stage.say("Nearly?")).source == ""
    assert stage.score.near == near
    await stage.say(LIKE)
    assert stage.score.near == near + 1


TOOL = ToolSpec("look", "Looks.", {"type": "object"}, repeatable=True)
ELSEWHERE = {
    "another's": {"tenant": "person:other"},
    "another agent's": {"agent": "coder"},
    "another model": {"model": "small"},
    "another prompt": {"system": "You hinder."},
    "other tools": {"tools": (TOOL,)},
    "a longer answer": {"max_tokens": 4096},
    "another temperature": {"temperature": 0.1},
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_nothing_passes_from_one_partition_to_another(change):
    stage = await taught()
    assert (await stage.say(replace(asked(LIKE), **change))).source == ""


async def test_neither_to_another_embedder_nor_from_what_was_forgotten():
    stage = await taught()
    stage.token = "2"
    assert (await stage.say(LIKE)).source == ""
    one, other = (partition_of(("own", ""), asked(LIKE), name, "1") for name in ("a", "b"))
    assert one != other


async def test_nor_from_another_server_of_that_name():
    stage = await taught()
    stage.provider = SemanticProvider("own", stage.model, stage.likes, stage.generation, "elsewhere")
    assert (await stage.say(LIKE)).source == ""


@pytest.mark.parametrize("forgotten", generations(WHO, "ask"))
async def test_what_is_forgotten_of_kept_replies_is_forgotten_here_too(forgotten):
    stage = await taught()
    tokens = Generations(stage.cache)
    stage.provider = SemanticProvider("own", stage.model, stage.likes, tokens.of)
    await stage.teach(REVERSE, times=60)
    assert (await stage.say(LIKE)).source == "semantic"
    await tokens.renew(forgotten)
    assert (await stage.say(LIKE)).source == ""


names = st.text(max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(names, names, names, names, names), st.tuples(names, names, names, names, names))
def test_partitions_are_one_only_where_everything_is(one, other):
    def partition(parts):
        tenant, agent, provider, generation, system = parts
        return partition_of((provider, ""), replace(asked("x"), tenant=tenant, agent=agent, system=system), "e", generation)

    assert (partition(one) == partition(other)) == (one == other)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from((REVERSE, LIKE)), st.booleans()), min_size=1, max_size=25))
def test_two_tenants_never_share_an_entry(steps):
    async def live() -> None:
        stage = Stage(chance=lambda: 1.0)
        for tenant, text, reported in steps:
            stage.model._answers = {text: f"For {tenant}: {text}"}
            stage.embedder.vectors = {f"For {tenant}: {text}": (0.0, 1.0)}
            reply = await stage.say(replace(asked(text), tenant=tenant))
            assert reply.text.startswith(f"For {tenant}")
            if reported and reply.entry:
                assert not await stage.likes.report("d", reply.entry)
                assert await stage.likes.report(tenant, reply.entry)

    asyncio.run(live())


FURTHER = {
    "a second question": {"messages": (UserMessage("a"), AgentMessage("b"), UserMessage("c"))},
    "a note": {"messages": (UserMessage("a"), NoteMessage("b"))},
    "nothing said": {"messages": (UserMessage("  "),)},
    "much said": {"messages": (UserMessage("x" * (LONGEST + 1)),)},
    "nobody's": {"tenant": ""},
    "a summary": {"purpose": Purpose.SUMMARY},
    "something left out": {"left_out": 1},
    "neither from the cache nor to it": {"wishes": CacheWishes(no_cache=True, no_store=True)},
}


@pytest.mark.parametrize("change", FURTHER.values(), ids=FURTHER)
async def test_only_first_words_are_looked_at(change):
    stage = Stage()
    request = replace(asked("x"), **change)
    assert question_of(request) == ""
    await stage.say(request)
    assert not stage.embedder.texts


@pytest.mark.parametrize(
    "reply",
    [
        ModelReply("", (RequestedCall("look", "{}"),), finish=FinishReason.CALLS),
        ModelReply("I look.", (RequestedCall("look", "{}"),), finish=FinishReason.CALLS),
        ModelReply("Too lo", finish=FinishReason.LENGTH),
        ModelReply("", finish=FinishReason.STOP),
        ModelReply("Instead.", provider="another"),
        ModelReply("Again.", source="cache"),
    ],
)
async def test_only_whole_words_of_this_model_are_kept(reply):
    stage = Stage(Table({LIKE: reply}))
    await stage.say(LIKE)
    assert stage.score.kept == 0


async def test_who_now_needs_a_tool_makes_an_entry_less_sure():
    stage = Stage(Table(ANSWERS))
    await stage.say(REVERSE)
    stage.model._answers[REVERSE] = ModelReply("", (RequestedCall("look", "{}"),), finish=FinishReason.CALLS)
    await stage.say(REVERSE)
    ((partition, held),) = stage.index._partitions.items()
    kept = await stage.entries.get(partition, held.rows[0].entry)
    assert [(seen.right, seen.wrong) for seen in kept.tally] == [(0, 1)]


async def test_who_wants_no_cache_is_asked_for_and_teaches():
    stage = await taught()
    learned = stage.score.learned
    reply = await stage.say(asked(LIKE, wishes=CacheWishes(no_cache=True)))
    assert (reply.source, stage.score.learned) == ("", learned + 1)


async def test_who_wants_nothing_stored_is_answered_and_leaves_nothing():
    stage = await taught()
    quiet = CacheWishes(no_store=True)
    assert (await stage.say(asked(LIKE, wishes=quiet))).source == "semantic"
    kept, learned = stage.score.kept, stage.score.learned
    stage.embedder.vectors["Elsewhere?"] = (0.0, 1.0)
    await stage.say(asked("Elsewhere?", wishes=quiet))
    assert (stage.score.kept, stage.score.learned) == (kept, learned)


async def test_an_answer_ends_with_its_time():
    stage = Stage(Table(ANSWERS), seconds=100.0)
    await stage.teach(asked(REVERSE, wishes=CacheWishes(ttl=1000.0)), times=60)
    stage.clock.move(900)
    assert (await stage.say(LIKE)).source == "semantic"
    stage.clock.move(200)
    assert (await stage.say(LIKE)).source == ""


async def test_a_report_that_reaches_no_cache_is_told():
    stage = await taught()
    entry = (await stage.say(LIKE)).entry
    await stage.cache.close()
    with pytest.raises(CacheUnavailable, match="Report it again"):
        await stage.likes.report(WHO, entry)
    assert stage.score.reported == 0


async def test_a_reported_answer_is_gone():
    stage = await taught()
    entry = (await stage.say(LIKE)).entry
    assert not await stage.likes.report("person:other", entry)
    assert (await stage.say(LIKE)).source == "semantic"
    assert await stage.likes.report(WHO, entry)
    assert (await stage.say(LIKE)).source == ""
    assert not await stage.likes.report(WHO, entry)
    assert stage.score.reported == 1


@pytest.mark.parametrize(
    "name", ["", "x", ".", "a" * 32 + "." + "b" * 24, "../" * 9, "я" * 32 + "." + "b" * 24, "a" * 32 + "." + "b" * 24 + "\n"]
)
async def test_what_names_no_entry_reports_nothing(name):
    assert not await Stage().likes.report(WHO, name)


async def test_an_embedder_that_fails_is_a_miss():
    stage = Stage(embedder=Told(otherwise=ProviderUnavailable("down")))
    for _ in range(5):
        assert (await stage.say(LIKE)).text == "I do not know."
    assert len(stage.embedder.texts) == 3  # then it is left alone
    assert stage.score.failures == 5


async def test_what_embeddings_cost_is_counted_with_replies():
    stage = await taught(embedder=Told(tokens=10), price=0.001)
    spent = stage.score.spent
    reply = await stage.say(LIKE)
    assert reply.lookup_cost == pytest.approx(0.01)
    assert stage.score.spent == pytest.approx(spent + 0.01)
    assert stage.score.saved == pytest.approx(0.1 * stage.score.hits)
    shadow = Stage(Table(ANSWERS), Told(tokens=10), price=0.001, answer=False)
    assert [(await shadow.say(LIKE)).lookup_cost for _ in range(2)] == [0.0, pytest.approx(0.01)]
    assert shadow.score.net < 0


async def test_behind_the_cache_of_equal_requests_one_embedding_serves_all_and_nothing_is_kept_twice():
    stage = await taught()
    turns = SharedTurns(stage.cache, stage.clock, UuidSevens())
    kept = ReplyCache(stage.cache, turns, Generations(stage.cache, look=0.0).of)
    stage.provider = CachingProvider("own", stage.provider, kept)
    stage.embedder.texts.clear()
    cold = asked(LIKE, temperature=0.0)
    replies = await asyncio.gather(*(stage.say(cold) for _ in range(5)))
    assert sorted(reply.source for reply in replies) == ["", *["joined"] * 4]
    assert stage.model.asked == [LIKE]
    assert stage.embedder.texts.count(LIKE) == 1
    assert (await stage.say(cold)).source == "cache"
    warm = asked(LIKE, wishes=CacheWishes(ttl=60.0))
    first = await stage.say(warm)
    assert (first.source, kept.counts.stored) == ("semantic", 1)
    await stage.likes.report(WHO, first.entry)
    assert (await stage.say(warm)).source == ""


async def test_a_reply_from_the_cache_of_equal_requests_costs_no_lookup():
    stage = Stage(Table(ANSWERS), Told(tokens=10), price=0.001)
    turns = SharedTurns(stage.cache, stage.clock, UuidSevens())
    stage.provider = CachingProvider("own", stage.provider, ReplyCache(stage.cache, turns, Generations(stage.cache, look=0.0).of))
    cold = asked(LIKE, temperature=0.0)
    first = await asyncio.gather(*(stage.say(cold) for _ in range(3)))
    assert sorted(reply.lookup_cost for reply in first) == [0.0, 0.0, pytest.approx(0.01)]
    assert (await stage.say(cold)).lookup_cost == 0.0


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe", b"{}", b'{"tenant": 1}', b"[" * 100])
async def test_a_record_that_cannot_be_read_is_a_miss(garbage):
    stage = await taught()
    entry = (await stage.say(LIKE)).entry.replace(".", ":")
    await stage.cache.put(f"semantic:{entry}", garbage, 100)
    assert (await stage.say(LIKE)).source == ""
    assert not await stage.likes.report(WHO, entry.replace(":", "."))


async def test_a_defect_in_learning_is_told_and_costs_no_reply(caplog):
    stage = Stage(Table(ANSWERS))
    stage.embedder.embed = None
    assert (await stage.say(asked(LIKE, wishes=CacheWishes(no_cache=True)))).text == "Call reverse."
    assert "this is a defect" in caplog.text


async def test_closing_gives_up_what_is_being_learned():
    class Slow(Told):
        async def embed(self, texts):
            await asyncio.Event().wait()

    stage = Stage(Table(ANSWERS), Slow(), answer=False)
    async with aclosing(stage.provider.stream(asked(LIKE))) as pieces:
        assert [piece async for piece in pieces]
    await stage.likes.close()
    await stage.provider.close()
    assert stage.score.kept == 0


async def test_it_outlives_a_restart():
    stage = await taught()
    again = Stage(Table(ANSWERS), cache=stage.cache, clock=stage.clock)
    assert (await again.say(LIKE)).source == "semantic"


async def test_what_one_instance_learns_the_others_know_and_what_one_forgets_they_do_not_give():
    stage = await taught()
    other = Stage(Table(ANSWERS), cache=stage.cache, clock=stage.clock)
    given = await other.say(LIKE)
    assert given.source == "semantic"
    assert await stage.likes.report(WHO, given.entry)
    assert (await other.say(LIKE)).source == ""


async def test_a_cache_that_lost_everything_is_a_miss():
    stage = await taught()
    stage.cache._kept.clear()
    assert (await stage.say(LIKE)).source == ""
    assert (await stage.say(LIKE)).text == "Call reverse."


async def test_offline_only_what_is_written_nearly_alike_is_like():
    stage = Stage(Table(ANSWERS), LexicalEmbedder())
    await stage.teach(REVERSE, times=60)
    assert (await stage.say("how do i  reverse a list")).source == "semantic"
    assert (await stage.say("What is the way to turn an array around?")).source == ""
