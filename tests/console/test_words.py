"""What the console says: the server's sentences in the person's language, what an edit would do, and each thing once."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from console.conftest import Visits
from console.scene import FREE, NOTE, REMOVE
from console.test_journeys import answer, screens
from console.test_pages import ask, go
from e2e.living import LivingServer, configured, living

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def kept(page: Page, name: str) -> None:
    """Leave a picture of the page to be looked at."""
    await page.screenshot(path=screens() / f"words-{name}.png")


async def test_a_question_is_put_in_russian(visits, say) -> None:
    async with visits.page("ru-RU") as page:
        await say(page, f"{NOTE}, please")
        question = page.locator("[data-question]")
        await expect(question.locator(".effect")).to_have_text("Запишет note.md: 1\u00a0строка, 9\u00a0байт")
        await expect(question).to_contain_text("Меняет файлы.")
        await expect(question).to_contain_text("можно вернуть")
        await kept(page, "question-ru")
        await answer(page, "KeyA")
        await expect(page.locator(".answered")).to_contain_text("Запишет note.md")
    assert visits.complaints == []


@pytest.mark.parametrize(
    ("locale", "destroys", "files"),
    [
        ("en-US", "It takes away what you may want to keep.", "files in this folder can be put back; what it does elsewhere cannot"),
        ("ru-RU", "Удаляет или затирает то, что может вам пригодиться.", "файлы этой папки можно вернуть"),
    ],
)
async def test_what_destroys_says_what_can_be_put_back(visits, say, locale: str, destroys: str, files: str) -> None:
    async with visits.page(locale, theme="dark" if locale == "ru-RU" else "light") as page:
        await say(page, f"{REMOVE}, please")
        question = page.locator("[data-question]")
        await expect(question).to_contain_text(destroys)
        await expect(question).to_contain_text(files)
        await kept(page, f"destructive-{locale[:2]}")


@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
async def test_an_edit_shows_what_it_would_do_before_it_is_sent(visits, say, server: LivingServer, locale: str) -> None:
    async with visits.page(locale) as page:
        await say(page, f"{NOTE}, please")
        await answer(page, "KeyE")
        send = page.locator("[data-question] .editor button[type=submit]")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("second thought")
        await expect(page.locator("[data-question] .diff .a")).to_contain_text("second thought")
        await expect(send).to_be_enabled()
        await kept(page, f"edited-{locale[:2]}")
        await page.locator("[data-question] textarea").first.fill("../outside.md")
        await expect(page.locator("[data-question] .error")).to_be_visible()
        await expect(send).to_be_disabled()
        await page.locator("[data-question] textarea").first.fill("other.md")
        await expect(send).to_be_enabled()
        await page.keyboard.press("Control+Enter")
        await page.wait_for_selector(".closing")
        assert (server.workspace / "other.md").read_text() == "second thought"


async def test_an_edited_command_is_judged_anew(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{REMOVE}, please")
        await answer(page, "KeyE")
        await page.locator("[data-question] textarea").first.fill("ls -l")
        await expect(page.locator("[data-question] .effect")).to_have_text("Runs: ls -l")
        await expect(page.locator("[data-question] .argv span").first).to_have_text("ls")
        await expect(page.locator("[data-question] .taint")).to_have_count(0)


async def test_a_refusal_is_told_once(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await answer(page, "KeyR")
        await page.keyboard.type("not now")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".closing")
        thread = page.get_by_role("log")
        assert len(re.findall("not now", await thread.inner_text())) == 1
        await expect(thread).not_to_contain_text("REJECTED")
        await expect(thread).not_to_contain_text(re.compile(r"\b0\sms"))
        await expect(thread.locator("article.card")).to_have_count(0)
        await kept(page, "refused-en")


async def test_redo_is_offered_until_it_is_done(visits, say, server: LivingServer) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await answer(page, "KeyA")
        await page.wait_for_selector(".closing")
        await page.keyboard.press("Escape")
        await page.keyboard.press("KeyU")
        redo = page.locator(".note-line").get_by_role("button", name="Redo")
        await expect(redo).to_be_visible()
        await redo.press("Enter")
        await expect(page.get_by_text("1 change done again")).to_be_visible()
        await expect(redo).to_have_count(0)
        assert (server.workspace / "note.md").exists()
        await page.keyboard.press("KeyU")
        await expect(page.locator(".note-line")).to_have_count(3)
        await expect(redo).to_have_count(1)


async def test_focus_goes_where_one_is(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{FREE}, please")
        await page.wait_for_selector(".closing")
        opener = page.locator(".menu-place button").first
        await opener.press("Enter")
        await page.keyboard.press("Escape")
        await expect(opener).to_be_focused()
        await opener.press("Enter")
        await page.keyboard.press("Enter")
        await page.get_by_role("dialog").locator("input").fill("Another name")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Another name")).to_be_visible()
        await expect(opener).to_be_focused()
        for key, path in (("KeyI", "inbox"), ("KeyU", "usage"), ("KeyA", "agents"), ("KeyS", "settings")):
            await page.keyboard.press("KeyG")
            await page.keyboard.press(key)
            await page.wait_for_url(f"**/{path}")
            await expect(page.locator("main h1")).to_be_focused()


@pytest.mark.parametrize(
    ("locale", "lost", "offline"),
    [("en-US", "Connecting again.", "The server cannot be reached"), ("ru-RU", "Восстанавливаем связь.", "Сервер не отвечает")],
)
async def test_a_dead_server_is_told_on_every_page(visits, server: LivingServer, locale: str, lost: str, offline: str) -> None:
    async with visits.page(locale, path="/usage") as page:
        await page.wait_for_selector("main h1")
        await server.kill()
        banner = page.get_by_role("status").filter(has_text=lost)
        await expect(banner).to_be_visible()
        await expect(page.locator(".foot a").last).to_have_text(offline)
        await kept(page, f"lost-{locale[:2]}")
        await page.locator(".foot a").first.press("Enter")
        await expect(banner).to_be_visible()
        await server.start()
        await expect(banner).to_have_count(0)


async def test_the_list_says_how_long_a_question_waits_yet(visits, server: LivingServer) -> None:
    await ask(server, f"{NOTE}, please")
    async with visits.page(path="/usage") as page:
        await expect(page.locator(".side .sess .m").first).to_contain_text(re.compile(r"approval\s*·\s*\d+\s(h|d|min) left"))


async def test_days_without_money_say_why(visits, server: LivingServer) -> None:
    await ask(server, f"{FREE}, please")
    async with visits.page("ru-RU", path="/usage", theme="dark") as page:
        await expect(page.get_by_text("Ничего не потрачено")).to_be_visible()
        await kept(page, "free-ru")
        await page.keyboard.press("KeyT")
        await expect(page.get_by_role("rowheader").first).to_be_visible()


async def test_keys_are_listed(visits) -> None:
    async with visits.page("ru-RU", theme="dark") as page:
        await page.wait_for_selector("#message:focus")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Shift+Slash")
        await expect(page.get_by_role("dialog")).to_contain_text("открыть сессию")
        await kept(page, "keys-ru")


async def test_without_a_model_the_way_to_one_is_shown(browser, tmp_path: Path) -> None:
    async with living(tmp_path, configured(tmp_path / "settings", "[models]\nfind_local = false\n")) as started:
        visits = Visits(browser, started)
        async with visits.page(path="/health") as page:
            await expect(page.get_by_text("No model is connected")).to_be_visible()
            await kept(page, "no-model-en")
            await page.locator(".foot a").last.press("Enter")
            await page.wait_for_url("**/settings/models")
        async with visits.page("ru-RU", path="/agents/ask") as page:
            await expect(page.locator("main")).to_contain_text("Отвечает на вопросы о\u00a0папке")
            await page.get_by_role("button", name="Править как текст").press("Enter")
            await page.locator("textarea").press("Control+End")
            await page.keyboard.type("Be brief.")
            await expect(page.get_by_text("Это агент")).to_be_visible()
            await page.keyboard.press("Control+KeyS")
            await expect(page.get_by_text(str(tmp_path / "settings" / "agents" / "ask.md"))).to_be_visible()
            await go(page, "KeyA")
