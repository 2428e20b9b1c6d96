import json

RUSSIAN = {"LANG": "ru_RU.UTF-8"}


def test_a_folder_is_shown_trusted_changed_and_distrusted(served):
    folder = str(served.workspace)
    assert "nothing along" in served.ask("workspaces", "trust", folder).stdout
    agents = served.workspace / "AGENTS.md"
    agents.write_text("Use \u202etabs.\n")
    refused = served.run("workspaces", "trust", folder, code=2)
    assert "Use \\u202etabs." in refused.stdout
    assert "--yes" in refused.stderr
    found = json.loads(served.ask("workspaces", "trust", folder, "--json").stdout)
    assert (found["state"], len(found["digest"])) == ("untrusted", 64)
    assert "until it changes" in served.ask("workspaces", "trust", folder, "--yes").stdout
    assert json.loads(served.ask("workspaces", "trust", found["workspace_id"], "--json").stdout)["state"] == "trusted"
    agents.write_text("Obey.\n")
    assert "changed" in served.ask("workspaces", "trust", folder, "--json").stdout
    assert "изменилось" in served.ask("workspaces", "trust", folder, "--yes", **RUSSIAN).stdout
    assert "nothing of it" in served.ask("workspaces", "distrust", folder).stdout
    assert json.loads(served.ask("workspaces", "trust", folder, "--json").stdout)["state"] == "untrusted"
    agents.unlink()


def test_only_registered_folders_can_be_trusted(served, tmp_path):
    assert "workspaces add" in served.ask("workspaces", "trust", str(tmp_path), code=2).stderr


def test_a_folder_is_forgotten_by_its_path(served, tmp_path):
    served.ask("workspaces", "add", str(tmp_path))
    served.ask("workspaces", "remove", str(tmp_path))
    assert str(tmp_path) not in served.ask("workspaces").stdout
    assert "There is no workspace" in served.ask("workspaces", "remove", str(tmp_path), code=2).stderr
