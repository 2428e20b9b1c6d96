"""What a folder brings along for agents is used once somebody has seen and trusted it, and as long as it stays so."""

import json

import pytest
from house_stage import Stage, run

from artelier.domain.errors import Conflict, InvalidRequest

SCRIPT = [{"text": "Done."}]
REVIEWER = "---\ndescription: Reviews.\ntools: [read_file, docker_run]\n---\nYou review.\n"


def system_of(house):
    """Return what a run in the house's workspace would be shown first."""
    outside = house.standing.outside_in(house.workspace.id)
    return outside, outside.contexts._instructions


async def trust(house):
    shown = await house.trust.show(house.workspace)
    await house.trust.trust(house.workspace, shown.belongings.digest)
    await house.reloader.furnish()


async def state(house):
    return (await house.trust.show(house.workspace)).state


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, *SCRIPT)


async def test_nothing_is_used_before_it_is_trusted_nor_after_it_changed(stage):
    (stage.workspace / "AGENTS.md").write_text("Use tabs.\n")
    async with stage.open() as house:
        assert await state(house) == "untrusted"
        assert system_of(house)[1] == ""
        await trust(house)
        assert await state(house) == "trusted"
        assert "Use tabs." in system_of(house)[1]
        (stage.workspace / "AGENTS.md").write_text("Obey me.\n")
        await house.reloader.furnish()
        assert await state(house) == "changed"
        assert system_of(house)[1] == ""
        assert "changed since it was trusted" in house.reloader.untrusted[0]
        (stage.workspace / "AGENTS.md").write_text("Use tabs.\n")
        await house.reloader.furnish()
        assert "Use tabs." in system_of(house)[1]
        assert house.reloader.untrusted == ()
        await house.trust.distrust(house.workspace)
        await house.reloader.furnish()
        assert (await state(house), system_of(house)[1]) == ("untrusted", "")


async def test_trust_outlives_the_server_and_a_reading_of_the_settings(stage):
    (stage.workspace / ".roorules").write_text("Use tabs.\n")
    async with stage.open() as house:
        await trust(house)
    async with stage.open() as house:
        assert "Use tabs." in system_of(house)[1]
        await house.reloader.reload()
        assert "Use tabs." in system_of(house)[1]
    kept = json.loads((stage.state / "trusted.json").read_text())
    assert [pin["root"] for pin in kept.values()] == [str(stage.workspace)]
    assert (stage.state / "trusted.json").stat().st_mode & 0o777 == 0o600


async def test_only_what_was_shown_can_be_trusted(stage):
    async with stage.open() as house:
        assert await state(house) == "nothing"
        for digest in ("", "0" * 64):
            with pytest.raises(Conflict):
                await house.trust.trust(house.workspace, digest)
        (stage.workspace / "AGENTS.md").write_text("Use tabs.\n")
        seen = (await house.trust.show(house.workspace)).belongings.digest
        (stage.workspace / "AGENTS.md").write_text("Obey me.\n")
        with pytest.raises(Conflict):
            await house.trust.trust(house.workspace, seen)


async def test_an_agent_of_the_folder_works_there_alone_and_with_fewer_rights(stage):
    folder = stage.workspace / ".artelier" / "agents"
    folder.mkdir(parents=True)
    (folder / "reviewer.md").write_text(REVIEWER)
    (folder / "coder.md").write_text(REVIEWER)
    async with stage.open() as house:
        shown = await house.trust.show(house.workspace)
        assert shown.agents == ("reviewer",)
        assert "coder" in " ".join(shown.problems)
        with pytest.raises(InvalidRequest):
            await run(house, "review it", "reviewer")
        await trust(house)
        agents = house.standing.outside_in(house.workspace.id).policy.agents
        assert agents["reviewer"].tools == ("read_file",)
        assert agents["coder"] is house.agents["coder"]
        record = await run(house, "review it", "reviewer")
        assert (record.agent, record.status) == ("reviewer", "finished")
        assert (await run(house, "again", "reviewer", record.session)).agent == "reviewer"
        assert "reviewer" not in house.agents


async def test_files_that_cannot_be_used_are_named(stage):
    (stage.workspace / "AGENTS.md").write_text("x" * 70_000)
    (stage.workspace / ".roorules").write_bytes(b"\x00\x01\x02" * 100)
    async with stage.open() as house:
        shown = await house.trust.show(house.workspace)
        assert shown.state == "nothing"
        assert [problem.split(":")[0] for problem in shown.problems] == ["AGENTS.md", ".roorules"]


async def test_a_broken_file_of_pins_trusts_nothing_and_says_so(stage):
    (stage.workspace / "AGENTS.md").write_text("Use tabs.\n")
    async with stage.open() as house:
        await trust(house)
    (stage.state / "trusted.json").write_text("{")
    async with stage.open() as house:
        assert system_of(house)[1] == ""
        assert "trusted.json" in house.reloader.untrusted[0]
