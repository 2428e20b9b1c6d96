import asyncio
import sys

import pytest

from artelier.domain.errors import FetchFailed
from artelier.network.page_reader import ProcessPageReader
from artelier.ports.web import FetchedPage

ARTICLE = """<html><head><title>The
 Lathe</title><script>alert(1)</script></head><body><nav><a href=/home>Home</a></nav>
<article><h1>The Lathe</h1><p>%s <a href="/turn?a=1">turning</a> goes on.</p><ul><li>first</li>
<li>second</li></ul></article></body></html>"""
WORDS = "A lathe is a machine that turns a piece about its axis, and the one who works it is a turner. " * 4


def page(content, media_type="text/html", charset=""):
    return FetchedPage("https://example.org/a/b", 200, media_type, content if isinstance(content, bytes) else content.encode(), charset)


@pytest.fixture
async def reader():
    reader = ProcessPageReader(seconds=60)
    yield reader
    await reader.close()


async def test_html_becomes_markdown_with_whole_links(reader):
    article = await reader.read(page(ARTICLE % WORDS))
    assert article.title == "The Lathe"
    assert "# The Lathe" in article.text
    assert "[turning](https://example.org/turn?a=1)" in article.text
    assert "alert" not in article.text
    assert "- first" in article.text


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
async def test_russian_pages_in_old_encodings_are_read(reader, encoding):
    words = "Токарь точит деталь на станке, и стружка вьётся до самого пола, как серпантин. " * 4
    article = await reader.read(page((ARTICLE % words).encode(encoding)))
    assert "стружка вьётся" in article.text
    assert article.encoding == encoding


async def test_hostile_html_harms_nobody(reader):
    for wild in [
        "",
        "<div>" * 100_000,
        "<a " * 50_000,
        "<table>" * 3000 + "<td>x",
        "<!--" * 10_000,
        "\ud800<p>x",
        "<p>" + "&#0;&#x110000;" * 100,
    ]:
        try:
            await reader.read(page(wild.encode("utf-8", "surrogatepass")))
        except FetchFailed as failure:
            assert failure.message.startswith("https://example.org/a/b could not be read")  # noqa: PT017  either is fine
    assert "turns a piece" in (await reader.read(page(ARTICLE % WORDS))).text


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "text/markdown", "application/problem+json"])
async def test_other_texts_come_as_they_are(media_type):
    text = '{"ключ": "<b>значение</b>"}'
    assert (await ProcessPageReader().read(page(text, media_type))).text == text


async def test_bytes_that_call_themselves_text_are_told():
    with pytest.raises(FetchFailed, match="no text"):
        await ProcessPageReader().read(page(b"\x00\x01\x02\x03", "text/plain"))


@pytest.mark.parametrize(
    ("program", "words"), [("while True: pass", "within"), ("raise SystemExit", "ended"), ("print('{}', flush=True)", "ended")]
)
async def test_a_reader_that_fails_is_ended_and_told(program, words):
    reader = ProcessPageReader(seconds=1 if words == "within" else 30, command=(sys.executable, "-I", "-S", "-c", program))
    with pytest.raises(FetchFailed, match=words):
        await reader.read(page("<p>x"))


async def test_a_cancelled_call_ends_its_process():
    started = asyncio.Event()
    program = "import sys; sys.stdin.read()"
    reader = ProcessPageReader(command=(sys.executable, "-I", "-S", "-c", program))

    async def read():
        started.set()
        await reader.read(page("<p>x"))

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
