"""A server that does everything wrong costs its own calls and nothing else."""

import asyncio
import logging
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mcp_stage import PATIENCE, nasty, on_stage, plan_of

from artelier.domain.calls import Access, ResultStatus
from artelier.domain.errors import ArgumentsInvalid, McpToolChanged, McpUnavailable, ToolError
from artelier.tools.mcp.process import STDERR_LINE
from artelier.tools.mcp.results import TEXT_LIMIT
from artelier.tools.mcp.server import LONGEST_PAUSE, ServerState


async def lines_of(file: Path, count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        while not file.exists() or len(lines := file.read_text().splitlines()) < count:  # noqa: ASYNC110, ASYNC240  another process writes it
            await asyncio.sleep(0.01)
    return lines


def program_of(stage) -> int:
    """Return the process id of the only child."""
    return int(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[-1])


async def test_garbage_before_messages_is_passed_over(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("floods"))) as stage:
        result = await stage.call("one__thing", text="a")
    assert (result.text, result.status) == ("done", ResultStatus.DONE)


async def test_a_program_that_crashes_at_start(tmp_path: Path, caplog) -> None:
    caplog.set_level(logging.INFO)
    async with on_stage(tmp_path, plan_of(nasty("crashes")), wait=False) as stage:
        await stage.until(ServerState.FAILED)
        report = stage.servers.reports()[0]
    assert (report.tools, "Connection closed" in report.last_error) == (0, True)
    assert "I was never here." in caplog.text
    assert max(len(record.getMessage()) for record in caplog.records if record.name.endswith("process")) < STDERR_LINE + 50


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(("/no/such/program",)), wait=False) as stage:
        await stage.until(ServerState.FAILED)
        assert "could not be started" in stage.servers.reports()[0].last_error


async def test_one_that_never_answers_is_given_up_and_stopped(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("mute"), connect_seconds=1.0), wait=False) as stage:
        await stage.until(ServerState.FAILED)
        assert "within 1 s" in stage.servers.reports()[0].last_error


async def test_pauses_grow_are_scattered_and_end_at_a_minute(tmp_path: Path) -> None:
    class Recording:
        def __init__(self) -> None:
            self.slept: list[float] = []
            self.enough = asyncio.Event()

        def now(self) -> datetime:
            return datetime(2026, 1, 1, tzinfo=UTC)

        async def sleep(self, seconds: float) -> None:
            self.slept.append(seconds)
            if len(self.slept) == 12:
                self.enough.set()
                await asyncio.Event().wait()

    clock = Recording()
    async with on_stage(tmp_path, plan_of(("/no/such/program",)), wait=False, clock=clock):
        async with asyncio.timeout(PATIENCE):
            await clock.enough.wait()
    limits = [min(LONGEST_PAUSE, 0.5 * 2**number) for number in range(12)]
    assert all(limit / 2 <= slept <= limit for slept, limit in zip(clock.slept, limits, strict=True))
    assert len({slept / limit for slept, limit in zip(clock.slept, limits, strict=True)}) == 12


async def test_one_lost_in_mid_call_fails_the_call_and_comes_back(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with on_stage(tmp_path, plan_of(nasty("dies", notes))) as stage:
        for greeted in (1, 2):
            with pytest.raises(McpUnavailable, match="lost in mid-call"):
                await stage.call("one__thing", text="a")
            assert await lines_of(notes, greeted) == ["greeted"] * greeted


async def test_one_that_hangs_fails_the_call_and_is_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with on_stage(tmp_path, plan_of(nasty("hangs", notes), connect_seconds=1.5, call_seconds=0.5)) as stage:
        os.kill(program_of(stage), signal.SIGSTOP)
        with pytest.raises(McpUnavailable, match=r"did not answer within 0\.5 s"):
            await stage.call("one__thing", text="a")
        assert await lines_of(notes, 2) == ["greeted", "greeted"]


async def test_a_cancelled_call_is_cancelled_there(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    async with on_stage(tmp_path, plan_of(nasty("hangs", notes))) as stage:
        calling = asyncio.ensure_future(stage.call("one__thing", text="a"))
        await lines_of(notes, 2)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert (await lines_of(notes, 3))[2].startswith("cancelled ")


async def test_too_long_a_message_ends_the_connection(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("huge"))) as stage:
        with pytest.raises(McpUnavailable):
            await stage.call("one__thing", text="a")
        assert "more than" in stage.servers.reports()[0].last_error


@pytest.mark.parametrize(("way", "said"), [("refuses", "refuses: Never"), ("nonsense", "what is no answer")])
async def test_refusals_and_nonsense_fail_the_call_alone(tmp_path: Path, way: str, said: str) -> None:
    async with on_stage(tmp_path, plan_of(nasty(way))) as stage:
        for _ in range(2):
            with pytest.raises(ToolError, match=said):
                await stage.call("one__thing", text="a")
        assert stage.servers.reports()[0].state is ServerState.READY


async def test_long_answers_are_cut_and_failures_marked(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("long"))) as stage:
        result = await stage.call("one__thing", text="a")
    assert result.truncated
    assert TEXT_LIMIT < len(result.text) < TEXT_LIMIT + 100
    async with on_stage(tmp_path / "two", plan_of(nasty("fails"))) as stage:
        result = await stage.call("one__thing", text="a")
    assert (result.status, result.code) == (ResultStatus.FAILED, "TOOL_FAILED")


async def test_a_tool_that_is_described_otherwise_is_refused_until_it_is_accepted(tmp_path: Path, caplog) -> None:
    plan = plan_of(nasty("changes"))
    async with on_stage(tmp_path, plan) as stage:
        await stage.call("one__thing", text="a")
        assert "described otherwise" in await stage.until_withheld("thing")
        with pytest.raises(McpToolChanged, match="artelier mcp accept one"):
            await stage.call("one__thing", text="a")
        assert stage.tools["one__thing"].spec.description == "Does a thing."
    assert "withheld" in caplog.text
    assert stage.pins.forget("one")
    async with on_stage(tmp_path, plan) as again:
        assert (await again.call("one__thing", text="a")).text == "done"


async def test_known_tools_are_offered_before_the_server_is_there(tmp_path: Path) -> None:
    plan = plan_of(nasty("well"))
    async with on_stage(tmp_path, plan):
        pass
    async with on_stage(tmp_path, plan, wait=False) as stage:
        assert list(stage.tools) == ["one__thing"]
        assert (await stage.call("one__thing", text="a")).text == "done"
        assert not stage.offered.is_set()
    other = plan_of((*nasty("well"), "another"))
    async with on_stage(tmp_path, other, wait=False) as stage:  # another program is another server
        assert stage.tools == {}


async def test_a_broken_pin_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "one.json").write_text("{")
    async with on_stage(tmp_path, plan_of(nasty("well")), wait=False) as stage:
        assert await stage.until_withheld("thing") == "it is new"
        assert stage.tools == {}


async def test_odd_schemas_and_names(tmp_path: Path, caplog) -> None:
    async with on_stage(tmp_path, plan_of(nasty("shapes"))) as stage:
        assert all(len(name) <= 64 for name in stage.tools)
        short = {name.removeprefix("one__")[:6]: tool for name, tool in stage.tools.items()}
        assert set(short) == {"good", "remote", "loop", "nnnnnn"}
        assert short["nnnnnn"].spec.description == "hidden words"
        for name, arguments in (("remote", {"a": 1}), ("loop", {})):
            with pytest.raises(ArgumentsInvalid, match="cannot be applied"):
                short[name].check(arguments)
    assert "bad.type is left out" in caplog.text
    assert "large is left out" in caplog.text


async def test_arguments_are_checked_before_they_are_sent_and_no_expression_runs(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("well"))) as stage:
        tool = stage.tools["one__thing"]
        for arguments, named in (({}, "'text' is a required property"), ({"text": 1}, "text: 1 is not of type")):
            with pytest.raises(ArgumentsInvalid, match=named):
                tool.check(arguments)
            with pytest.raises(ArgumentsInvalid, match=named):
                await stage.call("one__thing", **arguments)
        tool.check({"text": "a" * 40 + "!"})  # the server's expression would take longer than the world lasts


async def test_what_a_tool_says_of_itself(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("well")), plan_of(nasty("well"), name="two", together=True)) as stage:
        await stage.until(ServerState.READY, 1)
        one, two = stage.tools["one__thing"], stage.tools["two__thing"]
    assert (one.spec.effect, one.spec.trusted, one.spec.repeatable, one.spec.keep_seconds) == ("outbound", False, False, 0)
    assert one.access({}).exclusive
    assert two.access({}) == Access()
    assert one.describe({"text": "a\nb"}) == 'MCP server one: thing {"text": "a\\nb"}'
    assert len(one.describe({"text": "x" * 9000})) < 2200


async def test_only_the_tools_that_are_wanted(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("shapes"), only=("good",))) as stage:
        assert list(stage.tools) == ["one__good"]
        assert stage.servers.reports()[0].withheld == {}


async def test_nothing_is_left_running(tmp_path: Path) -> None:
    async with on_stage(tmp_path, plan_of(nasty("well"))) as stage:
        program = program_of(stage)
    with pytest.raises(ProcessLookupError):
        os.kill(program, 0)
    with pytest.raises(McpUnavailable, match="is not there"):
        await stage.call("one__thing", text="a")
