"""A model is connected on the first page, by keys alone, in both languages; a key that is refused changes nothing."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from console.conftest import Visits
from console.test_journeys import screens
from console.test_keeping_up import grave
from e2e.living import living
from small_model import GOOD, small_model

pytestmark = pytest.mark.asyncio(loop_scope="module")
SPOKEN = {
    "en-US": ("Connect a model", "Key", "Model", "Test and enable", "Paste a key first.", "What shall we do?"),
    "ru-RU": ("Подключите модель", "Ключ", "Модель", "Проверить и\u00a0включить", "Сначала вставьте ключ.", "Что сделаем?"),
}


@pytest.mark.parametrize("language", SPOKEN)
async def test_a_key_that_is_refused_then_one_that_is_not(tmp_path: Path, browser: Browser, language: str) -> None:
    title, key, model, test, missing, ready = SPOKEN[language]
    settings = tmp_path / "artelier.toml"
    async with small_model() as small:
        settings.write_text(f'[models]\ndefault = "rehearsal"\n[models.providers.openai]\nbase_url = "{small.base_url}"\n')
        async with living(tmp_path, settings) as server:
            visits = Visits(browser, server)
            async with visits.page(language) as page:
                form = page.get_by_role("region", name=title)
                await expect(form.get_by_text("Ollama", exact=False)).to_be_visible()
                await form.get_by_label(key, exact=True).focus()
                await page.keyboard.press("Enter")
                await expect(form.get_by_role("alert")).to_contain_text(missing)
                await page.keyboard.insert_text("sk-wrong")
                await page.keyboard.press("Enter")
                await expect(form.get_by_text("CREDENTIALS_REFUSED")).to_be_visible()
                assert await grave(page) == []
                await page.screenshot(path=screens() / f"connecting-{language[:2]}.png")
                await form.get_by_label(key, exact=True).fill(GOOD)
                await form.get_by_label(model, exact=True).fill("openai/small")
                await expect(form.get_by_role("button", name=test)).to_be_enabled()
                await page.keyboard.press("Enter")
                await expect(page.get_by_role("heading", name=ready)).to_be_visible()
                await expect(page.get_by_text("openai/small").first).to_be_visible()
                await expect(page.locator("#message")).to_be_focused()
                await page.keyboard.insert_text("Hello")
                await page.keyboard.press("Enter")
                await expect(page.get_by_role("log").get_by_text("ready", exact=True)).to_be_visible()
            assert visits.complaints == []
            assert GOOD not in settings.read_text()
