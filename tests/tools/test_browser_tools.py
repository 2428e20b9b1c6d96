import hashlib

import pytest

from artelier.domain.calls import Access, Picture
from artelier.domain.errors import ArgumentsInvalid, NotConfigured
from artelier.ports.browser import PageContent, PageView, Screenshot
from artelier.tools.browser import browser_tools
from artelier.tools.files import ListFiles, ReadFile, WriteFile
from web_stage import call


class Recorder:
    """A browser that does nothing but tell what it was asked for."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        async def answer(*arguments, **more):
            self.asked.append((name, *arguments, *more.values()))
            view = PageView("https://example.org/", "A title", 404 if name == "go" else 0, "0 to 800 of 900" if name == "scroll" else "")
            content = PageContent("https://example.org/", "A title", "0123456789" * 50)
            return {"read": content, "picture": Screenshot("https://example.org/", "A title", b"png", 1280, 800)}.get(name, view)

        return answer


class DictBlobs(dict):
    async def put(self, content):
        digest = hashlib.blake2b(content, digest_size=32).hexdigest()
        self[digest] = content
        return digest


def tools(browser=None, blobs=None):
    return {tool.spec.name.removeprefix("browser_"): tool for tool in browser_tools(browser or Recorder(), blobs)}


async def test_every_tool_asks_the_browser_for_its_session():
    browser = Recorder()
    have = tools(browser, DictBlobs())
    await call(have["navigate"], url="https://example.org/")
    await call(have["click"], target="3")
    await call(have["type"], target="Words", text="a\nb", submit=True)
    await call(have["scroll"], direction="bottom")
    await call(have["back"])
    await call(have["screenshot"], whole_page=True)
    assert browser.asked == [
        ("go", "s", "https://example.org/"),
        ("click", "s", "3"),
        ("type_text", "s", "Words", "a\nb", True),
        ("scroll", "s", "bottom"),
        ("back", "s"),
        ("picture", "s", True),
    ]


async def test_views_say_where_the_browser_is():
    have = tools()
    assert (await call(have["navigate"], url="https://example.org/")).text == "A title\nhttps://example.org/\n[HTTP 404]"
    assert (await call(have["scroll"])).text == "A title\nhttps://example.org/\n[0 to 800 of 900]"


async def test_a_long_page_is_read_in_pieces():
    have = tools()
    begun = await call(have["get_content"], max_chars=300)
    assert begun.truncated
    assert begun.text.endswith("[characters 0 to 300 of 500; go on with start=300]")
    assert not (await call(have["get_content"], start=300)).truncated


async def test_a_picture_is_kept_and_named():
    blobs = DictBlobs()
    result = await call(tools(blobs=blobs)["screenshot"])
    (digest,) = blobs
    assert result.pictures == (Picture(digest, "image/png", 1280, 800, "A title"),)
    assert result.summary == "1280 x 800, 3B"


async def test_without_a_place_for_pictures_it_says_so():
    with pytest.raises(NotConfigured, match="browser_get_content"):
        await call(tools()["screenshot"])


def test_calls_of_a_browser_keep_their_order_and_hinder_no_others():
    have = tools()
    accesses = [
        tool.access({"url": "u", "target": "t", "text": "x"}) for tool in have.values() if tool.spec.name.endswith(("click", "navigate"))
    ]
    accesses += [have["get_content"].access({}), have["screenshot"].access({}), have["back"].access({})]
    accesses = [access for access in accesses if not access.exclusive]
    assert all(one.conflicts_with(other) for one in accesses for other in accesses)
    files = [ReadFile().access({"path": "a"}), ListFiles().access({"path": "."}), WriteFile().access({"path": "browser", "content": ""})]
    assert not any(access.conflicts_with(file) for access in accesses for file in [*files, Access()])
    assert accesses[0].conflicts_with(Access(exclusive=True))


@pytest.mark.parametrize("name", tools())
def test_they_declare_what_they_are(name):
    spec = tools()[name].spec
    assert (spec.effect, spec.trusted, spec.family, spec.keep_seconds) == ("outbound", False, "browser", 0.0)
    assert spec.repeatable is (name in {"navigate", "get_content", "screenshot", "scroll"})
    assert all(field["description"] for field in spec.parameters["properties"].values())


def test_effects_are_told_word_for_word():
    have = tools()
    assert have["type"].describe({"target": "Words", "text": "a\nb", "submit": True}) == "type “a␊b” into “Words”, then Enter"
    assert have["click"].describe({"target": "[3]"}) == "click “[3]”"
    with pytest.raises(ArgumentsInvalid):
        have["scroll"].check({"direction": "left"})
