"""What is documented is what there is: every event, error code, setting and route has its place."""

import re
from pathlib import Path

import pytest

from artelier.domain.codec import _TYPES, event_types
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import ArtelierError
from artelier.settings import Settings
from artelier.settings.caches import ReplyCacheSettings, SemanticCacheSettings
from artelier.settings.model import AgentSettings, BudgetSettings, ProviderSettings, RuleSettings
from artelier.settings.tools import BrowserSettings, DockerSettings, McpSettings, SearchSettings, WebSettings
from artelier.tools.browser import browser_tools
from artelier.tools.catalogue import built_in_tools
from artelier.tools.docker import docker_tools
from artelier.tools.docker_program import DockerProgram
from artelier.tools.mcp.finding import FindTools, UseTool
from artelier.tools.web import WebFetch
from artelier.tools.web_search import WebSearch

ROOT = Path(__file__).parents[2]


def headings(name):
    return set(re.findall(r"^## (\S+)", (ROOT / "docs/reference" / name).read_text(encoding="utf-8"), re.MULTILINE))


def sections(name):
    """Return the text below each heading."""
    parts = re.split(r"^## (.+)$", (ROOT / "docs/reference" / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def tool_specs():
    tools = [*built_in_tools(), *browser_tools(None, None), *docker_tools(DockerProgram("docker", {}))]
    return [*(tool.spec for tool in tools), WebSearch.spec, WebFetch.spec, FindTools.spec, UseTool.spec, *CONTROL_TOOLS]


def codes(kind=ArtelierError):
    return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))


def test_every_event_has_its_heading_and_no_other():
    assert headings("events.md") == set(event_types())


@pytest.mark.parametrize("kind", event_types())
def test_every_field_of_an_event_is_named_and_no_other(kind):
    told = re.search(r"^Payload: (.*)\.$", sections("events.md")[kind], re.MULTILINE)
    assert re.findall(r"`(\w+)`", told[1]) == list(_TYPES[kind].__struct_fields__)


def test_every_tool_has_its_heading_and_no_other():
    assert headings("tools.md") == {spec.name for spec in tool_specs()}


@pytest.mark.parametrize("spec", tool_specs(), ids=lambda spec: spec.name)
def test_a_tool_is_as_it_is_described(spec):
    told = sections("tools.md")[spec.name]
    assert spec.description in told
    arguments = spec.parameters.get("properties", {})
    assert re.findall(r"^- `(\w+)`", told, re.MULTILINE) == list(arguments)
    assert re.findall(r"^- `(\w+)` \(needed\)", told, re.MULTILINE) == [
        name for name in arguments if name in spec.parameters.get("required", [])
    ]
    facts = re.search(r"^Effect `(\w+)`, (.*)\.$", told, re.MULTILINE)
    assert facts[1] == spec.effect
    repeatable, *more = facts[2].split(", ")
    assert repeatable == ("repeatable" if spec.repeatable else "not repeatable")
    expected = [] if spec.effect == "control" else [f"ended after {spec.deadline:g} s"]
    assert more == [
        *expected,
        *(["outside the sandbox"] if not spec.sandboxed else []),
        *(["a stranger's words"] if not spec.trusted else []),
    ]


def test_every_error_code_has_its_heading():
    assert codes() <= headings("errors.md")
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src/artelier/engine").glob("*.py"))
    assert set(re.findall(r'(?:code=|RunFailed\(|_failed\()"([A-Z_]+)"', source)) <= headings("errors.md")


def test_every_setting_is_listed():
    text = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    for section, field in Settings.model_fields.items():
        assert f"## {section}" in text
        for name in field.annotation.model_fields:
            assert f"`{section}.{name}`" in text, name


@pytest.mark.parametrize(
    ("heading", "kind", "prefix"),
    [
        ("cache.replies", ReplyCacheSettings, "cache.replies."),
        ("cache.semantic", SemanticCacheSettings, "cache.semantic."),
        ("tools.search", SearchSettings, "tools.search."),
        ("tools.web", WebSettings, "tools.web."),
        ("tools.browser", BrowserSettings, "tools.browser."),
        ("models.providers.NAME", ProviderSettings, ""),
        ("tools.docker", DockerSettings, ""),
        ("tools.mcp (a list)", McpSettings, ""),
        ("agents.NAME", AgentSettings, ""),
        ("limits.budgets (a list)", BudgetSettings, ""),
        ("approvals.rules (a list)", RuleSettings, ""),
    ],
)
def test_every_setting_within_another_is_listed_and_no_other(heading, kind, prefix):
    named = re.findall(r"^- `([\w.]+)`", sections("settings.md")[heading], re.MULTILINE)
    assert set(named) == {prefix + name for name in kind.model_fields}


@pytest.mark.parametrize("file", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: file.name)
def test_links_between_pages_lead_somewhere(file):
    for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (file.parent / target).exists(), target


def test_decisions_are_listed():
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for file in (ROOT / "docs/decisions").glob("0*.md"):
        assert file.name in index
