from pathlib import Path

import pytest

from artelier.domain.errors import SettingsError
from artelier.settings import Places, find_places, read_settings


def read(tmp_path, text=None, environment=None, overrides=None, named=True):
    file = tmp_path / "artelier.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    return read_settings(Places(file, named, tmp_path / "state"), environment or {}, overrides)


def test_without_a_file_defaults_are_in_force(tmp_path):
    found = read(tmp_path, named=False)
    assert found.problems == ()
    assert found.settings.server.port == 8700
    assert not found.file_found


def test_a_named_file_must_exist(tmp_path):
    (problem,) = read(tmp_path).problems
    assert "no such file" in str(problem)


def test_environment_beats_file_and_command_line_beats_both(tmp_path):
    text = "[server]\nport = 1111\n[models]\ndefault = 'a/b'\n"
    assert read(tmp_path, text).settings.server.port == 1111
    assert read(tmp_path, text, {"ARTELIER_SERVER__PORT": "2222"}).settings.server.port == 2222
    assert read(tmp_path, text, {"ARTELIER_SERVER__PORT": "2222"}, {"server.port": 3333}).settings.server.port == 3333
    listed = read(tmp_path, "", {"ARTELIER_WORKSPACES__ROOTS": '["/a", "/b"]'})
    assert listed.settings.workspaces.roots == ["/a", "/b"]


@pytest.mark.parametrize(
    ("text", "line", "setting", "words"),
    [
        ("[[approvals.rules]]\ndecision = 'allow'\ntimeout = '1h'\n", 1, "approvals.rules.0", "belong to rules of decision"),
        ("[[approvals.rules]]\ndecision = 'allow'\npath = 'src/[a'\n", 3, "approvals.rules.0.path", "never closed"),
        ("[[approvals.rules]]\ndecision = 'allow'\ntool = ''\n", 1, "approvals.rules.0", "match nothing"),
        ("[server]\nhost = '127.0.0.1'\nport = 'many'\n", 3, "server.port", "valid integer"),
        ("[server]\nprot = 1\n", 2, "server.prot", "no such setting"),
        ("[nonsense]\na = 1\n", 1, "nonsense", "no such setting"),
        ("a = 1\n\n[approvals]\ntimeout = 'soon'\n", 4, "approvals.timeout", "24h"),
        ("[agents.coder]\nmax_tokens = '2k'\n", 2, "agents.coder.max_tokens", "2k"),
        ("[[approvals.rules]]\ndecision = 'perhaps'\n", 2, "approvals.rules.0.decision", "allow"),
        ("[models.providers.mine]\nkind = 'other'\n", 2, "models.providers.mine.kind", "openai"),
        ("[models.providers.mine]\nthinking_tokens = 100\n", 2, "models.providers.mine.thinking_tokens", "1024"),
    ],
)
def test_every_problem_has_its_line_and_says_what_to_do(tmp_path, text, line, setting, words):
    problem = next(each for each in read(tmp_path, text).problems if each.setting == setting)
    assert problem.line == line
    assert words in str(problem)


@pytest.mark.parametrize("glob", ["[[] *", "[[ab]*", "a[]]b", "a[!]]b", "[a-c]*"])
def test_a_rule_may_name_brackets(tmp_path, glob):
    found = read(tmp_path, f"[[approvals.rules]]\ndecision = 'ask'\ncommand = '{glob}'\n")
    assert not found.problems
    assert found.settings.approvals.rules[0].command == glob


@pytest.mark.parametrize("glob", ["[ *", "[[ab", "a[]", "a[!]"])
def test_a_bracket_that_is_never_closed_is_a_problem(tmp_path, glob):
    assert "never closed" in str(read(tmp_path, f"[[approvals.rules]]\ndecision = 'ask'\ncommand = '{glob}'\n").problems[0])


@pytest.mark.parametrize("text", ["[server\n", "a = \n", "\x00", "[a]\n[a]\n"])
def test_what_is_no_toml_is_one_problem(tmp_path, text):
    (problem,) = read(tmp_path, text).problems
    assert "TOML" in str(problem)


def test_a_file_that_is_no_text_is_one_problem(tmp_path):
    (tmp_path / "artelier.toml").write_bytes(b"\xff\xfe\xff")
    assert len(read(tmp_path).problems) == 1


def test_a_wrong_variable_is_named(tmp_path):
    (problem,) = read(tmp_path, "", {"ARTELIER_SERVER__PORT": "x"}).problems
    assert "ARTELIER_SERVER__PORT" in str(problem)


@pytest.mark.parametrize(("value", "seconds"), [("90s", 90), ("15m", 900), ("24h", 86400), ("7d", 604800), ("3", 3)])
def test_durations(tmp_path, value, seconds):
    assert read(tmp_path, f"[approvals]\ntimeout = '{value}'\n").settings.approvals.timeout == seconds


def test_usual_keys_make_providers_and_stay_secret(tmp_path):
    found = read(tmp_path, "", {"OPENAI_API_KEY": "sk-very-secret"})
    assert found.settings.models.default.startswith("openai/")
    assert found.settings.models.providers["openai"].api_key.get_secret_value() == "sk-very-secret"
    assert "very-secret" not in repr(found)
    configured = read(
        tmp_path,
        "[models]\ndefault = 'mine/x'\n[models.providers.mine]\nbase_url = 'http://a'\napi_key_env = 'MINE'\n",
        {"MINE": "k", "OPENAI_API_KEY": "o"},
    )
    assert configured.settings.models.default == "mine/x"
    assert configured.settings.models.providers["mine"].api_key.get_secret_value() == "k"


def test_the_digest_follows_the_settings_and_not_the_secrets(tmp_path):
    assert read(tmp_path, "").digest == read(tmp_path, "# other\n").digest
    assert read(tmp_path, "[server]\nport = 1\n").digest != read(tmp_path, "").digest


def test_places_are_never_inside_the_workspace(tmp_path):
    workspace = tmp_path / "w"
    workspace.mkdir()
    with pytest.raises(SettingsError, match="inside the workspace"):
        find_places({}, workspace / "artelier.toml", workspace)
    with pytest.raises(SettingsError, match="state folder"):
        find_places({"ARTELIER_STATE": str(workspace / "state")}, tmp_path / "a.toml", workspace)
    link = tmp_path / "link"
    link.symlink_to(workspace)
    with pytest.raises(SettingsError, match="inside the workspace"):
        find_places({"ARTELIER_CONFIG": str(link / "artelier.toml")}, None, workspace)
    assert find_places({"ARTELIER_CONFIG": str(tmp_path / "x.toml")}).settings_file == Path(tmp_path / "x.toml")


def test_agents_folders_count_from_the_settings_file(tmp_path):
    (tmp_path / "agents").mkdir()
    assert read(tmp_path, "[agents]\npaths = ['more', '/srv/agents']\n").settings.agents.paths == [str(tmp_path / "more"), "/srv/agents"]
    assert read(tmp_path, "").settings.agents.paths == [str(tmp_path / "agents")]
    assert read(tmp_path, "[agents]\npaths = []\n").settings.agents.paths == []
    (tmp_path / "agents").rmdir()
    assert read(tmp_path, "").settings.agents.paths == []


def test_the_key_of_anthropic_is_found_and_speaks_its_own_format(tmp_path):
    found = read(tmp_path, "", {"ANTHROPIC_API_KEY": "sk-ant"}).settings.models
    source = found.providers["anthropic"]
    assert (source.kind, source.base_url, source.api_key.get_secret_value()) == ("anthropic", "https://api.anthropic.com", "sk-ant")
    assert found.default.startswith("anthropic/claude")
    named = read(tmp_path, "[models.providers.anthropic]\nthinking_tokens = 2048\n", {"ANTHROPIC_API_KEY": "k"}).settings.models.providers
    assert (named["anthropic"].kind, named["anthropic"].thinking_tokens) == ("anthropic", 2048)
    other = read(tmp_path, "[models.providers.anthropic]\nbase_url = 'https://gateway/v1'\n").settings.models.providers["anthropic"]
    assert (other.kind, other.base_url) == ("openai", "https://gateway/v1")
