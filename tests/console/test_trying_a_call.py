"""A call is tried against the rules from an agent's page, by keys alone, in both languages."""

import pytest
from playwright.async_api import expect

from console.test_journeys import screens
from console.test_keeping_up import grave

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("language", "link", "ask", "asks", "why", "refused"),
    [
        ("en-US", "Try a call against the rules", "Ask the rules", "asks a person", "It takes away", "refused"),
        ("ru-RU", "Проверить вызов по\u00a0правилам", "Спросить правила", "спросит человека", "Удаляет или затирает", "запрещено"),
    ],
)
async def test_a_call_is_tried(visits, language, link, ask, asks, why, refused) -> None:
    async with visits.page(language, path="/agents/coder") as page:
        opener = page.get_by_role("button", name=link)
        await opener.press("Enter")
        dialog = page.get_by_role("dialog")
        arguments = dialog.locator("textarea")
        await arguments.fill('{"command": "rm -rf build"}')
        await dialog.get_by_role("button", name=ask).press("Enter")
        await expect(dialog.get_by_role("status")).to_contain_text(asks)
        await expect(dialog.get_by_role("status")).to_contain_text(why)
        assert await grave(page) == []
        await page.screenshot(path=screens() / f"trying-{language[:2]}.png")
        await arguments.fill("[]")
        await dialog.get_by_role("button", name=ask).press("Enter")
        await expect(dialog.get_by_role("alert")).to_be_visible()
        await dialog.locator("select").first.select_option("ask")
        await arguments.fill('{"command": "ls"}')
        await dialog.get_by_role("button", name=ask).press("Enter")
        await expect(dialog.get_by_role("status")).to_contain_text(refused)
        await page.keyboard.press("Escape")
        await expect(opener).to_be_focused()
    assert visits.complaints == []
