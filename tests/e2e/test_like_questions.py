"""The cache of like questions, the whole way: messages over HTTP, a model server, metrics, insight, a report, a restart."""

from pathlib import Path

import pytest
from test_any_server import TEXT, WORDS, scene, stop, stream

from artelier.cli.runs import _report
from artelier.client import Refused

ON = '[cache.semantic]\nmode = "on"\nembedder = "lexical"\nerror_bound = 0.4\n[cache.replies]\nwhen = "off"\n'


async def test_a_like_question_is_answered_reported_and_asked_again(tmp_path: Path) -> None:
    async with scene(tmp_path, stream(*WORDS, stop(), pause=0.0), more=ON) as (mock, client, _, __):
        for _ in range(8):
            assert (await client.chat("Please say some words")).reply == TEXT
        asked = len(await mock.seen())
        assert 6 < asked <= 8
        again = await client.chat("please, say some words!")
        assert (again.reply, again.usage.model_calls, again.usage.input_tokens) == (TEXT, 0, 0)
        (replied,) = [event for event in await client.events(again.session_id) if event.type == "model_replied"]
        assert (replied.payload["source"], replied.payload["saved"]["input_tokens"]) == ("semantic", 100)
        assert len(await mock.seen()) == asked
        assert [each.layer for each in (await client.usage()).layers if each.layer == "semantic"] == ["semantic"]
        score = (await client.insight()).semantic
        assert score is not None
        assert (score.mode, score.embedder, score.looked, score.kept) == ("on", "lexical", 9, 1)
        assert score.hits == 9 - asked
        assert (await client.cache()).semantic == score
        entry = replied.payload["entry"]
        assert await _report(client, again.run_id) == 1
        assert await _report(client, (await client.chat("Elsewhere?")).run_id) == 0
        with pytest.raises(Refused, match="NOT_FOUND"):
            await client.report_wrong_answer(entry)
        assert (await client.chat("please, say some words!")).usage.model_calls == 1
        figures = (await client._send("GET", "/metrics")).text
        assert 'artelier_semantic_cache_reported_total{mode="on"} 1.0' in figures


async def test_in_shadow_mode_the_model_answers_and_the_score_is_kept(tmp_path: Path) -> None:
    shadow = ON.replace('"on"', '"shadow"')
    async with scene(tmp_path, stream(*WORDS, stop(), pause=0.0), more=shadow) as (mock, client, _, __):
        for _ in range(9):
            assert (await client.chat("Please say some words")).usage.model_calls == 1
        assert len(await mock.seen()) == 9
        score = (await client.insight()).semantic
        assert score is not None
        assert (score.mode, score.wrong) == ("shadow", 0)
        assert score.hits > 0


async def test_where_it_is_off_there_is_nothing_to_report(tmp_path: Path) -> None:
    async with scene(tmp_path, stream(*WORDS, stop(), pause=0.0)) as (_, client, __, ___):
        assert (await client.insight()).semantic is None
        with pytest.raises(Refused, match="NOT_FOUND"):
            await client.report_wrong_answer("x")
