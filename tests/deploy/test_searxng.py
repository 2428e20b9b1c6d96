"""deploy/searxng holds names that SearXNG knows, and no others; its own keys are recorded beside the fixtures."""

import json
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
OURS = ROOT / "deploy/searxng"
RECORDED = ROOT / "tests/fixtures/searxng"
KNOWN = json.loads((RECORDED / "settings_keys.json").read_text())
SETTINGS = yaml.safe_load((OURS / "settings.yml").read_text())


def unknown_names(settings):
    """Return the names in these settings that SearXNG does not know."""
    found = {name for name in settings if name not in {*KNOWN["sections"], "use_default_settings"}}
    for section, known in KNOWN["sections"].items():
        if known is not None:
            found |= {f"{section}.{name}" for name in settings.get(section) or {} if name not in known}
    found |= set(settings["search"]["suspended_times"]) - set(KNOWN["suspended_times"])
    found |= {f"{engine['name']}.{name}" for engine in settings["engines"] for name in engine if name not in KNOWN["engine"]}
    found |= {engine["name"] for engine in settings["engines"]} - set(KNOWN["engines"])
    found |= set(settings["use_default_settings"]["engines"]["keep_only"]) - set(KNOWN["engines"])
    return found | set(settings["plugins"]) - set(KNOWN["plugins"])


def test_every_name_is_searxngs_own():
    assert unknown_names(SETTINGS) == set()


def test_an_invented_name_would_be_found():
    settings = {**SETTINGS, "outgoing": {"http2": True}, "cache": {}, "engines": [{"name": "altavista", "rate": 1}]}
    assert unknown_names(settings) == {"outgoing.http2", "cache", "altavista", "altavista.rate"}


def test_every_engine_kept_has_a_time_out_within_the_longest():
    kept = SETTINGS["use_default_settings"]["engines"]["keep_only"]
    engines = {engine["name"]: engine for engine in SETTINGS["engines"]}
    assert sorted(engines) == sorted(kept)
    assert len(kept) == len(set(kept)) == 27  # as README.md says
    assert all(0 < engine["timeout"] <= SETTINGS["outgoing"]["max_request_timeout"] for engine in engines.values())


def test_json_is_served_and_no_secret_lies_here():
    assert "json" in SETTINGS["search"]["formats"]
    assert "secret_key" not in SETTINGS["server"]
    assert SETTINGS["valkey"]["url"].startswith("unix:///")


def test_the_limiter_knows_every_name_and_lets_artelier_pass():
    ours = tomllib.loads((OURS / "limiter.toml").read_text())["botdetection"]
    assert set(ours) <= set(KNOWN["limiter"][""])
    for section in ("ip_limit", "ip_lists"):
        assert set(ours[section]) <= set(KNOWN["limiter"][section])
    assert "127.0.0.1" in ours["ip_lists"]["pass_ip"]


def test_the_page_explains_every_choice():
    page = (OURS / "README.md").read_text()
    for section in ("search", "server", "outgoing"):
        missing = [name for name in SETTINGS[section] if f"`{section}.{name}`" not in page and f"`{name}`" not in page]
        assert set(missing) <= {"safe_search", "public_instance", "port", "useragent_suffix"}, missing
