"""What ``artelier doctor`` says of the search and the browser."""

import os

from artelier.cli.finding import Finding
from artelier.cli.refusals import failure_words
from artelier.cli.words import tr
from artelier.domain.errors import ArtelierError, BrowserFailed
from artelier.network.chromium_places import find_chromium
from artelier.runtime.load import is_there
from artelier.runtime.web import Web
from artelier.settings.tools import BrowserSettings, ToolSettings

_NO_QUERY, _NO_JSON, _TOO_MANY = 400, 403, 429


async def search_finding(settings: ToolSettings) -> Finding:
    """Ask SearXNG for nothing, which asks no engine and still tells whether it would answer in JSON."""
    address = settings.search.searxng_url
    if not address:
        return Finding(
            "Web search", "missing", tr("set tools.search.searxng_url to a SearXNG of yours; deploy/searxng has settings for one")
        )
    try:
        status = await Web(settings).ask_search()
    except ArtelierError as failure:
        return Finding("Web search", "missing", failure_words(failure))
    if status == _NO_QUERY:
        return Finding("Web search", "ok", f"SearXNG, {address}")
    if status == _NO_JSON:
        return Finding(
            "Web search", "missing", tr("{address} refuses JSON: add json to search.formats in its settings.yml", address=address)
        )
    if status == _TOO_MANY:
        return Finding("Web search", "missing", tr("{address} limits this machine: add it to pass_ip in its limiter.toml", address=address))
    return Finding("Web search", "missing", tr("{address} answers HTTP {status}: is it SearXNG?", address=address, status=status))


def browser_finding(settings: BrowserSettings) -> Finding:
    """Look for Chromium and what drives it, without starting them."""
    if not is_there("playwright"):
        return Finding("Browser", "missing", tr("playwright is not installed"))
    try:
        executable = find_chromium(settings.executable)
    except BrowserFailed as failure:
        return Finding("Browser", "missing", failure_words(failure))
    if settings.sandbox == "off" or (settings.sandbox == "auto" and os.geteuid() == 0):
        return Finding("Browser", "ok", tr("{program}, without its own sandbox", program=executable))
    return Finding("Browser", "ok", str(executable))
