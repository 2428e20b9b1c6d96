"""Going on in a copy: from the session's menu and from a message, with the way back, in both languages."""

import re

import pytest
from playwright.async_api import Page, expect

from console.scene import ASKING
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = {
    "locale": "en-US",
    "fork": "Continue in a copy",
    "here": "From here in a copy",
    "of": "Up to here a copy of",
    "gone": "has been deleted",
}
RU = {
    "locale": "ru-RU",
    "fork": re.compile(r"Продолжить в\sкопии"),
    "here": re.compile(r"Отсюда в\sкопии"),
    "of": re.compile(r"До этого места\s— копия сессии"),
    "gone": "копия удалённой сессии",
}


async def asked(page: Page, say, text: str, key: str) -> None:
    """Say something, answer the question that comes of it and wait for the end."""
    done = await page.locator(".closing").count()
    await say(page, text)
    await page.wait_for_selector("[data-question] .actions button:not([disabled])")
    await page.keyboard.press("Escape")
    await page.keyboard.press(key)
    await expect(page.locator(".closing")).to_have_count(done + 1)


async def elsewhere(page: Page, before: str) -> str:
    """Return the address of the session that is shown now, once it is another one."""
    await page.wait_for_url(lambda address: "/sessions/" in address and address != before)
    return page.url


@pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])
async def test_another_way_is_tried_in_a_copy(visits, say, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"]) as page:
        await asked(page, say, f"{ASKING} first", "Digit1")
        original = page.url
        await asked(page, say, f"{ASKING} second", "Digit2")

        await page.locator("[aria-haspopup=menu]").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("menuitem", name=words["fork"]).focus()
        await page.keyboard.press("Enter")
        copy = await elsewhere(page, original)
        await expect(page.locator(".msg-user")).to_have_count(2)
        await expect(page.locator(".origin")).to_contain_text(words["of"])
        await expect(page.locator("h1")).to_have_text(f"{ASKING} first (2)")
        await page.locator("#message").focus()
        await asked(page, say, f"{ASKING} third", "Digit1")
        await expect(page.locator(".origin ~ .msg-user")).to_have_text([f"{ASKING} third"])

        await page.locator(".origin a").click()
        assert await elsewhere(page, copy) == original
        await expect(page.locator(".msg-user")).to_have_count(2)
        await expect(page.locator(".origin")).to_have_count(0)

        await page.get_by_role("button", name=words["here"]).nth(1).focus()
        await page.keyboard.press("Enter")
        await elsewhere(page, original)
        await expect(page.locator(".msg-user")).to_have_text([f"{ASKING} first"])
        await expect(page.locator("#message")).to_have_value(f"{ASKING} second")

        async with server.client() as client:
            await client.delete_session(original.rpartition("/")[2])
        await page.reload()
        await expect(page.locator(".origin")).to_contain_text(words["gone"])
        await expect(page.locator(".msg-user")).to_have_count(1)
    assert visits.complaints == []
