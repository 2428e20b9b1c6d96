import json

RUSSIAN = {"LANG": "ru_RU.UTF-8"}
LINES = (
    '{"id":"1","text":"Rename the class User to Account","agent":"coder","lang":"en"}\n'
    '{"id":"2","text":"Как работает планировщик?","agent":"ask","lang":"ru","context":{"previous_agent":"coder"}}\n'
)


def _file(house, content):
    file = house.workspace / "items.jsonl"
    file.write_text(content, "utf-8")
    return str(file)


def test_figures_as_json(house):
    found = json.loads(house.ask("eval", "routing", _file(house, LINES), "--json").stdout)
    assert {"items", "accuracy", "answered", "accuracy_answered", "coverage", "ece", "by_agent", "by_lang"} <= set(found)
    assert (found["items"], found["accuracy"], found["by_lang"]["ru"]["items"]) == (2, 1.0, 1)


def test_figures_as_tables(house):
    told = house.ask("eval", "routing", _file(house, LINES)).stdout
    assert "right where answered" in told
    assert "orchestrator" not in told
    russian = house.run("eval", "routing", _file(house, LINES), **RUSSIAN).stdout
    assert "верно из всех" in russian


def test_a_bad_line_is_named(house):
    told = house.ask("eval", "routing", _file(house, LINES + '{"text": 1, "agent": "ask"}\n'), code=2).stderr
    assert "items.jsonl: Line 3 is no item" in told


def test_a_missing_file_is_named(house):
    assert "nowhere.jsonl cannot be read" in house.ask("eval", "routing", "nowhere.jsonl", code=2).stderr
