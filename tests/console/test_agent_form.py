"""An agent's fields and switches: checked where they stand, kept while they are not saved, written into its file."""

import pytest
from playwright.async_api import Page, expect

from console.scene import CODER
from console.test_keeping_up import grave, wide
from e2e.living import LivingServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = {
    "locale": "en-US",
    "tokens": "Tokens in a reply, at most",
    "writes": "May write to",
    "steps": "steps",
    "money": "$",
    "dollars": "2.50",
    "wrong": "“2k” is not a number. Enter a whole number from 256 to 32,768, for example 2048.",
    "fix": "Correct 2 fields",
    "one": "Correct one field",
    "saved": "Saved; in force for the next run",
    "unsaved": "edits not saved",
    "back": "Back as it was",
    "patterns": "git_* will be written out by name",
}
RU = {
    "locale": "ru-RU",
    "tokens": "Токенов в\u00a0ответе, не больше",
    "writes": "Может писать в",
    "steps": "шагов",
    "money": "$",
    "dollars": "2,50",
    "wrong": "«2k» не\u00a0число. Введите целое от\u00a0256 до 32\u00a0768, например 2048.",
    "fix": "Исправьте 2\u00a0поля",
    "one": "Исправьте одно поле",
    "saved": "Сохранено; подействует со следующего запуска",
    "unsaved": "правки не\u00a0сохранены",
    "back": "Вернуть как было",
    "patterns": "Вместо git_*",
}
both = pytest.mark.parametrize("words", [EN, RU], ids=["en", "ru"])


def text_of(server: LivingServer, agent: str) -> str:
    return (server.workspace.parent / "settings" / "agents" / f"{agent}.md").read_text()


@both
async def test_fields_and_switches_are_saved_into_the_file(visits, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"], path="/agents/coder") as page:
        tokens = page.get_by_label(words["tokens"], exact=True)
        await tokens.fill("2k")
        await page.get_by_label(words["money"], exact=True).fill("many")
        await page.keyboard.press("Control+KeyS")
        await expect(tokens).to_be_focused()
        await expect(page.get_by_text(words["wrong"])).to_be_visible()
        await expect(tokens).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_text(words["fix"])).to_be_visible()
        assert await grave(page) == []
        await page.keyboard.press("Control+KeyS")
        await page.get_by_label(words["money"], exact=True).fill(words["dollars"])
        await expect(page.get_by_text(words["one"])).to_be_visible()
        assert text_of(server, "coder") == CODER
        await tokens.fill("4096")
        await page.get_by_label(words["writes"], exact=True).fill("src/** tests/**")
        await page.get_by_role("switch", name="execute_command").press("Space")
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(words["saved"])).to_be_visible()
        head = CODER.partition("\n---")[0].replace(", execute_command", "")
        saved = f"{head}\nmax_tokens: 4096\nlimits: {{money: 2.5}}\nwrites: [src/**, tests/**]\n---"
        assert sorted(text_of(server, "coder").splitlines()) == sorted([*saved.splitlines(), "You write code."])
    assert visits.complaints == []


@both
async def test_what_is_not_saved_is_kept_and_a_built_in_agent_gets_a_copy(visits, server: LivingServer, words: dict) -> None:
    async with visits.page(words["locale"], path="/agents/debug") as page:
        await page.get_by_label(words["steps"], exact=True).fill("7")
        await opened(page, "git_diff")
        await page.get_by_role("switch", name="git_show", exact=True).press("Space")
        await page.get_by_role("link", name="coder").first.press("Enter")
        await page.wait_for_url("**/agents/coder")
        await expect(page.get_by_role("link", name="debug")).to_contain_text(words["unsaved"])
        assert await asks_before_leaving(page)
        await page.get_by_role("link", name="debug").press("Enter")
        await expect(page.get_by_label(words["steps"], exact=True)).to_have_value("7")
        await page.keyboard.press("Control+KeyS")
        await expect(page.get_by_text(words["saved"])).to_be_visible()
        assert not await asks_before_leaving(page)
    assert "limits: {steps: 7}" in text_of(server, "debug")
    assert "git_show" not in text_of(server, "debug")
    assert visits.complaints == []


async def test_as_it_was_and_a_phone(visits, server: LivingServer) -> None:
    async with visits.page(width=360, height=740, path="/agents/ask") as page:
        await page.get_by_label(EN["tokens"]).fill("100")
        await expect(page.get_by_text("out of bounds")).to_be_visible()
        await page.get_by_role("switch").first.click()
        await page.get_by_role("button", name=EN["back"]).click()
        await expect(page.get_by_label(EN["tokens"])).to_have_value("")
        assert not await asks_before_leaving(page)
        assert await wide(page) == 0
        box = await page.get_by_role("switch").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360
    assert visits.complaints == []


async def opened(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).press("Enter")


async def asks_before_leaving(page: Page) -> bool:
    return await page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))")


async def test_a_text_and_a_setting_are_kept_and_leaving_asks(visits, server: LivingServer) -> None:
    file = server.workspace.parent / "settings" / "agents" / "coder.md"
    async with visits.page(path="/agents/coder") as page:
        await page.locator(".ways button").press("Enter")
        await page.locator("textarea").fill(CODER.replace("You write code.", "You write less."))
        await page.get_by_role("link", name="ask").first.press("Enter")
        await page.wait_for_url("**/agents/ask")
        assert await asks_before_leaving(page)
        file.write_text(CODER.replace("You write code.", "You write more."))
        await page.get_by_role("link", name="coder").first.press("Enter")
        await expect(page.locator("textarea")).to_have_value(CODER.replace("You write code.", "You write less."))
        await page.get_by_role("button", name=EN["back"]).click()
        assert not await asks_before_leaving(page)
        await page.get_by_role("link", name="Settings").first.press("Enter")
        await page.get_by_role("link", name="Limits and budgets").press("Enter")
        await page.locator(".setting", has_text="limits.steps").locator("input").fill("41")
        await page.get_by_role("link", name="Usage").press("Enter")
        await page.wait_for_url("**/usage")
        assert await asks_before_leaving(page)
    assert visits.complaints == []
