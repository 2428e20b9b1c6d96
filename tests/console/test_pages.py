"""The pages beside the conversation, by keys alone, in both languages; each is looked at by axe and kept as a picture."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from console.scene import ASKING, CENTS, CODER, MEMO, NOTE, SEVERAL
from console.test_journeys import screens
from console.test_keeping_up import grave, wide
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = {
    "locale": "en-US",
    "nothing_used": "Nothing was used in this time",
    "as_table": "Show as a table",
    "nobody": "Nobody waits for you",
    "chosen": "2 chosen",
    "approve": "Approve 2",
    "as_text": "Edit as text",
    "valid": "This is an agent",
    "saved_agent": "Saved; in force for the next run",
    "saved": "Saved and in force",
    "whole": "A whole number is needed",
    "waiting": "Takes effect at the next start: undo.files",
    "fine": "All systems fine",
    "trust": "Trust these texts",
    "trusted": "You trust these texts",
    "revoke": "Revoke",
    "revoked": "revoked",
    "exactly": "for exactly these arguments",
}
RU = {
    "locale": "ru-RU",
    "nothing_used": "За это время ничего не потрачено",
    "as_table": "Показать таблицей",
    "nobody": "Вас никто не ждёт",
    "chosen": "Выбрано 2",
    "approve": "Разрешить 2",
    "as_text": "Править как текст",
    "valid": "Это агент",
    "saved_agent": "Сохранено; подействует со следующего запуска",
    "saved": "Сохранено и\u00a0действует",
    "whole": "Нужно целое число",
    "waiting": "Подействует со следующего запуска сервера: undo.files",
    "fine": "Всё работает",
    "trust": "Доверять этим текстам",
    "trusted": "Вы доверяете этим текстам",
    "revoke": "Отозвать",
    "revoked": "отозвано",
    "exactly": "ровно с\u00a0такими аргументами",
}
both = pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])
PAGES = (
    *("usage", "inbox", "inbox?show=answered", "inbox?show=allowed", "agents", "tools", "settings", "settings/models"),
    *("settings/approvals", "settings/limits", "settings/mcp", "settings/plugins", "settings/webhooks", "health"),
)


async def ask(server: LivingServer, *texts: str) -> None:
    """Send each text into a session of its own and wait until the run rests."""
    async with server.client() as client:
        for place, text in enumerate(texts):
            session = await client.open_session(title=f"Session {place + 1}")
            await client.wait((await client.send(session.id, text)).run_id)


async def go(page: Page, letter: str) -> None:
    """Leave whatever is written in, and go to a page by its two keys."""
    await page.keyboard.press("Escape")
    await page.evaluate("document.activeElement?.blur()")
    await page.keyboard.press("KeyG")
    await page.keyboard.press(letter)


async def reach(page: Page, name: str) -> None:
    """Walk with Tab until the button of this name has the focus, then press it."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if name in await page.evaluate("document.activeElement instanceof HTMLButtonElement ? document.activeElement.innerText : ''"):
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {name!r}")


@both
async def test_usage_and_inbox(visits, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"]) as page:
        await page.wait_for_selector("#message:focus")
        await go(page, "KeyU")
        await expect(page.get_by_text(words["nothing_used"])).to_be_visible()
        await ask(server, f"{NOTE}, please")
        await page.reload()
        await expect(page.get_by_role("img", name="0.012" if words is EN else "0,012")).to_be_visible()
        await page.keyboard.press("KeyT")
        await expect(page.get_by_role("group").get_by_role("rowheader")).not_to_have_count(0)
        await page.keyboard.press("KeyT")
        await expect(page.get_by_text(words["as_table"])).to_be_visible()
        await page.get_by_role("radio", checked=True).first.focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator(".day-chart .day")).to_have_count(30)
    await like_questions_are_answered_together(visits, server, words)
    assert visits.complaints == []


async def like_questions_are_answered_together(visits, server: LivingServer, words: dict) -> None:
    await ask(server, f"{MEMO}, please", f"{ASKING} something")
    async with visits.page(words["locale"], path="/inbox") as page:
        rows = page.get_by_role("row")
        await expect(rows).to_have_count(3)
        for key in ("KeyX", "KeyJ", "KeyX"):
            await page.keyboard.press(key)
        await expect(page.get_by_text(words["chosen"])).to_be_visible()
        await expect(page.get_by_role("checkbox").nth(2)).to_be_disabled()
        await page.keyboard.press("ArrowDown")
        await expect(rows.nth(2)).to_be_focused()
        await expect(rows.nth(2)).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("button", name=words["approve"])).to_be_visible()
        await page.keyboard.press("KeyA")
        await expect(rows).to_have_count(1)
        await expect(rows.first).to_be_focused()
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
        await page.evaluate("document.activeElement?.blur()")
        await page.keyboard.press("Digit1")
        await expect(page.get_by_text(words["nobody"])).to_be_visible()
    texts = [(server.workspace / name).read_text() for name in ("note.md", "memo.md")]
    assert texts == ["first try", "second try"]


async def test_reject_by_its_key_reaches_all_that_are_chosen(visits, server: LivingServer) -> None:
    await ask(server, f"{NOTE}, please", f"{MEMO}, please", f"{SEVERAL}, please")
    async with visits.page(path="/inbox") as page:
        rows = page.get_by_role("row")
        await expect(rows).to_have_count(6)
        for key in ("KeyX", "KeyJ", "KeyX", "KeyJ"):
            await page.keyboard.press(key)
        await expect(page.locator("[data-question] .actions kbd").first).to_be_hidden()
        await page.keyboard.press("KeyR")
        await expect(rows).to_have_count(4)
        await expect(page.locator(".batch-bar")).to_have_count(0)
        await page.wait_for_selector("[data-question] .actions button:not([disabled])")
    async with server.client() as client:
        assert {each.status for each in (await client.approvals()).items} == {"open"}
        assert len((await client.approvals("rejected")).items) == 2
    assert visits.complaints == []


async def test_no_column_of_usage_is_cut_off(visits, server: LivingServer) -> None:
    await ask(server, f"{NOTE}, please")
    async with visits.page(RU["locale"], path="/usage") as page:
        await expect(page.get_by_role("rowheader", name="coder")).to_be_visible()
        for width in (1440, 1280, 360):
            await page.set_viewport_size({"width": width, "height": 1000})
            cut = "[...document.querySelectorAll('.tscroll')].filter((each) => each.scrollWidth > each.clientWidth).length"
            assert await page.evaluate(cut) == 0, width


@both
async def test_what_was_allowed_is_taken_back_and_a_folder_trusted(visits, server: LivingServer, words: dict) -> None:
    await ask(server, f"{NOTE}, please")
    async with server.client() as client:
        (question,) = (await client.approvals()).items
        await client.answer(question.id, "approve", remember="workspace")
    async with visits.page(words["locale"], path="/inbox?show=allowed") as page:
        await expect(page.get_by_role("rowheader", name="write_file")).to_contain_text(words["exactly"])
        await reach(page, words["revoke"])
        await expect(page.get_by_text(words["revoked"], exact=True)).to_be_visible()
    async with server.client() as client:
        assert all(grant.revoked_at for grant in (await client.grants()).items)
    await trust_is_given_once(visits, server, words)
    assert visits.complaints == []


@both
async def test_agents_and_settings_are_edited_and_what_is_wrong_is_named(visits, server: LivingServer, words: dict) -> None:
    folder = server.workspace.parent / "settings" / "agents"
    async with visits.page(words["locale"], path="/agents/coder") as page:
        await expect(page.get_by_role("heading", name="coder")).to_be_visible()
        await page.locator(".ways button").press("Enter")
        text = page.locator("textarea")
        await text.fill(CODER.replace("tools:", "max_tokens: 2k\ntools:"))
        await expect(page.get_by_text("coder.md:3")).to_be_visible()
        await page.keyboard.press("Control+KeyS")
        assert (folder / "coder.md").read_text() == CODER
        await text.fill(CODER.replace("You write code.", "You write short code."))
        await expect(page.get_by_text(words["valid"])).to_be_visible()
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(words["saved_agent"])).to_be_visible()
        assert "short code" in (folder / "coder.md").read_text()
        await page.get_by_role("link", name="ask", exact=False).first.press("Enter")
        await page.wait_for_url("**/agents/ask")
        await page.get_by_role("button", name=words["as_text"]).press("Enter")
        await text.press("Control+End")
        await page.keyboard.type("Be brief.")
        await expect(page.get_by_text(words["valid"])).to_be_visible()
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(str(folder / "ask.md"))).to_be_visible()
    assert "Be brief." in (folder / "ask.md").read_text()
    await settings_are_changed_in_the_file(visits, server, words)
    assert visits.complaints == []


async def settings_are_changed_in_the_file(visits, server: LivingServer, words: dict) -> None:
    file = server.workspace.parent / "settings" / "artelier.toml"
    file.write_text(f"# Mine.\n[limits]\nsteps = 40  # enough\n{file.read_text()}")
    async with visits.page(words["locale"], path="/settings/limits") as page:
        steps = page.locator(".setting", has_text="limits.steps").locator("input")
        await expect(steps).to_have_value("40")
        await steps.fill("many")
        await expect(page.get_by_text(words["whole"])).to_be_visible()
        await steps.fill("60")
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(words["saved"])).to_be_visible()
        assert file.read_text().startswith("# Mine.\n[limits]\nsteps = 60  # enough\n")
        await page.goto(f"{server.address}/settings/server")
        await page.locator(".setting", has_text="undo.files").locator("input").fill("5")
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(words["waiting"])).to_be_visible()
        await page.goto(f"{server.address}/settings")
        await page.get_by_role("switch").first.press("Space")
        await go(page, "KeyU")
        assert page.url.endswith("/settings")


async def trust_is_given_once(visits, server: LivingServer, words: dict) -> None:
    (server.workspace / "AGENTS.md").write_text("Keep it short.\n")
    async with visits.page(words["locale"], path="/health") as page:
        await expect(page.locator(".health-parts li")).to_have_count(7)
        await page.locator(".trust-button").press("Enter")
        await expect(page.get_by_role("dialog").get_by_text("Keep it short.")).to_be_visible()
        await page.get_by_role("button", name=words["trust"]).press("Enter")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await expect(page.locator(".trust-button")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text(words["trusted"])).to_be_visible()


@pytest.mark.parametrize(("theme", "locale"), [("light", "en-US"), ("dark", "ru-RU")])
async def test_every_page_is_sound_and_keeps_its_picture(visits, server: LivingServer, theme: str, locale: str) -> None:
    await ask(server, f"Amounts {CENTS}", f"{NOTE} one", f"{MEMO} two", f"{ASKING} something")
    async with server.client() as client:
        question = next(each for each in (await client.approvals()).items if each.tool == "edit_file")
        await client.answer(question.id, "approve", remember="session")
    found: list[str] = []
    async with visits.page(locale, theme=theme) as page:
        for path in PAGES:
            name = f"{path.replace('/', '-').replace('?show=', '-')}-{theme}.png"
            await page.goto(f"{server.address}/{path}")
            await settled(page)
            await page.screenshot(path=screens() / name)
            found += [f"{path}: {each}" for each in await grave(page)]
            await page.set_viewport_size({"width": 360, "height": 740})
            await page.screenshot(path=screens() / f"phone-{name}")
            found += [f"{path} is {over} px too wide" for over in [await wide(page)] if over > 0]
            await page.set_viewport_size({"width": 1440, "height": 1000})
    assert found == []
    assert visits.complaints == []


async def settled(page: Page) -> None:
    """Return once something is there, and nothing is being loaded any more."""
    await page.wait_for_selector("main h1, main h2, main .big")
    await expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)
    await asyncio.wait_for(page.evaluate("document.fonts.ready.then(() => null)"), 10)
