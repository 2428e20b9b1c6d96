"""Settings as they are shown and changed: with their origin, whole or not at all, and never a secret."""

import json

import pytest
from house_stage import Stage

from artelier.domain.errors import AccessDenied, Conflict, InvalidRequest, SettingsError
from artelier.runtime.settings_desk import SettingsDesk

SAID = """# Mine.
[limits]
steps = 40

[[tools.mcp]]
name = "jira"
command = ["/nowhere/jira"]
env = { JIRA_KEY = "hush-hush-1" }
enabled = false
"""


def by_name(shown):
    return {value.leaf.name: value for value in shown.values}


async def test_every_value_says_where_it_comes_from(tmp_path):
    stage = Stage(tmp_path)
    stage.settings(SAID)
    stage.environment = {"ARTELIER_LIMITS__CALLS": "7"}
    async with stage.open() as house:
        values = by_name(await SettingsDesk(house.standing, house.reloader).show())
    told = {name: (values[name].leaf.value, values[name].origin) for name in ("limits.steps", "limits.calls", "limits.tokens")}
    assert told == {"limits.steps": (40, "file"), "limits.calls": (7, "environment"), "limits.tokens": (1_000_000, "default")}
    assert values["models.providers"].origin == "file"
    assert values["sandbox.mode"].at_start
    assert not values["limits.steps"].at_start


async def test_no_secret_is_ever_shown(tmp_path):
    stage = Stage(tmp_path)
    source = '[models.providers.mine]\nbase_url = "http://127.0.0.1:1/v1"\nproxy = "http://me:hush-hush-3@127.0.0.1:1"\n'
    source += 'api_key = "hush-hush-2"\nheaders = {Cookie = "hush-hush-4"}\n'
    stage.settings(SAID + source)
    async with stage.open() as house:
        shown = await SettingsDesk(house.standing, house.reloader).show()
    told = json.dumps([value.leaf.value for value in shown.values], default=str)
    assert "hush-hush" not in told
    assert "JIRA_KEY" in told


async def test_a_change_is_in_force_and_comments_stay(tmp_path):
    stage = Stage(tmp_path)
    stage.settings(SAID)
    async with stage.open() as house:
        shown = await SettingsDesk(house.standing, house.reloader).change({"limits.steps": 60, "undo.files": 5}, operator=False)
        assert house.settings.limits.steps == 60
    assert "# Mine." in stage.file.read_text()
    assert by_name(shown)["undo.files"].leaf.value == 5
    assert shown.waiting == ("undo.files",)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"limits.steps": 5, "limits.money": "much"}, SettingsError, r"artelier\.toml:\d+: limits\.money"),
        ({"agents.default": "nobody"}, SettingsError, "nobody"),
        ({"limits.stairs": 5}, InvalidRequest, "limits.stairs"),
        ({"tools.mcp": []}, AccessDenied, "tools.mcp"),
        ({"plugins.folder": "/tmp"}, AccessDenied, "plugins.folder"),
        ({"workspaces.roots": ["/"]}, AccessDenied, "workspaces.roots"),
        ({"sandbox.mode": "off"}, AccessDenied, "sandbox.mode"),
        ({"models.providers": {}}, AccessDenied, "models.providers"),
        ({"limits.calls": 9}, Conflict, "environment"),
        ({"approvals.rules": [{"decision": "ask", "command": "login --token=[secret]"}]}, InvalidRequest, "not shown"),
    ],
)
async def test_what_cannot_be_changed_changes_nothing(tmp_path, changes, error, said):
    stage = Stage(tmp_path)
    stage.settings(SAID)
    stage.environment = {"ARTELIER_LIMITS__CALLS": "7"}
    before = stage.file.read_text()
    async with stage.open() as house:
        with pytest.raises(error, match=said):
            await SettingsDesk(house.standing, house.reloader).change(changes, operator=False)
        assert house.settings.limits.steps == 40
    assert stage.file.read_text() == before


async def test_the_operator_changes_what_a_browser_may_not(tmp_path):
    stage = Stage(tmp_path)
    stage.settings(SAID)
    async with stage.open() as house:
        shown = await SettingsDesk(house.standing, house.reloader).change({"workspaces.roots": [str(tmp_path)]}, operator=True)
        assert house.settings.workspaces.roots == [str(tmp_path)]
    assert by_name(shown)["workspaces.roots"].origin == "file"


async def test_a_broken_file_shows_what_is_in_force(tmp_path):
    stage = Stage(tmp_path)
    stage.settings(SAID)
    async with stage.open() as house:
        stage.file.write_text(SAID.replace("steps = 40", "steps = true-ish"))
        shown = await SettingsDesk(house.standing, house.reloader).show()
        assert by_name(shown)["limits.steps"].leaf.value == 40
        assert "artelier.toml:3" in shown.problems[0]
        with pytest.raises(SettingsError, match="Correct the file first"):
            await SettingsDesk(house.standing, house.reloader).change({"limits.steps": 3}, operator=True)
