"""The folder of the operator's own agents: made with the first of them, and nowhere that an agent can write."""

import shutil

import pytest
from house_stage import Stage

from artelier.domain.errors import SettingsError, StoreError
from artelier.runtime.agent_files import AgentFiles


def files_of(house):
    return AgentFiles(house.standing, house.reloader)


def without_folder(folder):
    stage = Stage(folder)
    stage.agents.rmdir()
    return stage


async def test_the_first_copy_makes_the_folder_beside_the_settings(tmp_path):
    stage = without_folder(tmp_path)
    async with stage.open() as house:
        files = files_of(house)
        assert await files.folder() == stage.agents
        assert not stage.agents.exists()
        text = (await files.show("ask")).text
        stored = await files.store("ask", text)
        assert (stored.origin, stored.path) == ("file", str(stage.agents / "ask.md"))
        assert house.reloader.report.problems == ()
        assert (await files.origins(["ask"]))["ask"].origin == "file"
    assert stage.agents.stat().st_mode & 0o777 == 0o700


async def test_a_text_that_is_no_agent_makes_no_folder(tmp_path):
    stage = without_folder(tmp_path)
    async with stage.open() as house:
        with pytest.raises(SettingsError):
            await files_of(house).store("mine", "no front matter")
    assert not stage.agents.exists()


async def test_no_folder_is_made_through_a_link(tmp_path):
    stage = without_folder(tmp_path)
    stage.agents.symlink_to(tmp_path / "elsewhere")
    async with stage.open() as house:
        with pytest.raises(StoreError):
            await files_of(house).store("ask", (await files_of(house).show("ask")).text)
    assert not (tmp_path / "elsewhere").exists()


async def test_no_folder_is_made_where_agents_can_write(tmp_path):
    stage = without_folder(tmp_path)
    stage.file.unlink()
    stage.file = stage.workspace / "artelier.toml"
    stage.settings("")
    async with stage.open() as house:
        with pytest.raises(SettingsError, match="inside the workspace"):
            await files_of(house).store("ask", (await files_of(house).show("ask")).text)
    assert not (stage.workspace / "agents").exists()


async def test_a_folder_that_was_named_is_not_made_elsewhere(tmp_path):
    stage = Stage(tmp_path)
    stage.settings("[agents]\npaths = []\n")
    shutil.rmtree(stage.agents)
    async with stage.open() as house:
        assert await files_of(house).folder() is None
