"""The documentation as a whole: pages that the code says itself are fresh, every page is in the site, every link leads somewhere."""

import re
import runpy
import tomllib
from pathlib import Path

import httpx2
import pytest

from api.served import served_in

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))
REFERENCE = runpy.run_path(str(ROOT / "scripts" / "reference.py"))


@pytest.mark.parametrize("name", REFERENCE["PAGES"])
def test_pages_that_the_code_says_are_fresh(name: str) -> None:
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == REFERENCE["PAGES"][name](), "just reference"


def _pages_of(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict):
        return [page for value in entry.values() for page in _pages_of(value)]
    return [page for each in entry for page in _pages_of(each)]


def test_every_page_is_in_the_site() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    named = set(_pages_of(site["project"]["nav"]))
    decisions = {page for page in PAGES if page.startswith("decisions/0")}
    assert named == set(PAGES) - decisions


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", target):
            assert ((DOCS / page).parent / target).exists(), target


def test_every_figure_has_its_heading(tmp_path: Path) -> None:
    headings = set(re.findall(r"^## (\S+)", (DOCS / "reference/metrics.md").read_text(encoding="utf-8"), re.MULTILINE))
    with served_in(tmp_path, cache={"semantic": {"mode": "shadow", "embedder": "lexical"}}) as server:
        answer = httpx2.get(f"{server.address}/metrics", headers={"Authorization": f"Bearer {server.token}"}, trust_env=False)
        shown = set(re.findall(r"^# TYPE (\S+)", answer.text, re.MULTILINE))
    assert shown <= headings, shown - headings
    assert len(shown) > 20
