"""Commands of the open session from the palette, by keys alone; the focus comes back to where it was."""

import pytest
from playwright.async_api import Page, expect

from console.scene import NOTE, SLOW
from console.test_keeping_up import grave
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = {
    "locale": "en-US",
    "rename": "Rename",
    "fork": "Continue in a copy",
    "export": "Export, Markdown",
    "undo": "Undo what the run changed",
    "trust": "Trust in",
    "trusted": "Trust these texts",
    "cancel": "Cancel run",
    "remove": "Delete",
    "title": "Amounts of May",
    "as_it_was": "1 file is as it was",
}
RU = {
    "locale": "ru-RU",
    "rename": "Переименовать",
    "fork": "Продолжить",
    "export": "Выгрузить, Markdown",
    "undo": "Вернуть изменения",
    "trust": "Доверие",
    "trusted": "Доверять этим текстам",
    "cancel": "Остановить запуск",
    "remove": "Удалить",
    "title": "Суммы за май",
    "as_it_was": "Как было",
}
both = pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])


async def command(page: Page, name: str) -> None:
    """Open the palette, type, and choose what stands first."""
    await page.keyboard.press("Control+KeyK")
    await page.wait_for_selector("dialog.palette input:focus")
    await page.keyboard.type(name)
    await expect(page.locator(".palette [aria-selected=true]")).to_contain_text(name)
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog.palette")).to_have_count(0)


@both
async def test_the_open_session_is_commanded_from_the_palette(visits, server: LivingServer, words: dict) -> None:
    (server.workspace / "AGENTS.md").write_text("Keep it short.\n")
    session = await with_a_note(server)
    note = server.workspace / "note.md"
    async with visits.page(words["locale"], path=f"/sessions/{session}") as page:
        field = page.locator("#message")
        await field.focus()
        await command(page, words["rename"])
        await page.wait_for_selector("dialog input:focus")
        await page.keyboard.press("Control+KeyA")
        await page.keyboard.type(words["title"])
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name=words["title"])).to_be_visible()
        await expect(field).to_be_focused()
        assert note.exists()
        await command(page, words["undo"])
        await expect(page.locator(".palette")).to_have_count(0)
        await expect(page.get_by_text(words["as_it_was"])).to_be_visible()
        assert not note.exists()
        await expect(field).to_be_focused()
        async with page.expect_download() as download:
            await command(page, words["export"])
        assert (await download.value).suggested_filename.endswith(".md")
        await expect(field).to_be_focused()
        await command(page, words["trust"])
        await expect(page.get_by_role("dialog").get_by_text("Keep it short.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(field).to_be_focused()
        await command(page, words["fork"])
        await page.wait_for_url(lambda address: session not in address)
        await expect(page.locator(".origin")).to_be_visible()
        await command(page, words["remove"])
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"{server.address}/")
        await page.keyboard.press("Control+KeyK")
        await expect(page.locator(".palette").get_by_role("option", name=words["rename"])).to_have_count(0)
        assert await grave(page) == []
    assert visits.complaints == []


async def test_a_run_is_cancelled_from_the_palette(visits, say) -> None:
    async with visits.page() as page:
        await say(page, SLOW)
        await expect(page.get_by_text("Sentence number 1 of")).to_be_visible()
        await command(page, EN["cancel"])
        await expect(page.get_by_text("The run was stopped")).to_be_visible()
        await page.keyboard.press("Control+KeyK")
        await expect(page.locator(".palette").get_by_role("option", name=EN["cancel"])).to_have_count(0)
    assert visits.complaints == []


async def with_a_note(server: LivingServer) -> str:
    async with server.client() as client:
        session = await client.open_session(title="A note")
        run = await client.send(session.id, f"{NOTE}, please")
        await client.wait(run.run_id)
        (question,) = (await client.approvals("open", session.id)).items
        await client.answer(question.id, "approve")
        await client.wait(run.run_id)
    return session.id


async def test_a_command_is_found_by_another_word_for_it(visits, say) -> None:
    async with visits.page() as page:
        await say(page, f"{NOTE}, please")
        await page.wait_for_selector("[data-question]")
        await page.keyboard.press("Control+KeyK")
        await page.wait_for_selector("dialog.palette input:focus")
        await page.keyboard.type("fork")
        await expect(page.locator(".palette [aria-selected=true]")).to_contain_text(EN["fork"])
