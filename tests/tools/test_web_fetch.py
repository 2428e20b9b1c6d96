import pytest

from artelier.domain.calls import Access
from artelier.domain.errors import ArgumentsInvalid, FetchFailed
from artelier.tools.web import WebFetch
from web_stage import FakeFetcher, FakeReader, call, page


def tool(answer):
    return WebFetch(FakeFetcher(answer), FakeReader())


async def test_a_page_is_shown_with_title_and_final_address():
    result = await call(tool(page(b"Some words.")), url="https://example.org/begin")
    assert result.text == "A title\nhttps://example.org/end\n\nSome words."
    assert (result.status, result.summary, result.truncated) == ("done", "11 characters of 11", False)


async def test_a_long_page_is_read_in_pieces_that_join():
    text = "".join(f"{number:05}" for number in range(200))
    fetch = tool(page(text.encode()))
    begun = await call(fetch, url="https://example.org/", max_chars=700)
    assert begun.truncated
    assert begun.text.endswith("[characters 0 to 700 of 1000; go on with start=700]")
    rest = await call(fetch, url="https://example.org/", start=700)
    assert begun.text.split("\n")[3] + rest.text.split("\n")[2] == text
    assert not rest.truncated


async def test_a_page_cut_by_size_says_so():
    result = await call(tool(page(b"words", truncated=True)), url="https://example.org/")
    assert "goes on beyond" in result.text
    assert result.truncated


@pytest.mark.parametrize("status", [404, 403, 429, 500])
async def test_a_refusal_is_told_with_its_status(status):
    with pytest.raises(FetchFailed, match=rf"HTTP {status}\. Ask again after 30 s\."):
        await call(tool(page(status=status, retry_after=30.0)), url="https://example.org/")


async def test_only_texts_are_asked_for():
    fetcher = FakeFetcher(page(b"x"))
    await call(WebFetch(fetcher, FakeReader()), url="https://example.org/")
    assert "text/" in fetcher.requests[0].media_types
    assert not any("image" in kind or kind == "*/*" for kind in fetcher.requests[0].media_types)


def test_it_declares_what_it_is():
    fetch = tool(page())
    assert (fetch.spec.effect, fetch.spec.trusted, fetch.spec.keep_seconds, fetch.spec.repeatable) == ("outbound", False, 600.0, True)
    assert fetch.access({"url": "https://example.org/"}) == Access()
    assert fetch.describe({"url": "https://example.org/\u202e"}) == "fetch https://example.org/⟨U+202E⟩"
    with pytest.raises(ArgumentsInvalid, match="max_chars"):
        fetch.check({"url": "https://example.org/", "max_chars": 1})
