"""Many pages of one browser: six connections are all that it opens to a server, and each stream is one."""

import pytest
from playwright.async_api import expect

from console.scene import NOTE

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_many_tabs_and_many_loads_stall_nobody(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector("[data-question]")
        for _ in range(8):
            await page.goto(page.url)
            await page.wait_for_selector("[data-question]")
        others = [await page.context.new_page() for _ in range(7)]
        for other in others:
            await other.goto(page.url)
            await other.wait_for_selector("[data-question] .actions button:not([disabled])")
        await others[-1].keyboard.press("Escape")
        await others[-1].keyboard.press("KeyA")
        await others[-1].wait_for_selector(".closing")
        await page.bring_to_front()
        await expect(page.get_by_text("It is written.")).to_be_visible()
