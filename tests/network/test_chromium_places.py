import pytest

from artelier.domain.errors import BrowserFailed
from artelier.network.chromium import Chromium
from artelier.network.chromium_places import find_chromium
from artelier.network.guard import AddressGuard


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 3\n")
    path.chmod(0o755)
    return path


def test_the_configured_one_is_taken_or_missed(tmp_path):
    assert find_chromium(str(program(tmp_path / "mine"))) == tmp_path / "mine"
    with pytest.raises(BrowserFailed, match=r"tools\.browser\.executable"):
        find_chromium(str(tmp_path / "absent"))


def test_the_path_comes_before_playwrights_own(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    own = program(tmp_path / ".cache/ms-playwright/chromium-1200/chrome-linux/chrome")
    assert find_chromium() == own
    assert find_chromium() == own
    assert find_chromium(str(own)) == own
    found = program(tmp_path / "bin/chromium")
    assert find_chromium() == found


def test_where_there_is_none_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserFailed, match="apt install chromium"):
        find_chromium()


async def test_a_program_that_is_no_browser_is_told(tmp_path):
    browser = Chromium(AddressGuard(["127.0.0.1:1"]), executable=str(program(tmp_path / "mine")))
    with pytest.raises(BrowserFailed, match="did not start"):
        await browser.go("s", "http://127.0.0.1:1/")
    await browser.close()
