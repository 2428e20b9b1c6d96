"""A call that is edited before its approval: what is granted is in sight, and what was not changed is no edit."""

import pytest
from playwright.async_api import Page, expect

from console.scene import ASKING, CENTS, NOTE, REMOVE, SEVERAL
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def edits(page: Page) -> None:
    """Open the editor of the question that waits, once it takes answers."""
    await page.wait_for_selector('[aria-current="true"] .actions button:not([disabled])')
    await page.keyboard.press("Escape")
    await page.keyboard.press("Digit3")
    await expect(page.locator('[aria-current="true"]').get_by_role("radio", name="Session")).to_be_checked()
    await page.keyboard.press("KeyE")
    await expect(page.locator(".editor button[type=submit]")).to_be_enabled()


async def test_the_scope_stays_in_sight_and_can_be_changed_in_the_editor(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await edits(page)
        await expect(page.locator(".editor").get_by_role("radio", name="Session")).to_be_checked()
        await page.locator(".editor").get_by_role("radio", name="Once").check(force=True)
        await page.locator(".editor textarea").first.focus()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_selector(".closing")
        async with server.client() as client:
            assert not (await client.grants()).items
    assert visits.complaints == []


async def test_the_fields_come_into_sight(visits, say) -> None:
    async with visits.page(height=640) as page:
        await say(page, f"{NOTE}, please")
        await edits(page)
        await expect(page.locator(".editor .actions")).to_be_in_viewport(ratio=0.95)
        await expect(page.locator('[data-question][aria-current="true"]')).to_have_count(1)
        await expect(page.locator(".waiting")).to_have_count(0)


async def test_equal_arguments_are_a_plain_approval(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await edits(page)
        await page.keyboard.press("Control+Enter")
        await page.wait_for_selector(".closing")
        await expect(page.locator(".answered")).to_contain_text("Approved")
        await expect(page.locator(".answered")).not_to_contain_text("changed arguments")
        assert (server.workspace / "note.md").read_text() == "first try"
        async with server.client() as client:
            assert [grant.scope for grant in (await client.grants()).items] == ["session"]


async def test_the_editor_does_not_move_under_the_hand(visits, say) -> None:
    async with visits.page(height=560) as page:
        await say(page, f"{SEVERAL}, please")
        await expect(page.locator("[data-question]")).to_have_count(4)
        await edits(page)
        await expect(page.locator(".editor textarea").first).to_be_focused()
        await expect(page.locator(".editor textarea").first).to_be_in_viewport(ratio=0.5)


async def test_a_question_says_each_thing_once_and_for_how_long_an_answer_holds(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"Amounts {CENTS}")
        card = page.locator("[data-question]")
        await expect(card.locator(".effect")).to_have_text("Changes src/export.py: 2 lines added, 2 lines removed.")
        await expect(card).to_contain_text("For the same call, with exactly these arguments")
    async with visits.page() as page:
        await say(page, f"{ASKING}, please")
        question = page.locator("[data-question]")
        await expect(question.locator(".effect")).to_have_text("Which colour?")
        await expect(question.locator("dt")).to_have_count(0)
    async with visits.page("ru-RU") as page:
        await say(page, f"{REMOVE}, please")
        await expect(page.locator(".once-alone")).to_contain_text("спрашивают всегда")
        await expect(page.get_by_role("radio")).to_have_count(0)
    assert visits.complaints == []
