"""Where the focus is after something went away, and what lies over the page."""

import pytest
from playwright.async_api import expect

from console.scene import NOTE, SLOW
from console.test_pages import ask
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_goes_away_leaves_the_focus_somewhere(visits, say, server: LivingServer) -> None:
    (server.workspace / "AGENTS.md").write_text("Keep it short.\n")
    async with visits.page() as page:
        await page.locator(".card.trust").get_by_role("button", name="Trust").press("Enter")
        await expect(page.locator(".card.trust")).to_have_count(0)
        await expect(page.locator("#message")).to_be_focused()
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector("[data-question]")
        more = page.get_by_role("button", name="More: rename")
        await more.press("Enter")
        async with page.expect_download():
            await page.get_by_role("menuitem", name="Markdown").press("Enter")
        await expect(more).to_be_focused()


async def test_after_the_last_question_the_inbox_has_the_focus(visits, server: LivingServer) -> None:
    await ask(server, f"{NOTE}, please")
    async with visits.page(path="/inbox") as page:
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await page.keyboard.press("KeyA")
        await expect(page.get_by_text("Nobody waits for you")).to_be_visible()
        await expect(page.get_by_role("heading", name="Inbox")).to_be_focused()


async def test_a_copy_of_an_agent_is_edited_where_the_eye_is(visits, server: LivingServer) -> None:
    async with visits.page(path="/agents/ask", height=600) as page:
        copy = page.get_by_role("button", name="Edit as text")
        await copy.press("Enter")
        text = page.locator(".editor-form textarea")
        await expect(text).to_be_focused()
        await expect(page.locator(".editor-form .label").first).to_be_in_viewport()
        await page.locator(".editor-form").get_by_role("button", name="Close").press("Enter")
        await expect(copy).to_be_focused()
    assert visits.complaints == []


async def test_the_sheet_of_a_phone_takes_the_focus_and_gives_it_back(visits) -> None:
    async with visits.page(width=360, height=740) as page:
        menu = page.get_by_role("button", name="Sessions and pages")
        side = page.get_by_role("navigation", name="Sessions")
        await menu.press("Enter")
        await expect(side).to_be_focused()
        await page.keyboard.press("Tab")
        assert await side.evaluate("each => each.contains(document.activeElement)")
        await page.keyboard.press("Escape")
        await expect(side).to_be_hidden()
        await expect(menu).to_be_focused()
        await menu.press("Enter")
        await side.get_by_role("combobox").click()
        await expect(side).to_be_visible()
        await side.get_by_role("link", name="Usage").press("Enter")
        await expect(side).to_be_hidden()


async def test_escape_closes_the_drawer_and_not_the_run(visits, say) -> None:
    async with visits.page(width=1000) as page:
        await say(page, f"{SLOW} now")
        await expect(page.locator(".say").last).to_contain_text("Sentence number 2")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("log")).to_be_focused()
        await page.keyboard.press("BracketRight")
        panel = page.get_by_role("complementary")
        await expect(panel).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await expect(page.get_by_role("log")).to_be_focused()
        await expect(page.locator(".msg-user")).to_be_visible()
