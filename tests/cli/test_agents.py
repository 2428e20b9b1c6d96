import json
from time import monotonic

RUSSIAN = {"LANG": "ru_RU.UTF-8"}
MODES = """\
customModes:
  - slug: writer
    name: Writer
    roleDefinition: You write.
    groups: [read, [edit, {fileRegex: '^(?!x)'}], teleport]
  - slug: reviewer
    roleDefinition: You review.
    groups: [read]
"""


def test_modes_become_agents_that_the_settings_find(house):
    (house.workspace / ".roomodes").write_text(MODES)
    shown = house.ask("agents", "import", ".roomodes").stdout
    folder = house.settings.parent / "agents"
    assert sorted(file.name for file in folder.iterdir()) == ["reviewer.md", "writer.md"]
    assert "looking around" in shown
    assert "teleport" in shown
    assert json.loads(house.ask("config", "check", "--json").stdout)["problems"] == []
    assert json.loads(house.ask("config", "show").stdout)["agents"]["paths"] == [str(folder)]
    assert "writer.md" in house.ask("agents", "import", ".roomodes", code=2).stderr
    assert "Прочтите" in house.ask("agents", "import", ".roomodes", "--replace", **RUSSIAN).stdout


def test_another_folder_may_be_said_and_other_files_are_refused(house):
    (house.workspace / "modes.yaml").write_text(MODES)
    house.ask("agents", "import", "modes.yaml", "--into", str(house.settings.parent / "mine"))
    assert (house.settings.parent / "mine" / "writer.md").is_file()
    assert "no custom modes" in house.ask("agents", "import", "a.txt", code=2).stderr
    assert "cannot be read" in house.ask("agents", "import", "gone", code=2).stderr


def test_a_running_server_takes_agents_files_and_tells_what_is_wrong_with_one(served):
    folder = served.settings.parent / "agents"
    folder.mkdir()
    (folder / "helper.md").write_text("---\ndescription: Helps.\ntools: [read_file]\n---\nYou help.\n")
    _until(lambda: "helper" in served.ask("agents").stdout)
    (folder / "helper.md").write_text("---\ndescription: Helps.\ntools: [fly]\n---\nYou help.\n")
    _until(lambda: "helper.md:3" in served.ask("doctor").stdout)
    assert "helper" in served.ask("agents").stdout
    (folder / "helper.md").unlink()
    _until(lambda: "helper" not in served.ask("agents").stdout + served.ask("doctor").stdout)


def test_an_agent_whose_model_nobody_offers_is_told_by_the_check(house):
    folder = house.settings.parent / "agents"
    folder.mkdir()
    (folder / "helper.md").write_text("---\ndescription: Helps.\ntools: [read_file]\nmodel: nobody/x\n---\nYou help.\n")
    (problem,) = json.loads(house.ask("config", "check", "--json", code=1).stdout)["problems"]
    assert problem.startswith("agents.helper.model: There is no provider 'nobody'")


def _until(seen):
    deadline = monotonic() + 20
    while not seen():
        assert monotonic() < deadline
