"""The pictures of the documentation, taken of a real conversation. `just pictures` writes them into docs/pictures."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from console.scene import CENTS

ROOT = Path(__file__).parents[2]
PLACE = ROOT / (os.environ.get("ARTELIER_PICTURES") or "build/screens")
WANTED = {"console-question.png", "console-done.png", "console-first.png", "console-phone.png"}


async def taken(page: Page, name: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    await page.wait_for_timeout(300)
    await page.screenshot(path=PLACE / name)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pictures_of_a_conversation(visits, say, theme: str) -> None:
    async with visits.page(theme=theme, height=1180) as page:
        await page.wait_for_selector(".starters")
        await taken(page, f"console-first{'' if theme == 'light' else '-dark'}.png")
        await say(page, f"Amounts {CENTS} in the CSV export: 1199.90 turns into 1199.9. Find out why, fix it and add a test.")
        for name in ("console-edit", "console-question"):
            await page.wait_for_selector("[data-question] .actions button:not([disabled])")
            await expect(page.get_by_text("5 calls together")).to_be_visible()
            await taken(page, f"{name}{'' if theme == 'light' else '-dark'}.png")
            await page.keyboard.press("Escape")
            await page.keyboard.press("KeyA")
            await page.wait_for_timeout(700)
        await page.wait_for_selector(".closing")
        await taken(page, f"console-done{'' if theme == 'light' else '-dark'}.png")
    assert visits.complaints == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_picture_of_a_phone(visits, say) -> None:
    async with visits.page(width=390, height=844) as page:
        await say(page, f"Amounts {CENTS}")
        await page.locator(".wait-bar").click()
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await taken(page, "console-phone.png")


def test_the_documentation_shows_them() -> None:
    shown = {path.name for path in (ROOT / "docs/pictures").glob("*.png")}
    assert shown == WANTED
    tutorial = (ROOT / "docs/tutorial/console.md").read_text(encoding="utf-8")
    assert all(name in tutorial for name in WANTED)
