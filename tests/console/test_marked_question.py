"""Questions and their answers: keys belong to the one that is marked and seen, and what it grants is what is shown."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from console.scene import BROKEN, MIXED, SEVERAL, STEPS
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

CARDS = "[data-question]"
CURRENT = '[data-question][aria-current="true"]'


async def asks(page: Page, count: int = 1) -> Locator:
    """Wait until questions take answers; return them with the message field left."""
    cards = page.locator(CARDS)
    await expect(cards).to_have_count(count)
    await expect(cards.locator(".actions .btn[disabled]")).to_have_count(0)
    await page.keyboard.press("Escape")
    return cards


async def scroll_to(page: Page, place: str) -> None:
    await page.locator(".scroll").evaluate(f"each => each.scrollTo(0, {place})")


async def test_a_key_answers_the_question_that_is_marked_and_seen(visits, say, server: LivingServer) -> None:
    async with visits.page(height=800) as page:
        await say(page, f"{SEVERAL}, please")
        cards = await asks(page, 4)
        await scroll_to(page, "each.scrollHeight")
        current = page.locator(CURRENT)
        await expect(current).to_have_count(1)
        await expect(cards.first).not_to_be_in_viewport()
        await expect(current.locator(".actions")).to_be_in_viewport(ratio=1)
        await expect(current.locator("kbd", has_text="A").first).to_be_visible()
        assert await page.locator(f"{CARDS} .actions kbd:visible").count() == await current.locator(".actions kbd").count()
        path = re.search(r"note-\d\.md", await current.inner_text())
        assert path is not None
        assert path[0] != "note-1.md"
        await page.keyboard.press("KeyA")
        await expect(cards).to_have_count(3)
        await expect(page.locator(".answered")).to_contain_text(path[0])
    assert visits.complaints == []


async def test_a_key_goes_to_a_question_out_of_sight_and_answers_nothing(visits, say, server: LivingServer) -> None:
    async with visits.page(height=800) as page:
        await say(page, f"{STEPS}, please")
        cards = await asks(page)
        await scroll_to(page, "0")
        await expect(cards).not_to_be_in_viewport()
        await expect(page.locator(CURRENT)).to_have_count(0)
        await page.keyboard.press("KeyA")
        await expect(cards).to_be_focused()
        await expect(cards.locator(".actions")).to_be_in_viewport(ratio=1)
        await expect(page.locator(CURRENT)).to_have_count(1)
        assert not (server.workspace / "step-1.md").exists()
        await page.keyboard.press("KeyA")
        await expect(page.locator(".answered")).to_contain_text("step-1.md")


async def test_the_thread_follows_its_end_from_question_to_question(visits, say) -> None:
    async with visits.page(height=800) as page:
        await say(page, f"{STEPS}, please")
        for number in range(1, 4):
            await expect(page.locator(CARDS)).to_contain_text(f"step-{number}.md")
            await expect(page.locator(f"{CURRENT} .actions")).to_be_in_viewport(ratio=1)
            assert await page.locator(".scroll").evaluate("each => each.scrollHeight - each.scrollTop - each.clientHeight") < 1
            await asks(page)
            await page.keyboard.press("KeyA")
        await expect(page.get_by_text("All are written.")).to_be_in_viewport()


async def test_the_bar_comes_when_the_answers_of_a_question_are_hidden(visits, say) -> None:
    async with visits.page(height=800) as page:
        await say(page, f"{STEPS}, please")
        cards = await asks(page)
        bar = page.locator(".waiting-bar")
        await expect(bar).to_have_count(0)
        await page.locator(".scroll").evaluate("each => each.scrollTo(0, each.scrollHeight - each.clientHeight - 110)")
        await expect(cards).to_be_in_viewport()
        await expect(bar).to_be_visible()
        await bar.get_by_role("button").click()
        await expect(cards).to_be_focused()
        await expect(bar).to_have_count(0)


async def test_what_was_refused_or_failed_stays_a_row_of_its_batch(visits, say) -> None:
    async with visits.page("ru-RU") as page:
        await say(page, f"{MIXED}, please")
        await asks(page)
        await page.keyboard.press("KeyR")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".closing")
        rows = page.locator("ol.tl > li.tl-item")
        await expect(rows).to_have_count(4)
        await expect(rows.nth(1).get_by_role("button").first).to_have_attribute("aria-expanded", "true")
        await expect(rows.nth(1)).to_contain_text("не удалось")
        await expect(rows.nth(1)).to_contain_text("FILE_MISSING")
        await expect(rows.nth(3).get_by_role("img", name="отклонено")).to_be_visible()
        await expect(rows.nth(3).get_by_role("button")).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("article")).to_have_count(1)  # the message: no call stands apart
        await rows.nth(1).get_by_role("button", name="Показать всё").click()
        await expect(rows.nth(1)).to_contain_text('"path": "missing.md"')


async def test_a_call_that_failed_alone_is_open_by_itself(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{BROKEN}, please")
        await asks(page)
        await page.keyboard.press("KeyA")
        await page.wait_for_selector(".closing")
        read = page.get_by_role("article", name="read_file missing.md, failed")
        await expect(read.get_by_role("button").first).to_have_attribute("aria-expanded", "true")
        await expect(read).to_contain_text("There is no 'missing.md'")
        ran = page.get_by_role("article", name="execute_command")
        await expect(ran).to_contain_text("No such file or directory")
        await expect(ran.locator(".broken")).to_have_count(0)
