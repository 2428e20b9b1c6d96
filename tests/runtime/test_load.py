import subprocess
import sys

import pytest

from artelier.runtime.load import LazyBrowser, is_there, load


class Made:
    def __init__(self, adapter):
        self.adapter, self.asked = adapter, []

    async def click(self, session, target):
        self.asked.append((session, target))
        return "clicked"

    async def close(self):
        self.asked.append("close")


async def test_a_browser_is_loaded_once_and_at_its_first_call():
    made = []

    def make(adapter):
        made.append(Made(adapter))
        return made[0]

    browser = LazyBrowser(make)
    await browser.close()
    assert made == []
    assert await browser.click("s", "1") == "clicked"
    assert await browser.click("s", "2") == "clicked"
    await browser.close()
    assert len(made) == 1
    assert made[0].adapter.__name__ == "Chromium"
    assert made[0].asked == [("s", "1"), ("s", "2"), "close"]


async def test_names_are_loaded():
    assert await load("artelier.ports.web", "Article")
    with pytest.raises(ImportError):
        await load("artelier.nowhere", "Anything")
    assert is_there("playwright")
    assert not is_there("no_such_library")


def test_what_takes_long_to_import_is_not_imported_at_the_start():
    program = (
        "import sys, artelier.api.serving, artelier.runtime.web as web; from artelier.settings.tools import ToolSettings;"
        "web.Web(ToolSettings());"
        "print([name for name in ('playwright', 'trafilatura', 'lxml', 'httpx2') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
