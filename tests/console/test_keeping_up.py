"""What happens around a page: the server dies and comes back, another browser looks on, the screen is small."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from console.scene import CENTS, NOTE, SLOW, STORY
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def test_a_killed_server_loses_and_doubles_nothing(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{SLOW} now")
        await expect(page.locator(".say").last).to_contain_text("Sentence number 3")
        await page.keyboard.type("and what I typed")
        await server.kill()
        await expect(page.get_by_text("Connecting again. What you type is kept")).to_be_visible()
        await server.start()
        await expect(page.get_by_text("Connecting again. What you type is kept")).to_be_hidden()
        await expect(page.get_by_text(re.compile("Back, [0-9]+ events? caught up"))).to_be_visible()
        await expect(page.get_by_text("Nothing was missed, nothing doubled.")).to_be_visible()
        await page.wait_for_selector(".closing")
        said = await page.locator(".say").all_inner_texts()
        assert [" ".join(text.split()) for text in said] == [STORY]
        assert await page.locator(".msg-user").count() == 1
        await expect(page.locator("#message")).to_have_value("and what I typed")


async def test_a_loss_that_lasts_is_told_over_the_page_and_tried_at_once_on_demand(visits, say, server: LivingServer) -> None:
    async with visits.page("ru-RU") as page:
        await say(page, f"{NOTE}, please")
        card = page.locator("[data-question]")
        await card.wait_for()
        place = await card.bounding_box()
        await server.kill()
        await expect(page.get_by_text("Нет связи с\u00a0сервером")).to_be_visible()
        assert await card.bounding_box() == place, "nothing moves under the hand"
        await server.start()
        await page.get_by_role("button", name="Попробовать сейчас").click()
        await expect(page.get_by_text("Связь вернулась")).to_be_visible()


async def test_two_browsers_see_one_session(visits, say) -> None:
    async with visits.page() as first:
        await say(first, f"{NOTE}, please")
        await first.wait_for_selector("[data-question]")
        async with visits.page("ru-RU", path=first.url.removeprefix(first.url.split("/sessions/")[0])) as second:
            await second.wait_for_selector("[data-question] .actions button:not([disabled])")
            await second.keyboard.press("Escape")
            await second.keyboard.press("KeyA")
            for page in (first, second):
                await page.wait_for_selector(".closing")
                await expect(page.get_by_text("It is written.")).to_be_visible()
                assert await page.locator("[data-question]").count() == 0


async def wide(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [360, 768])
async def test_a_phone_shows_all_of_it(visits, say, width: int) -> None:
    async with visits.page(width=width, height=740) as page:
        assert await wide(page) == 0
        await say(page, f"Amounts {CENTS}")
        await page.wait_for_selector("[data-question]")
        assert await wide(page) == 0
        await page.locator(".wait-bar").click()
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_in_viewport()
        assert await wide(page) == 0
        await page.keyboard.press("Escape")
        if width < 800:
            await page.get_by_role("button", name="Plan, files, cost").click()
            await expect(page.get_by_role("complementary")).to_be_visible()
            await page.get_by_role("complementary").get_by_role("button", name="Close").click()
            await expect(page.get_by_role("complementary")).to_be_hidden()
        if width < 500:
            await page.get_by_role("button", name="Sessions and pages").click()
            await expect(page.get_by_role("navigation", name="Sessions")).to_be_visible()
            assert await wide(page) == 0


async def test_axe_finds_nothing_serious_in_a_question_on_a_phone(visits, say) -> None:
    async with visits.page(width=360, height=740) as page:
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector(".wait-bar")
        found = await grave(page)
        await page.locator(".wait-bar").click()
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        assert found + await grave(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious(visits, say, theme: str) -> None:
    async with visits.page(theme=theme) as page:
        found = await grave(page)
        await say(page, f"Amounts {CENTS}")
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        found += await grave(page)
        await page.keyboard.press("Control+KeyK")
        await page.wait_for_selector("dialog[open]")
        found += await grave(page)
        await page.keyboard.press("Escape")
        await page.goto(page.url.split("/sessions/")[0] + "/inbox")
        await page.wait_for_selector("[data-question]")
        found += await grave(page)
    assert found == []


async def grave(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical on this page."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in result["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]
