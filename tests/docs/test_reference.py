"""What is documented is what there is: every event, error code, setting and route has its place."""

import re
from pathlib import Path

import pytest

from artelier.domain.codec import event_types
from artelier.domain.errors import ArtelierError
from artelier.settings import Settings

ROOT = Path(__file__).parents[2]


def headings(name):
    return set(re.findall(r"^## (\S+)", (ROOT / "docs/reference" / name).read_text(encoding="utf-8"), re.MULTILINE))


def codes(kind=ArtelierError):
    return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))


def test_every_event_has_its_heading_and_no_other():
    assert headings("events.md") == set(event_types())


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


@pytest.mark.parametrize("file", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: file.name)
def test_links_between_pages_lead_somewhere(file):
    for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (file.parent / target).exists(), target


def test_decisions_are_listed():
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    for file in (ROOT / "docs/decisions").glob("0*.md"):
        assert file.name in index
