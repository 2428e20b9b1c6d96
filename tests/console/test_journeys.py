"""The console in a real browser, by keys alone, in both languages."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from console.scene import ASKING, CENTS, NOTE
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = {
    "locale": "en-US",
    "approve": "Approve",
    "together": re.compile("5 calls together"),
    "plan": "Plan",
    "undone": "undone",
    "rejected": "Rejected",
    "edited": "with changed arguments",
    "restored": "1 file is as it was",
}
RU = {
    "locale": "ru-RU",
    "approve": "Разрешить",
    "together": re.compile(r"Вместе 5\sвызовов"),
    "plan": "План",
    "undone": "возвращён",
    "rejected": "Отклонено",
    "edited": re.compile(r"с\sизменёнными аргументами"),
    "restored": re.compile(r"Как было: 1\sфайл"),
}


async def answer(page: Page, key: str) -> None:
    """Leave the message field and press a key of the question that waits."""
    await page.wait_for_selector("[data-question] .actions button:not([disabled])")
    await page.keyboard.press("Escape")
    await page.keyboard.press(key)


@pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])
async def test_a_day_at_the_keyboard(visits, say, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"]) as page:
        assert "#" not in page.url
        await say(page, f"Amounts {CENTS}; find out why and mend it")
        await expect(page.get_by_text(words["together"])).to_be_visible()
        await expect(page.get_by_role("complementary").get_by_text(words["plan"])).to_be_visible()
        await answer(page, "KeyA")
        await expect(page.locator(".diff .d").first).to_be_visible()
        await answer(page, "KeyA")  # the command
        await expect(page.locator("article", has_text="python3 -c")).to_contain_text("11 passed")
        await page.wait_for_selector(".closing")
        await expect(page.get_by_role("table")).to_be_visible()
        await expect(page.locator(".child")).to_contain_text("The nightly job does not share the fault.")

        await page.keyboard.press("Escape")
        await page.keyboard.press("KeyU")
        await expect(page.get_by_text(words["restored"])).to_be_visible()
        assert "float(line.amount)" in (server.workspace / "src/export.py").read_text()
    assert visits.complaints == []


@pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])
async def test_an_edit_is_approved_with_changed_arguments(visits, say, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"]) as page:
        await say(page, f"{NOTE}, please")
        await answer(page, "KeyE")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("second thought")
        await expect(page.locator("[data-question] .diff .a")).to_contain_text("second thought")
        await expect(page.locator("[data-question] .editor button[type=submit]")).to_be_enabled()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text(words["edited"])).to_be_visible()
        await page.wait_for_selector(".closing")
        assert (server.workspace / "note.md").read_text() == "second thought"
        await expect(page.locator("#message")).to_be_focused()
    assert visits.complaints == []


async def test_a_rejection_carries_words(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await answer(page, "KeyR")
        await page.keyboard.type("not now")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Rejected")).to_be_visible()
        await expect(page.locator("q", has_text="not now")).to_be_visible()
        assert not (server.workspace / "note.md").exists()


async def test_a_question_in_words_takes_a_number_key(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{ASKING} something")
        await page.wait_for_selector("[data-question]")
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Digit2")
        await expect(page.get_by_text("So be it.")).to_be_visible()
        await expect(page.get_by_text("Which colour? — green")).to_be_visible()


async def test_what_waits_is_answered_in_the_inbox(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector("[data-question]")
        await page.keyboard.press("Escape")
        await page.keyboard.press("KeyG")
        await page.keyboard.press("KeyI")
        await page.wait_for_url("**/inbox")
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await page.keyboard.press("KeyA")
        await page.wait_for_selector("[data-question]", state="detached")
        async with server.client() as client:
            assert (await client.wait((await client.runs()).items[0].id)).status == "finished"
        assert (server.workspace / "note.md").read_text() == "first try"


async def test_a_spent_link_says_how_to_get_another(visits, browser, server: LivingServer) -> None:
    async with visits.page():
        pass
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{server.address}/#link={server.link}")
    await expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    await expect(page.get_by_text("spent or too old")).to_be_visible()
    assert "#" not in page.url
    await context.close()


def screens() -> Path:
    """Where pictures of pages are left to be looked at; git knows nothing of them."""
    place = Path(__file__).parents[2] / "build" / "screens"
    place.mkdir(parents=True, exist_ok=True)
    return place
