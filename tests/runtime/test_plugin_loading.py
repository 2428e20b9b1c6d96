"""Whatever a plugin does wrong is told in words that name it, and nothing else goes wrong by it."""

import os
import re
import sys

import pytest
from plugin_stage import giving, write

from artelier.domain.errors import PluginError
from artelier.ports.plugin import PluginContext
from artelier.runtime.clock import SystemClock
from artelier.runtime.models import Models
from artelier.runtime.plugin_loading import load_plugin
from artelier.runtime.plugin_places import find_at, find_in
from artelier.runtime.plugins import Plugins
from artelier.settings import Places, read_settings


class Stage:
    """A plugins' folder, and what gathers it; ``roots`` are the workspaces there are."""

    def __init__(self, folder):
        self.plugins = folder / "plugins"
        self.file = folder / "artelier.toml"
        self.state = folder / "state"
        self.roots = []
        self._held = Plugins(folder / "data", SystemClock(), {"read_file"}, self._tell)

    async def _tell(self):
        return self.roots

    async def stop(self):
        await self._held.stop()

    async def gather(self, text=""):
        self.file.write_text(text)
        read = read_settings(Places(self.file, True, self.state), {})
        assert read.problems == ()
        gathered = await self._held.gather(read.settings, Models({"rehearsal": None}, ""))
        self._held.keep(gathered)
        return gathered

    async def reports(self, text=""):
        return {each.name: each for each in (await self.gather(text)).reports}


@pytest.fixture
async def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    await stage.stop()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\ndef plugin(:\n", r"bad\.py:2: "),
        ("x = 1\n\nraise RuntimeError('no')\n", r"bad\.py:3: RuntimeError: no"),
        ("import not_there_at_all\n", "not_there_at_all"),
        ("import sys\nsys.exit('bye')\n", "SystemExit: bye"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("\x00", r"bad\.py"),
        ("x = 1\n", "no function `plugin`"),
        ("plugin = 3\n", "no function `plugin`"),
        ("def plugin(): ...\n", "TypeError"),
        ("def plugin(context): ...\n", "gave nothing"),
        ("def plugin(context):\n    return 1 / 0\n", r"bad\.py:2: ZeroDivisionError"),
        ("async def plugin(context): ...\n", "write def without async"),
        (giving().replace("api=1", "api=7"), "version 7 of the plugin API; this Artelier supports 1"),
        (giving().replace("api=1, ", ""), "api"),
        (giving(version=""), "version"),
        (giving("wheels=()"), "wheels"),
        (giving("tools=Tool()"), "a tuple is meant"),
        (giving("tools=(Tool,)"), "no spec|is a class"),
        (giving("tools=(3,)"), "no spec"),
        (giving("tools=(Tool(), Tool())"), "say_it: it is there twice"),
        (giving("tools=(Tool('read_file'),)"), "tool read_file: there is one of this name already"),
        (giving("tools=(Tool('finish'),)"), "tool finish: there is one"),
        (giving("tools=(Tool('a__b'),)"), "its name is letters"),
        (giving("tools=(Tool('mcp'),)"), "tool mcp"),
        (giving("tools=(Tool(effect='control'),)"), "'control'"),
        (giving("tools=(Tool(deadline=0),)"), "deadline"),
        (giving("tools=(Tool(deadline='soon'),)"), "does not hold"),
        (giving("tools=(t,)", "t = Tool()\nt.spec = ToolSpec('t', 'T.', {'type': 'string'}, repeatable=True)"), "describes no object"),
        (giving("tools=(t,)", "t = Tool()\nt.spec = ToolSpec('t', 'T.', {'type': 'object', 'required': 1}, repeatable=True)"), "schema"),
        (giving("tools=(t,)", "t = Tool()\nt.spec = ToolSpec('t', ' ', {'type': 'object'}, repeatable=True)"), "no description"),
        (giving("tools=(t,)", "t = Tool()\nt.run = lambda call, scope: None"), "run is no async function"),
        (giving("tools=(t,)", "t = Tool()\nasync def a(x): ...\nt.access = a"), "access must not be an async"),
        (giving("tools=(T(),)", "class T:\n    @property\n    def spec(self): raise OSError('off')"), "OSError: off"),
        (giving("agents=(agent('Big Name'),)"), "small Latin letters"),
        (giving("agents=(agent('coder'),)"), "agent coder: there is one of this name already"),
        (giving("agents=(agent('a', 'fly'),)"), "no tool fly"),
        (giving("agents=('You work.',)"), "neither an AgentSpec nor the Path"),
        (giving("agents=(Path('/nowhere.md'),)", "from pathlib import Path"), "nowhere.md"),
        (giving("agents=(AgentSpec('a', 1, 'x', ()),)"), "agent 'a'"),
        (giving("agents=(agent(), agent())"), "it is there twice"),
        (giving("providers={'rehearsal': Model()}"), "provider rehearsal: there is one"),
        (giving("providers={'My Own': Model()}"), "provider 'My Own'"),
        (giving("providers=[Model()]"), "names with providers are meant"),
        (giving("providers={'own': Tool()}"), "no function stream"),
        (giving("routers=(Tool(),)"), "no function route"),
        (giving("subscribers=(Tool(),)"), "no name"),
        (giving("subscribers=(h,)", "h = Hears()\nh.types = ('run_fnished',)"), "run_fnished"),
        (giving("subscribers=(h,)", "h = Hears()\nh.types = 'run_finished'"), "no collection"),
        (giving("subscribers=(Hears(), Hears())"), "hears: it is there twice"),
        (giving("close=print"), "close is no async"),
    ],
)
async def test_what_is_wrong_is_told(stage, text, told):
    write(stage.plugins, "bad", text)
    write(stage.plugins, "good", giving("tools=(Tool('other'),)"))
    gathered = await stage.gather()
    bad, good = gathered.reports
    assert (bad.state, good.state) == ("failed", "ready")
    assert any(re.search(told, each) for each in bad.problems), bad.problems
    assert [tool.spec.name for tool in gathered.tools] == ["other"]
    assert not any(name.startswith("artelier_plugin_bad") for name in sys.modules)


async def test_all_that_is_wrong_is_told_at_once(stage):
    write(stage.plugins, "bad", giving("tools=(Tool('a__b', deadline=0), 3), agents=('x',), routers=(3,)"))
    assert len((await stage.reports())["bad"].problems) == 5


async def test_an_import_that_never_ends_costs_that_plugin_alone(tmp_path):
    file = write(tmp_path / "plugins", "slow", "import threading\nthreading.Event().wait()\n")
    context = PluginContext(name="slow", settings={}, folder=tmp_path / "data", clock=SystemClock())
    with pytest.raises(PluginError, match=r"not loaded within 0\.05 s"):
        await load_plugin(find_at(file, ()), context, 0.05)


async def test_a_name_belongs_to_who_has_it(stage):
    write(stage.plugins, "late", giving())
    await stage.gather()
    write(stage.plugins, "early", giving())
    reports = await stage.reports()
    assert (reports["early"].state, reports["late"].state) == ("failed", "ready")
    write(stage.plugins, "late", giving("tools=(Tool('other'),)"))
    reports = await stage.reports()
    assert (reports["early"].state, reports["late"].state) == ("ready", "ready")


async def test_an_earlier_version_stays_where_the_new_one_is_broken(stage):
    write(stage.plugins, "sayer", giving(version="1.0"))
    await stage.gather()
    write(stage.plugins, "sayer", giving("tools=(3,)", version="2.0"))
    report = (await stage.reports())["sayer"]
    assert (report.state, report.version, report.tools) == ("stale", "1.0", ("say_it",))
    assert "no spec" in report.problems[0]
    write(stage.plugins, "sayer", giving(version="3.0"))
    report = (await stage.reports())["sayer"]
    assert (report.state, report.version, report.problems) == ("ready", "3.0", ())


async def test_a_folder_that_is_opened_to_others_loads_nothing_new_and_keeps_what_it_had(stage):
    write(stage.plugins, "sayer", giving())
    await stage.gather()
    stage.plugins.chmod(0o775)
    reports = await stage.reports()
    assert (reports["*"].state, reports["sayer"].state) == ("failed", "stale")
    assert "chmod go-w" in reports["*"].problems[0]


async def test_code_that_others_could_have_written_is_not_run(stage, tmp_path):
    ran = tmp_path / "ran"
    workspace = tmp_path / "workspace"
    stage.roots = [workspace]
    write(stage.plugins, "open", f"open({str(ran)!r}, 'w')").chmod(0o666)
    own = write(workspace, "linked", f"open({str(ran)!r}, 'w')")
    (stage.plugins / "linked.py").symlink_to(own)
    package = stage.plugins / "package"
    write(package, "__init__", f"open({str(ran)!r}, 'w')")
    write(package, "part", "").chmod(0o664)
    reports = await stage.reports()
    assert {name: report.state for name, report in reports.items()} == dict.fromkeys(("linked", "open", "package"), "failed")
    assert "inside the workspace" in reports["linked"].problems[0]
    assert "part.py can be written by others" in reports["package"].problems[0]
    assert not ran.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_a_file_of_another_user_is_not_run(stage):
    os.chown(write(stage.plugins, "theirs", giving()), 1234, 1234)
    assert "another user" in (await stage.reports())["theirs"].problems[0]


def test_a_folder_above_that_others_can_write_refuses_all(tmp_path):
    above = tmp_path / "above"
    write_to = above / "plugins"
    above.mkdir()
    write(write_to, "sayer", giving())
    above.chmod(0o777)
    with pytest.raises(PluginError, match="can be written by others, who could put something else there"):
        find_in(write_to, ())
    above.chmod(0o1777)
    assert [found.name for found in find_in(write_to, ())] == ["sayer"]


def test_names_that_cannot_be(tmp_path):
    for name in ("Loud", "folder", "with-hyphen", "both"):
        write(tmp_path / "plugins", name, giving())
    write(tmp_path / "plugins" / "both", "__init__", giving())
    write(tmp_path / "plugins", "_passed_over", giving())
    (tmp_path / "plugins" / "notes.md").write_text("x")
    found = find_in(tmp_path / "plugins", ())
    assert [(each.name, bool(each.problems)) for each in found] == [
        ("Loud", True),
        ("both", True),
        ("both", True),
        ("folder", True),
        ("with-hyphen", True),
    ]


async def test_an_installed_package_is_used_once_it_is_named(stage, tmp_path, monkeypatch):
    site = tmp_path / "site"
    write(site, "dicing", giving())
    information = site / "dicing-2.5.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: dicing\nVersion: 2.5\n")
    (information / "entry_points.txt").write_text("[artelier.plugins]\ndice = dicing:plugin\n")
    monkeypatch.syspath_prepend(site)
    assert await stage.reports() == {}
    reports = await stage.reports('[plugins]\ninstalled = ["dice", "missing"]\n')
    assert (reports["dice"].state, reports["dice"].origin, reports["dice"].tools) == ("ready", "dicing 2.5", ("say_it",))
    assert "No installed package" in reports["missing"].problems[0]
    write(stage.plugins, "dice", giving())
    twice = await stage.gather('[plugins]\ninstalled = ["dice"]\n')
    assert [report.state for report in twice.reports] == ["failed", "ready"]
    assert "in the plugins' folder too" in twice.problems[0]
