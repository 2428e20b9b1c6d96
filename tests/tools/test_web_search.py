from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from artelier.domain.calls import Access
from artelier.domain.errors import AddressRefused, ArgumentsInvalid, FetchFailed, NotConfigured
from artelier.tools.web_search import WebSearch
from web_stage import FakeFetcher, call, page

ANSWERS = Path(__file__).parents[1] / "fixtures" / "searxng"


def searching(answer, address="http://searxng:8080/base/"):
    fetcher = FakeFetcher(answer)
    return fetcher, WebSearch(fetcher, address)


def recorded(name):
    return page((ANSWERS / name).read_bytes(), media_type="application/json")


async def test_everything_asked_for_reaches_searxng():
    fetcher, search = searching(recorded("results.json"))
    await call(
        search, query="что такое «артель» & C++", categories="it,news", engines="wikipedia", language="ru", time_range="week", page=2
    )
    (request,) = fetcher.requests
    asked = urlsplit(request.url)
    assert (asked.netloc, asked.path) == ("searxng:8080", "/base/search")
    assert parse_qs(asked.query) == {
        "q": ["что такое «артель» & C++"],
        "format": ["json"],
        "pageno": ["2"],
        "categories": ["it,news"],
        "engines": ["wikipedia"],
        "language": ["ru"],
        "time_range": ["week"],
    }
    assert request.max_redirects == 0


async def test_results_are_numbered_with_who_found_them():
    _, search = searching(recorded("results.json"))
    result = await call(search, query="searxng")
    assert result.summary == "2 results"
    assert result.text.split("\n\n") == [
        "Answer: A metasearch engine. https://duckduckgo.com/",
        "About: SearXNG\n   Free metasearch engine software\n   https://en.wikipedia.org/wiki/SearXNG",
        (
            "1. Welcome to SearXNG — SearXNG Documentation\n   https://docs.searxng.org/\n"
            "   SearXNG is a free internet metasearch engine which aggregates results from up to 247 search services. "
            "Users are neither tracked nor profiled.\n   (duckduckgo, startpage)"
        ),
        (
            "2. SearXNG - Wikipedia\n   https://en.wikipedia.org/wiki/SearXNG\n"
            "   SearXNG is a free and open-source federated metasearch engine forked from Searx.\n   (brave, 2026-03-14)"
        ),
        "Did you mean: searching",
        "Related searches: searxng docker; searxng instances",
        "[did not answer: google (Suspended: CAPTCHA), mojeek (timeout)]",
    ]


async def test_answers_of_older_versions_are_read():
    _, search = searching(recorded("older_answers.json"))
    assert (await call(search, query="2+2")).text == "Answer: 2+2 = 4\n\n[nothing was found]"


async def test_an_outage_is_not_shown_as_nothing_found():
    _, search = searching(recorded("all_suspended.json"))
    with pytest.raises(FetchFailed, match=r"No search engine answered: brave \(Suspended: too many requests\)"):
        await call(search, query="anything")


async def test_many_results_are_cut():
    results = ",".join(f'{{"title": "t{number}", "url": "https://e.org/{number}", "engine": "x"}}' for number in range(25))
    _, search = searching(page(f'{{"results": [{results}]}}'.encode()))
    text = (await call(search, query="x", page=3)).text
    assert "10. t9" in text
    assert "t10" not in text
    assert "[the first 10 of 25 on this page; page=4 has others]" in text


async def test_without_an_address_the_tool_says_so():
    fetcher, search = searching(page(), address="")
    with pytest.raises(NotConfigured, match=r"tools\.search\.searxng_url"):
        await call(search, query="x")
    assert fetcher.requests == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page(status=403), "add json to search.formats"),
        (page(status=429, retry_after=30.0), "after 30 s"),
        (page(status=429), "in a minute"),
        (page(status=500), "HTTP 500"),
        (page(status=302), "HTTP 302"),
        (page(b"<html>"), "no SearXNG"),
        (page(b"[]"), "no SearXNG"),
        (page(b'{"results": [{"url": 7}]}'), "no SearXNG"),
        (page(b"\xff\xfe"), "no SearXNG"),
    ],
)
async def test_refusals_say_what_the_operator_must_change(answer, words):
    _, search = searching(answer)
    with pytest.raises(FetchFailed, match=words):
        await call(search, query="x")


async def test_failures_of_the_network_pass():
    _, search = searching(AddressRefused("no"))
    with pytest.raises(AddressRefused):
        await call(search, query="x")


def test_it_declares_what_it_is():
    _, search = searching(page())
    assert (search.spec.effect, search.spec.trusted, search.spec.keep_seconds, search.spec.repeatable) == ("outbound", False, 300.0, True)
    assert search.access({"query": "x"}) == Access()
    assert search.describe({"query": "x\ny"}) == "search the web for “x␊y”"
    with pytest.raises(ArgumentsInvalid, match="time_range"):
        search.check({"query": "x", "time_range": "hour"})
