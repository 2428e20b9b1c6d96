"""A question on a page of one column: a bar above the composer opens it over the whole page, its answers at the thumb."""

import pytest
from playwright.async_api import Locator, Page, expect

from console.scene import ASKING, NOTE, REMOVE, SEVERAL
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOUCH = 44
PHONE = {"width": 360, "height": 740}


async def opened(page: Page) -> Locator:
    """Open what waits; return it once it takes answers."""
    await page.locator(".wait-bar").click()
    sheet = page.get_by_role("dialog")
    await expect(sheet).to_be_visible()
    await expect(sheet.locator(".btn[disabled]:not([type=submit])")).to_have_count(0)
    return sheet


async def heights(page: Page, *selectors: str) -> dict[str, float]:
    """Return the lowest height of what each selector finds."""
    return {
        each: await page.locator(each).evaluate_all("all => Math.min(...all.map(one => one.getBoundingClientRect().height))")
        for each in selectors
    }


async def test_the_bar_opens_the_question_and_esc_gives_the_focus_back(visits, say) -> None:
    async with visits.page(**PHONE) as page:
        await say(page, f"{NOTE}, please")
        bar = page.locator(".wait-bar")
        await expect(bar).to_contain_text("Approve a change?")
        await expect(bar).to_contain_text("note.md")
        head = await page.locator(".main > .bar").bounding_box()
        assert head is not None
        assert head["height"] < 2 * TOUCH
        await expect(page.get_by_role("button", name="Cancel run")).to_be_visible()
        await expect(page.locator(".scroll [data-question]")).to_have_count(0)
        sheet = await opened(page)
        await expect(sheet).to_be_focused()
        assert await sheet.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
        await expect(sheet.locator(".path")).to_contain_text("coder")
        await expect(sheet).to_contain_text("Without an answer it is rejected tomorrow at ")
        await page.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await expect(bar).to_be_focused()
        await page.keyboard.press("KeyW")
        await sheet.get_by_role("button", name="Close").click()
        await expect(sheet).to_have_count(0)
        await expect(bar).to_be_focused()
    assert visits.complaints == []


async def test_answers_fill_the_end_of_the_screen_and_a_thumb_reaches_all(visits, say, server: LivingServer) -> None:
    async with visits.page(**PHONE) as page:
        await say(page, f"{SEVERAL}, please")
        await expect(page.locator(".wait-bar")).to_contain_text("1 of 4")
        await page.get_by_role("button", name="More: rename").click()
        seen = await heights(page, ".wait-bar", ".bar .btn", ".menu .item", ".composer select", ".composer button[type=submit]")
        await page.keyboard.press("Escape")
        sheet = await opened(page)
        answers = await sheet.locator(".actions").bounding_box()
        assert answers is not None
        assert answers["y"] + answers["height"] == PHONE["height"]
        await expect(sheet.locator(".actions .btn").last).to_have_text("Approve A")
        tops = [box["y"] for each in await sheet.get_by_role("radio").all() if (box := await each.bounding_box())]
        assert tops == sorted(set(tops)), "each scope has a line of its own"
        seen |= await heights(page, ".question-sheet .btn", ".question-sheet .icon-btn", ".question-sheet .scopes label")
        await page.keyboard.press("KeyE")
        await expect(sheet.locator("textarea").first).to_be_focused()
        seen |= await heights(page, ".question-sheet textarea")
        assert {name: height for name, height in seen.items() if height < TOUCH} == {}
        await page.keyboard.press("Escape")
        await expect(sheet.locator("textarea")).to_have_count(0)
        await sheet.get_by_role("button", name="Approve").click()
        await expect(sheet).to_have_count(0)
        await expect(page.locator(".wait-bar")).to_contain_text("1 of 3")
        await expect(page.locator(".wait-bar")).to_be_focused()
    assert visits.complaints == []


async def test_a_rejection_and_the_last_answer_lead_back_to_the_message(visits, say, server: LivingServer) -> None:
    async with visits.page(**PHONE) as page:
        await say(page, f"{NOTE}, please")
        sheet = await opened(page)
        await sheet.get_by_role("button", name="Reject…").click()
        await page.keyboard.type("not now")
        await sheet.get_by_role("button", name="Reject").click()
        await expect(page.locator("q", has_text="not now")).to_be_visible()
        await expect(page.locator(".wait-bar")).to_have_count(0)
        await expect(page.locator("#message")).to_be_focused()
        assert not (server.workspace / "note.md").exists()


async def test_what_destroys_has_no_filled_button_and_holds_once(visits, say) -> None:
    async with visits.page(**PHONE) as page:
        await say(page, f"{REMOVE}, please")
        await expect(page.locator(".wait-bar")).to_contain_text("rm -rf build")
        sheet = await opened(page)
        await expect(sheet.locator(".actions .btn.primary")).to_have_count(0)
        await expect(sheet.get_by_role("radio")).to_have_count(0)
        await expect(sheet.locator(".argv .prog")).to_have_text("rm")


async def test_the_inbox_opens_a_question_as_the_conversation_does(visits, say) -> None:
    async with visits.page("ru-RU", **PHONE) as page:
        await say(page, f"{ASKING}, please")
        await page.wait_for_selector(".wait-bar")
        await page.goto(page.url.split("/sessions/")[0] + "/inbox")
        sheet = await opened(page)
        await sheet.get_by_role("button", name="green").click()
        await expect(page.get_by_text("Вас никто не ждёт")).to_be_visible()
