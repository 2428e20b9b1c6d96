"""Keys that are drawn beside what they do: commands, the call to the letter, copying a step, undoing a run; typing after the search."""

import pytest
from playwright.async_api import expect
from scene import CENTS, NOTE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_keys_at_a_question_and_in_the_thread(visits, say) -> None:
    async with visits.page() as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await page.keyboard.press("Escape")
        exactly = page.locator("[data-question] details.exactly")
        await expect(exactly.locator("pre")).to_be_hidden()
        await page.keyboard.press("KeyD")
        await expect(exactly.locator("pre")).to_contain_text('"path": "note.md"')
        await page.keyboard.press("KeyD")
        await expect(exactly.locator("pre")).to_be_hidden()
        await page.keyboard.press("KeyA")
        await page.wait_for_selector(".closing")
        await page.keyboard.press("Escape")
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("KeyC")
        await expect(page.locator("[data-copied]")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == await page.evaluate("document.activeElement.innerText.trim()")
        await page.keyboard.press("Shift+KeyU")
        await expect(page.get_by_text("1 file is as it was")).to_be_visible()
    assert visits.complaints == []


async def test_what_is_typed_right_after_the_search_is_in_the_message(visits) -> None:
    async with visits.page() as page:
        tools = await page.context.new_cdp_session(page)
        await tools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        for _ in range(3):
            await page.goto(page.url)
            await page.wait_for_selector("#message:focus")
            await page.keyboard.press("/")
            await expect(page.locator("dialog.palette input")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(page.locator("dialog.palette")).to_have_count(0)
            await page.keyboard.type("right after")
            await expect(page.locator("#message")).to_have_value("right after")
            await page.evaluate("localStorage.clear()")
    assert visits.complaints == []


async def test_the_thread_is_one_stop_and_its_steps_are_walked(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"Amounts {CENTS}")
        card = page.locator("[data-question]")
        await expect(card.locator(".actions button:not([disabled])")).to_have_count(2)
        log = page.get_by_role("log")
        message = page.locator("#message")
        await expect(message).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await expect(log).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(message).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Shift+Tab")
        await expect(page.get_by_role("button", name="More: rename")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(log).to_be_focused()
        await page.keyboard.press("ArrowUp")
        step = page.locator(".step.asked")
        await expect(step).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(card).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(card.get_by_role("button", name="Edit")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(step).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(log).to_be_focused()
        await page.keyboard.press("KeyW")
        await expect(card).to_be_focused()
        await page.keyboard.press("Shift+Tab")
        await expect(step).to_be_focused()
        await page.keyboard.press("Enter")
        await card.get_by_role("radio", name="Once").focus()
        await page.keyboard.press("Tab")
        await expect(message).to_be_focused()
        assert await page.locator(".closing").count() == 0, "no Esc of these stops the run"
    assert visits.complaints == []
