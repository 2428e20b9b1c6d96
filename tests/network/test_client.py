import asyncio
import gzip
import ssl
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from artelier.domain.errors import AddressRefused, FetchFailed
from artelier.network.client import GuardedFetcher
from artelier.network.guard import AddressGuard
from artelier.ports.web import FetchRequest
from local_web import answer, local_server, names


def fetcher(*servers):
    return GuardedFetcher(AddressGuard(f"127.0.0.1:{server.port}" for server in servers))


async def fetch(server, path="/", **more):
    return await fetcher(server).fetch(FetchRequest(f"http://127.0.0.1:{server.port}{path}", **{"seconds": 10, **more}))


async def test_a_page_comes_with_its_type_and_charset():
    async with local_server(answer(b"<p>hi", content_type='Text/HTML; Charset="KOI8-R"', Retry_After="7")) as server:
        page = await fetch(server, "/a?b=1#part")
    assert (page.status, page.media_type, page.charset, page.content) == (200, "text/html", "koi8-r", b"<p>hi")
    assert (page.url, page.truncated, page.retry_after) == (f"http://127.0.0.1:{server.port}/a?b=1", False, 7.0)
    assert server.heads[0].startswith(b"GET /a?b=1 HTTP/1.1\r\n")


async def test_redirects_are_followed_and_judged_each():
    async with local_server(lambda head: answer(b"end") if b"/end" in head else answer(status="302 Found", Location="/end")) as server:
        assert (await fetch(server, "/begin")).content == b"end"


async def test_a_redirect_that_is_not_followed_is_the_answer():
    async with local_server(answer(status="302 Found", Location="/end")) as server:
        assert (await fetch(server, max_redirects=0)).status == 302


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "http://user:word@93.184.216.34/",
        "http://127.0.0.1:1/",
        "//127.0.0.1:2/",
        "gopher://x/",
        "http://[::1]/",
    ],
)
async def test_redirects_to_bad_addresses_are_refused(target):
    async with local_server(answer(status="301 Moved", Location=target)) as server:
        with pytest.raises(AddressRefused):
            await fetch(server)
        assert server.connections == 1


async def test_a_loop_of_redirects_ends():
    async with local_server(answer(status="307 Again", Location="/again")) as server:
        with pytest.raises(FetchFailed, match="more than 5 redirects"):
            await fetch(server)
        assert server.connections == 6


async def test_secrets_stay_with_their_origin():
    headers = (("Authorization", "Bearer x"), ("Cookie", "a=b"), ("Accept-Language", "ru"))
    async with local_server(answer(b"end")) as other:
        there = answer(status="302 Found", Location=f"http://127.0.0.1:{other.port}/", Set_Cookie="s=1; Path=/")
        async with local_server(lambda head: there if b"/out" in head else answer(status="302 Found", Location="/out")) as server:
            await fetcher(server, other).fetch(FetchRequest(f"http://127.0.0.1:{server.port}/", headers=headers))
    assert all(b"Bearer x" in head and b"Cookie: a=b" in head for head in server.heads)
    assert len(server.heads) == 2
    (head,) = other.heads
    assert b"Bearer" not in head
    assert b"Cookie" not in head
    assert b"Accept-Language: ru" in head


async def test_the_environments_proxy_is_not_used(monkeypatch):
    async with local_server(answer(b"proxied")) as proxy, local_server(answer(b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await fetch(server)).content == b"direct"
        assert proxy.connections == 0


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "bare"])
async def test_bodies_are_decompressed(encoding):
    text = b"many words " * 20_000
    bare = zlib.compressobj(wbits=-15)
    body = {"gzip": gzip.compress(text), "deflate": zlib.compress(text), "bare": bare.compress(text) + bare.flush()}[encoding]
    async with local_server(answer(body, Content_Encoding=encoding.replace("bare", "deflate"))) as server:
        assert (await fetch(server)).content == text


async def test_a_bomb_is_cut_after_decompression():
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 1)
    async with local_server(answer(bomb, Content_Encoding="gzip")) as server:
        page = await fetch(server, max_bytes=100_000, seconds=20)
    assert (len(page.content), page.truncated) == (100_000, True)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x" * 300])
async def test_encodings_nobody_asked_for_are_refused(encoding):
    async with local_server(answer(b"1234", Content_Encoding=encoding)) as server:
        with pytest.raises(FetchFailed, match="compressed"):
            await fetch(server)


async def test_broken_compression_is_told():
    async with local_server(answer(b"not gzip at all", Content_Encoding="gzip")) as server:
        with pytest.raises(FetchFailed, match="broken"):
            await fetch(server)


async def test_a_slow_drip_is_ended_by_the_deadline():
    gone = asyncio.Event()

    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.wait_for(reader.read(1), 0.02)
                break
        except TimeoutError:
            pass
        await reader.read()
        gone.set()

    async with local_server(lambda _: drip) as server:
        with pytest.raises(FetchFailed, match=r"within 0\.3 s"):
            await fetch(server, seconds=0.3)
        await asyncio.wait_for(gone.wait(), 5)


async def test_only_the_types_asked_for_are_read():
    async with local_server(answer(b"\x00" * 100, content_type="video/mp4")) as server:
        with pytest.raises(FetchFailed, match="video/mp4"):
            await fetch(server, media_types=("text/", "+json"))
    async with local_server(answer(b"{}", content_type="application/problem+json")) as server:
        assert (await fetch(server, media_types=("text/", "+json"))).content == b"{}"


@pytest.mark.parametrize(
    "garbage", [b"\x00\x01\x02\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000, b""]
)
async def test_what_is_no_http_is_told(garbage):
    async def say(reader, writer):
        writer.write(garbage)
        writer.close()

    async with local_server(lambda _: say) as server:
        with pytest.raises(FetchFailed):
            await fetch(server)


async def test_nobody_at_home_is_told():
    async with local_server(b"") as server:
        pass
    with pytest.raises(FetchFailed, match="no connection"):
        await fetch(server)


def own_certificate(folder, name):
    """Return the TLS context of a server whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=9))
    certificate = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    file = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


async def test_certificates_are_verified_under_the_name_asked_for(tmp_path):
    asked = []
    context = own_certificate(tmp_path, "inside.example")
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    guard = AddressGuard([f"inside.example:{port}"], resolve=names(inside_example=["127.0.0.1"]))
    with pytest.raises(FetchFailed, match="certificate is not valid"):
        await GuardedFetcher(guard).fetch(FetchRequest(f"https://inside.example:{port}/"))
    server.close()
    assert asked == ["inside.example"]
