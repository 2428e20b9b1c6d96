"""Questions and their answers: keys belong to the one that is marked and seen, and what it grants is what is shown."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from console.scene import SEVERAL, STEPS
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
