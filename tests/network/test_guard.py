import pytest

from artelier.domain.errors import AddressRefused, FetchFailed, SettingsError, ToolError
from artelier.network.addresses import is_metadata, is_own, is_public, parsed
from artelier.network.client import GuardedFetcher
from artelier.network.guard import AddressGuard, parse_entry
from artelier.ports.web import FetchRequest
from local_web import OpenGuard, answer, local_server, names

ON_THE_SERVER = [
    "http://127.0.0.1:{p}/",
    "http://localhost:{p}/",
    "http://localhost.:{p}/",
    "http://LOCALHOST:{p}/",
    "http://2130706433:{p}/",  # decimal
    "http://0x7f000001:{p}/",
    "http://0x7f.0.0.1:{p}/",
    "http://0177.0.0.1:{p}/",
    "http://017700000001:{p}/",
    "http://127.1:{p}/",
    "http://127.0.1:{p}/",
    "http://127.0.0.1.:{p}/",
    "http://127.255.255.254:{p}/",
    "http://0.0.0.0:{p}/",
    "http://0:{p}/",
    "http://[::1]:{p}/",
    "http://[::]:{p}/",
    "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/",
    "http://[64:ff9b::127.0.0.1]:{p}/",  # NAT64
    "http://[2002:7f00:1::]:{p}/",  # 6to4
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{p}/",  # Teredo
    "http://[::127.0.0.1]:{p}/",
    "http://１２７.０.０.１:{p}/",  # full-width
    "http://①②⑦.⓪.⓪.①:{p}/",
    "http://127。0。0。1:{p}/",
    "http://inside.example:{p}/",
    "http://mixed.example:{p}/",
    "http://%31%32%37.0.0.1:{p}/",
    "http://user@127.0.0.1:{p}/",
    "http://example.org@127.0.0.1:{p}/",
    "http://example.org:80@127.0.0.1:{p}/",
    "http://example.org\\@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}\\@example.org/",
    "http://127.0.0.1:{p} /",
    "http://127.0.0.1\t:{p}/",
]
ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data/",  # AWS, Azure, Google
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fd20:ce::254]/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://100.100.100.200/latest/meta-data/",  # Alibaba
    "http://168.63.129.16/machine?comp=goalstate",  # Azure's host
    "http://192.0.0.192/opc/v2/instance/",  # Oracle
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://10.0.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://93.184.216.34:22/",
    "http://93.184.216.34:6379/",
    "http://93.184.216.34:0/",
    "http://93.184.216.34:99999/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "ftp://example.org/",
    "dict://127.0.0.1:11211/stat",
    "data:text/html,x",
    "javascript:alert(1)",
    "//127.0.0.1/",
    "http:///etc/passwd",
    "http://",
    "",
    "127.0.0.1",
    "http://[::1",
    "http://a..b/",
    "http://" + "a" * 9000,
]
RESOLVER = names(
    localhost=["127.0.0.1"],
    inside_example=["127.0.0.1"],
    mixed_example=["93.184.216.34", "127.0.0.1"],
    metadata_google_internal=["169.254.169.254"],
    public_example=["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"],
    fine_example=["93.184.216.34"],
)


async def reach(guard, urls):
    """Return which addresses were fetched, and how each other one failed."""
    reached, failed = [], {}
    for url in urls:
        try:
            await GuardedFetcher(guard).fetch(FetchRequest(url, seconds=5))
            reached.append(url)
        except ToolError as failure:
            failed[url] = failure
    return reached, failed


async def test_no_spelling_reaches_a_server_on_loopback():
    async with local_server(answer(b"secret")) as server:
        urls = [url.replace("{p}", str(server.port)) for url in ON_THE_SERVER]
        reached, failed = await reach(AddressGuard(ports=frozenset({server.port}), resolve=RESOLVER), urls)
        assert (reached, server.connections) == ([], 0)
        assert all(isinstance(failure, AddressRefused) for failure in failed.values()), failed


async def test_the_same_spellings_reach_it_without_the_guard():
    """The negative control: were the guard to judge nothing, the test above would fail."""
    async with local_server(answer(b"secret")) as server:
        plain = [url for url in ON_THE_SERVER if not any(part in url for part in ("127.255", "mixed", "//0", "[", "0.0.0.0"))]
        urls = [url.replace("{p}", str(server.port)) for url in plain]
        reached, _ = await reach(OpenGuard(ports=frozenset({server.port}), resolve=RESOLVER), urls)
        assert len(reached) >= 8
        assert server.connections == len(reached)


@pytest.mark.parametrize("url", ELSEWHERE, ids=lambda url: url[:60])
async def test_bad_addresses_are_refused_before_anything_is_dialled(url):
    with pytest.raises((AddressRefused, FetchFailed)) as refusal:
        await GuardedFetcher(AddressGuard(resolve=RESOLVER)).fetch(FetchRequest(url, seconds=5))
    assert "no connection" not in refusal.value.message
    assert refusal.value.message.endswith(".")


async def test_public_names_are_judged_once_and_their_addresses_returned():
    calls = []

    async def resolve(host, port):
        calls.append(host)
        return await RESOLVER(host, port)

    guard = AddressGuard(resolve=resolve)
    assert await guard.addresses("PUBLIC.example.", 443) == ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
    assert calls == ["public.example"]


async def test_a_name_that_turns_to_loopback_is_refused_when_it_does():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    guard = AddressGuard(resolve=names(turning_example=lambda: next(answers)))
    assert await guard.addresses("turning.example", 80) == ("93.184.216.34",)
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1"):
        await guard.addresses("turning.example", 80)


async def test_an_unknown_name_is_no_refusal():
    with pytest.raises(FetchFailed, match="no address"):
        await AddressGuard(resolve=RESOLVER).addresses("nowhere.example", 80)


async def test_the_operators_list_is_exact():
    guard = AddressGuard(
        ["127.0.0.1:9000", "wiki.local:8090", "[::1]:9001"], resolve=names(wiki_local=["10.1.2.3"], other_local=["10.1.2.3"])
    )
    assert await guard.addresses("127.0.0.1", 9000) == ("127.0.0.1",)
    assert await guard.addresses("Wiki.Local.", 8090) == ("10.1.2.3",)
    assert await guard.addresses("[::1]", 9001) == ("::1",)
    for host, port in [
        ("127.0.0.1", 80),
        ("127.0.0.1", 9001),
        ("localhost", 9000),
        ("wiki.local", 80),
        ("other.local", 8090),
        ("10.1.2.3", 8090),
    ]:
        with pytest.raises((AddressRefused, FetchFailed)):
            await guard.addresses(host, port)


async def test_a_refusal_names_an_entry_that_can_be_written():
    with pytest.raises(AddressRefused) as refusal:
        await AddressGuard().addresses("[::1]", 80)
    entry = refusal.value.message.partition("“")[2].partition("”")[0]
    assert await AddressGuard([entry]).addresses("[::1]", 80) == ("::1",)


async def test_a_listed_name_never_leads_to_metadata():
    guard = AddressGuard(["wiki.local:80"], resolve=names(wiki_local=["169.254.169.254"]))
    with pytest.raises(AddressRefused, match="keep their secrets"):
        await guard.addresses("wiki.local", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "own.example", "0.0.0.0"])
async def test_our_own_server_is_refused_even_when_it_is_listed(host):
    guard = AddressGuard(
        [f"{host}:8700"],
        resolve=names(localhost=["127.0.0.1"], own_example=["93.184.216.34"]),
        owns=lambda each: str(each) == "93.184.216.34",
    )
    await AddressGuard(["127.0.0.1:8700"]).addresses("127.0.0.1", 8700)
    guard.reserve(8700)
    with pytest.raises(AddressRefused, match="this server itself"):
        await guard.addresses(host, 8700)


async def test_this_machines_public_address_is_refused():
    guard = AddressGuard(resolve=RESOLVER, owns=lambda each: str(each) == "93.184.216.34")
    with pytest.raises(AddressRefused):
        await guard.addresses("fine.example", 80)


def test_own_addresses_are_known_by_binding():
    assert is_own(parsed("127.0.0.1"))
    assert not is_own(parsed("93.184.216.34"))


@pytest.mark.parametrize("entry", ["", "host", "host:", "host:0", "host:70000", "http://host:80", "a b:80", "::1:80", "*:80/x", "u@h:80"])
def test_entries_that_are_none_are_refused(entry):
    with pytest.raises(SettingsError, match="host:port"):
        parse_entry(entry)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(text):
    assert is_public(parsed(text))
    assert not is_metadata(parsed(text))


@pytest.mark.parametrize("text", ["fd00:42::42", "::ffff:100.100.100.200", "64:ff9b::a9fe:a9fe", "168.63.129.16", "fe80::1%eth0"])
def test_metadata_addresses(text):
    assert is_metadata(parsed(text))
    assert not is_public(parsed(text))
