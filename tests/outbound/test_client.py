import asyncio
import datetime as dt
import gzip
import hashlib
import ssl
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from boards.errors import (
    BoardsError,
    Broken,
    Busy,
    InvalidInput,
    ProviderError,
    Rejected,
    StorageError,
    TimedOut,
    TooLarge,
)
from boards.outbound import GuardedClient
from tests.outbound.conftest import Serve, Served, fixed, names_in

PUBLIC = "93.184.216.34"


class Rerouted(httpcore2.AsyncNetworkBackend):
    """Plays the internet: whatever checked address is dialled, a loopback server answers."""

    def __init__(self) -> None:
        self.dialled: list[str] = []
        self.ports: dict[int, int] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialled.append(host)
        return await httpcore2.AnyIOBackend().connect_tcp(
            "127.0.0.1", self.ports.get(port, port), timeout
        )


def names(**hosts: str):
    async def resolve(host: str, port: int) -> Sequence[str]:
        found = hosts.get(host.partition(".")[0])
        if found is None:
            raise OSError("no such name")
        return found.split(",")

    return resolve


def public_client(**options) -> tuple[GuardedClient, Rerouted]:
    """A client that sees `a.example` and `b.example` at public addresses."""
    dial = Rerouted()
    options.setdefault("resolve", names(a=PUBLIC, b=PUBLIC, inner="10.0.0.1"))
    return GuardedClient(dial=dial, **options), dial


class TestForbiddenTargets:
    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2002:7f00:1::]",
            "[2001:0:7f00:1::]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
        ],
    )
    async def test_a_special_address_is_refused_before_anything_is_dialled(self, host: str) -> None:
        client, dial = public_client()
        async with client:
            with pytest.raises(InvalidInput, match="points to a private address"):
                await client.request("GET", f"http://{host}/latest/meta-data")
        assert dial.dialled == []

    @pytest.mark.parametrize(
        "url",
        [
            "http://2130706433/",
            "http://0x7f000001/",
            "http://017700000001/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://[fe80::1%25eth0]/",
            "file:///etc/passwd",
            "ftp://a.example/",
            "gopher://a.example/",
            "http://me:pw@a.example/",
        ],
    )
    async def test_an_odd_url_is_refused_before_anything_is_dialled(self, url: str) -> None:
        client, dial = public_client()
        async with client:
            with pytest.raises(InvalidInput):
                await client.request("GET", url)
        assert dial.dialled == []

    async def test_the_name_of_this_machine_is_refused(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK"))
        async with GuardedClient() as client:
            with pytest.raises(InvalidInput, match="private address"):
                await client.request("GET", f"http://localhost:{served.port}/")
        assert served.peers == 0

    async def test_a_name_with_a_private_answer_among_public_ones_is_refused(self) -> None:
        client, dial = public_client(resolve=names(mixed=f"{PUBLIC},10.0.0.1"))
        async with client:
            with pytest.raises(InvalidInput) as refusal:
                await client.request("GET", "http://mixed.example/")
        assert dial.dialled == []
        assert "10.0.0.1" not in refusal.value.message
        assert "10.0.0.1" in (refusal.value.detail or "")

    async def test_rebinding_between_check_and_connection_changes_nothing(
        self, serve: Serve
    ) -> None:
        answers = [[PUBLIC], ["127.0.0.1"]]

        async def rebinding(host: str, port: int) -> Sequence[str]:
            return answers.pop(0)

        served = await serve(fixed("200 OK", b"public"))
        client, dial = public_client(resolve=rebinding)
        async with client:
            answer = await client.request("GET", f"http://a.example:{served.port}/")
            with pytest.raises(InvalidInput):
                await client.request("GET", f"http://a.example:{served.port}/")
        assert answer.body == b"public"
        assert dial.dialled == [PUBLIC]

    async def test_an_unknown_host_is_named_in_the_error(self) -> None:
        client, _ = public_client()
        async with client:
            with pytest.raises(Broken, match=r"'https://gone\.example/x' was not found"):
                await client.request("GET", "https://gone.example/x?token=secret")


class TestRequests:
    async def test_the_host_header_stays_the_name(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK"))
        client, dial = public_client()
        async with client:
            await client.request("GET", f"http://a.example:{served.port}/x?y=1")
        assert served.heard[0].startswith("GET /x?y=1 HTTP/1.1\r\n")
        assert f"Host: a.example:{served.port}\r\n" in served.heard[0]
        assert dial.dialled == [PUBLIC]

    async def test_json_goes_out_and_comes_back(self, serve: Serve) -> None:
        served = await serve(fixed("201 Created\nX-Id: 7", b'{"ok":true}'))
        async with GuardedClient(allow=served.allow) as client:
            answer = await client.request(
                "POST", served.url(), json={"a": "ü"}, headers={"Authorization": "Bearer k"}
            )
        assert (answer.status, answer.headers["x-id"], answer.json()) == (201, "7", {"ok": True})
        head = served.heard[0].lower()
        assert "content-type: application/json" in head
        assert "content-length: 14" in head
        assert "authorization: bearer k" in head

    async def test_an_error_status_is_an_answer(self, serve: Serve) -> None:
        served = await serve(fixed("503 Busy", b"later"))
        async with GuardedClient(allow=served.allow) as client:
            answer = await client.request("POST", served.url())
        assert (answer.status, answer.body) == (503, b"later")
        with pytest.raises(Broken, match="not JSON"):
            answer.json()

    async def test_nothing_is_sent_twice_when_the_connection_breaks(self, serve: Serve) -> None:
        async def drop(writer: asyncio.StreamWriter) -> None:
            writer.close()

        served = await serve(drop)
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(Broken) as failure:
                await client.request("POST", served.url(), json={}, buys=True)
        assert len(served.heard) == 1
        assert failure.value.billed is None

    async def test_a_purchase_that_never_left_is_certainly_unbilled(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK"))
        dead = Served(port=1)
        async with GuardedClient(allow=dead.allow | served.allow) as client:
            with pytest.raises(Broken) as failure:
                await client.request("POST", dead.url(), json={}, buys=True)
            assert failure.value.billed is False
            with pytest.raises(Broken) as other:
                await client.request("GET", dead.url())
            assert other.value.billed is None

    async def test_cookies_are_not_kept(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK\nSet-Cookie: session=1; Path=/"))
        async with GuardedClient(allow=served.allow) as client:
            await client.request("GET", served.url())
            await client.request("GET", served.url())
        assert len(served.heard) == 2
        assert "cookie" not in served.heard[1].lower()

    @pytest.mark.parametrize("key", ["abc\r\nX: y", "“sk-abc”"])
    async def test_a_broken_key_is_refused_without_being_repeated(
        self, serve: Serve, key: str
    ) -> None:
        served = await serve(fixed("200 OK"))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(InvalidInput) as refusal:
                await client.request("GET", served.url(), headers={"Authorization": key})
        assert "abc" not in f"{refusal.value} {refusal.value.detail}"
        assert served.heard == []

    async def test_a_head_request_may_announce_more_than_the_limit(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK\nContent-Length: 5000", length=False))
        async with GuardedClient(allow=served.allow, max_bytes=100) as client:
            answer = await client.request("HEAD", served.url())
        assert answer.headers["content-length"] == "5000"


class TestEnvironment:
    async def test_proxies_of_the_environment_are_ignored(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        proxy = await serve(fixed("200 OK", b"proxied"))
        served = await serve(fixed("200 OK", b"direct"))
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password secret\n")
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.setenv("NETRC", str(netrc))
        async with GuardedClient(allow=served.allow) as client:
            answer = await client.request("GET", served.url())
        assert answer.body == b"direct"
        assert proxy.peers == 0
        assert "authorization" not in served.heard[0].lower()

    async def test_secrets_of_a_url_are_not_logged(
        self, serve: Serve, caplog: pytest.LogCaptureFixture
    ) -> None:
        served = await serve(fixed("200 OK"))
        caplog.set_level("INFO")
        async with GuardedClient(allow=served.allow) as client:
            await client.request("GET", served.url("/?key=secret"))
        assert "secret" not in caplog.text


class TestRedirects:
    async def test_a_redirect_to_a_private_address_is_refused(self, serve: Serve) -> None:
        target = await serve(fixed("200 OK", b"inside"))
        served = await serve(fixed(f"302 Found\nLocation: {target.url('/admin?x=secret')}"))
        client, dial = public_client()
        async with client:
            with pytest.raises(InvalidInput, match="private address") as refusal:
                await client.request("GET", f"http://a.example:{served.port}/")
        assert target.peers == 0
        assert dial.dialled == [PUBLIC]
        assert "secret" not in str(refusal.value)

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "gopher://a.example/", "http://me:pw@a.example/", "http://127.1/",
         "http://inner.example/", "//10.0.0.1/"],
    )  # fmt: skip
    async def test_each_hop_is_checked_again(self, serve: Serve, location: str) -> None:
        served = await serve(fixed(f"302 Found\nLocation: {location}"))
        client, dial = public_client()
        async with client:
            with pytest.raises(InvalidInput):
                await client.request("GET", f"http://a.example:{served.port}/")
        assert dial.dialled == [PUBLIC]

    async def test_credentials_do_not_follow_to_another_origin(self, serve: Serve) -> None:
        target = await serve(fixed("200 OK", b"file"))
        served = await serve(fixed(f"302 Found\nLocation: http://b.example:{target.port}/f"))
        client, _ = public_client()
        secrets = {
            "Authorization": "Bearer secret",
            "Cookie": "session=secret",
            "X-API-Key": "secret",
            "xi-api-key": "secret",
            "Proxy-Authorization": "secret",
            "Range": "bytes=0-3",
        }
        async with client:
            url = f"http://a.example:{served.port}/"
            answer = await client.request("GET", url, headers=secrets)
        assert answer.body == b"file"
        assert served.heard[0].count("secret") == 5
        assert "secret" not in target.heard[0]
        assert "range: bytes=0-3" in target.heard[0].lower()
        assert f"Host: b.example:{target.port}" in target.heard[0]

    async def test_another_port_of_the_same_host_is_another_origin(self, serve: Serve) -> None:
        target = await serve(fixed("200 OK"))
        served = await serve(fixed(f"307 Moved\nLocation: http://a.example:{target.port}/"))
        client, _ = public_client()
        async with client:
            url = f"http://a.example:{served.port}/"
            await client.request("GET", url, headers={"Authorization": "secret"})
        assert "secret" not in target.heard[0]

    async def test_credentials_follow_within_an_origin(self, serve: Serve) -> None:
        served = await serve(fixed("302 Found\nLocation: /next"), fixed("200 OK", b"there"))
        async with GuardedClient(allow=served.allow) as client:
            answer = await client.request("GET", served.url(), headers={"Authorization": "key"})
        assert answer.body == b"there"
        assert answer.url == served.url("/next")
        assert "authorization: key" in served.heard[1].lower()

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_a_post_is_never_sent_on(self, serve: Serve, status: int) -> None:
        target = await serve(fixed("200 OK"))
        served = await serve(fixed(f"{status} Moved\nLocation: {target.url()}"))
        async with GuardedClient(allow=served.allow | target.allow) as client:
            answer = await client.request("POST", served.url(), json={})
        assert answer.status == status
        assert target.peers == 0

    async def test_a_circle_of_redirects_ends(self, serve: Serve) -> None:
        served = await serve(fixed("302 Found\nLocation: /again"))
        async with GuardedClient(allow=served.allow, max_redirects=3) as client:
            with pytest.raises(Broken, match="redirects more than 3 times"):
                await client.request("GET", served.url())
        assert len(served.heard) == 4

    async def test_a_redirect_to_nonsense_is_the_servers_fault(self, serve: Serve) -> None:
        served = await serve(fixed("302 Found\nLocation: http://[::1"))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises((Broken, InvalidInput)):
                await client.request("GET", served.url())
        assert len(served.heard) == 1


class TestSizes:
    async def test_an_announced_excess_is_refused_before_reading(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK\nContent-Length: 999999999999", b"", length=False))
        async with GuardedClient(allow=served.allow, max_bytes=1000) as client:
            with pytest.raises(TooLarge, match="1,000 bytes"):
                await client.request("GET", served.url())

    async def test_an_endless_body_without_a_length_is_cut(self, serve: Serve) -> None:
        async def endless(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()

        served = await serve(endless)
        async with GuardedClient(allow=served.allow, max_bytes=1_000_000) as client:
            with pytest.raises(TooLarge):
                await client.request("GET", served.url())

    async def test_an_endless_chunked_body_is_cut(self, serve: Serve) -> None:
        async def endless(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                writer.write(b"10\r\n" + b"x" * 16 + b"\r\n")
                await writer.drain()

        served = await serve(endless)
        async with GuardedClient(allow=served.allow, max_bytes=100_000) as client:
            with pytest.raises(TooLarge):
                await client.request("GET", served.url())

    async def test_a_body_shorter_than_announced_is_broken(
        self, serve: Serve, tmp_path: Path
    ) -> None:
        served = await serve(fixed("200 OK\nContent-Length: 1000", b"short", length=False))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(Broken, match="broke off"):
                await client.download(served.url(), tmp_path / "file")
        assert names_in(tmp_path) == []

    async def test_a_body_longer_than_announced_ends_where_announced(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK\nContent-Length: 5", b"12345" * 100, length=False))
        async with GuardedClient(allow=served.allow) as client:
            answer = await client.request("GET", served.url())
        assert answer.body == b"12345"

    async def test_two_lengths_that_differ_are_broken(self, serve: Serve) -> None:
        head = "200 OK\nContent-Length: 5\nContent-Length: 6"
        served = await serve(fixed(head, b"123456", length=False))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(Broken):
                await client.request("GET", served.url())

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    async def test_a_decompression_bomb_is_cut_at_what_it_unfolds_to(
        self, serve: Serve, encoding: str
    ) -> None:
        zeros = bytes(50_000_000)
        bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
        assert len(bomb) < 100_000
        served = await serve(fixed(f"200 OK\nContent-Encoding: {encoding}", bomb))
        async with GuardedClient(allow=served.allow, max_bytes=1_000_000) as client:
            with pytest.raises(TooLarge):
                await client.request("GET", served.url())

    @pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "compress", "gzip,deflate"])
    async def test_an_encoding_nobody_asked_for_is_broken(
        self, serve: Serve, encoding: str
    ) -> None:
        served = await serve(fixed(f"200 OK\nContent-Encoding: {encoding}", b"x"))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(Broken, match="encoding"):
                await client.request("GET", served.url())

    async def test_gzip_is_decoded(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK\nContent-Encoding: gzip", gzip.compress(b"text")))
        async with GuardedClient(allow=served.allow) as client:
            assert (await client.request("GET", served.url())).body == b"text"

    async def test_a_body_of_exactly_the_limit_is_fine(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK", b"x" * 1000))
        async with GuardedClient(allow=served.allow, max_bytes=1000) as client:
            assert len((await client.request("GET", served.url())).body) == 1000

    async def test_an_endless_head_is_broken(self, serve: Serve) -> None:
        async def endless(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")
                await writer.drain()

        served = await serve(endless)
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(Broken):
                await client.request("GET", served.url())


class TestTimes:
    async def test_a_slow_drip_ends_at_the_total(self, serve: Serve, tmp_path: Path) -> None:
        async def drip(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)

        served = await serve(drip)
        async with GuardedClient(allow=served.allow, total_seconds=0.3) as client:
            with pytest.raises(TimedOut):
                await client.download(served.url(), tmp_path / "file")
        assert names_in(tmp_path) == []

    async def test_silence_ends_at_the_read_timeout(self, serve: Serve) -> None:
        async def silence(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(60)

        served = await serve(silence)
        async with GuardedClient(allow=served.allow, read_seconds=0.1) as client:
            with pytest.raises(TimedOut) as failure:
                await client.request("POST", served.url(), json={}, buys=True)
        assert failure.value.billed is None

    async def test_a_redirect_does_not_start_the_clock_again(self, serve: Serve) -> None:
        async def slowly_on(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.05)
            await fixed("302 Found\nLocation: /on")(writer)

        served = await serve(slowly_on)
        client = GuardedClient(allow=served.allow, total_seconds=0.3, max_redirects=10_000)
        async with client:
            with pytest.raises(TimedOut):
                await client.request("GET", served.url())

    async def test_a_slow_resolver_ends_at_the_connect_timeout(self) -> None:
        async def asleep(host: str, port: int) -> Sequence[str]:
            await asyncio.sleep(60)
            return []

        client, dial = public_client(resolve=asleep, connect_seconds=0.1)
        async with client:
            with pytest.raises(TimedOut) as failure:
                await client.request("POST", "http://a.example/", buys=True)
        assert failure.value.billed is False
        assert dial.dialled == []


class TestDownloads:
    async def test_a_file_arrives_whole_and_hashed(self, serve: Serve, tmp_path: Path) -> None:
        body = bytes(range(256)) * 20_000
        served = await serve(fixed("200 OK\nContent-Type: image/png", body))
        async with GuardedClient(allow=served.allow) as client:
            got = await client.download(served.url("/f?sig=secret"), tmp_path / "f.png")
        assert got.path.read_bytes() == body
        assert got.size == len(body)
        assert got.sha256 == hashlib.sha256(body).hexdigest()
        assert got.content_type == "image/png"
        assert names_in(tmp_path) == ["f.png"]
        assert "secret" not in repr(got)

    @pytest.mark.parametrize(
        ("status", "error"),
        [(404, Rejected), (403, Rejected), (410, Rejected), (429, Busy), (500, Broken),
         (408, Broken), (304, Broken)],
    )  # fmt: skip
    async def test_an_error_status_leaves_no_file(
        self, serve: Serve, tmp_path: Path, status: int, error: type[ProviderError]
    ) -> None:
        served = await serve(fixed(f"{status} Sorry\nRetry-After: 7"))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(error) as failure:
                await client.download(served.url(), tmp_path / "file")
        assert failure.value.provider_code == str(status)
        assert failure.value.billed is (False if error is Busy else None)
        assert names_in(tmp_path) == []

    async def test_an_existing_file_stays_when_the_download_fails(
        self, serve: Serve, tmp_path: Path
    ) -> None:
        kept = tmp_path / "file"
        kept.write_bytes(b"old")
        served = await serve(fixed("200 OK", b"x" * 5000))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(TooLarge):
                await client.download(served.url(), kept, max_bytes=1000)
        assert kept.read_bytes() == b"old"
        assert names_in(tmp_path) == ["file"]

    async def test_a_cancelled_download_leaves_nothing(self, serve: Serve, tmp_path: Path) -> None:
        begun = asyncio.Event()

        async def hang(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 3_000_000)
            await writer.drain()
            begun.set()
            await asyncio.sleep(60)

        served = await serve(hang)
        async with GuardedClient(allow=served.allow) as client:
            task = asyncio.create_task(client.download(served.url(), tmp_path / "file"))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert names_in(tmp_path) == []

    async def test_a_missing_folder_is_a_storage_error(self, serve: Serve, tmp_path: Path) -> None:
        served = await serve(fixed("200 OK", b"x"))
        async with GuardedClient(allow=served.allow) as client:
            with pytest.raises(StorageError):
                await client.download(served.url(), tmp_path / "none" / "file")

    async def test_a_stream_can_be_left_early(self, serve: Serve) -> None:
        served = await serve(fixed("200 OK", b"x" * 5_000_000))
        async with GuardedClient(allow=served.allow) as client:
            async with client.stream(served.url()) as incoming:
                first = await anext(incoming.chunks)
            assert 0 < len(first) < 5_000_000
            async with client.stream(served.url()) as incoming:
                total = sum([len(chunk) async for chunk in incoming.chunks])
        assert total == 5_000_000


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a self-signed certificate; give the server's context and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=pem)


class TestTls:
    async def test_the_certificate_is_checked_against_the_name_not_the_address(
        self, serve: Serve, tmp_path: Path
    ) -> None:
        server, trusting = certificate("a.example", tmp_path)
        asked: list[str | None] = []
        server.sni_callback = lambda _socket, name, _context: asked.append(name)
        served = await serve(fixed("200 OK", b"private"), tls=server)
        client, dial = public_client(tls=trusting)
        async with client:
            answer = await client.request("GET", f"https://a.example:{served.port}/")
            with pytest.raises(Broken, match="certificate"):
                await client.request("GET", f"https://b.example:{served.port}/")
        assert answer.body == b"private"
        assert asked == ["a.example", "b.example"]
        assert dial.dialled == [PUBLIC, PUBLIC]

    async def test_a_certificate_nobody_vouches_for_is_refused(
        self, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server, _ = certificate("a.example", tmp_path)
        # A trust store named by the environment is not used either.
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        served = await serve(fixed("200 OK"), tls=server)
        client, _ = public_client()
        async with client:
            with pytest.raises(Broken, match="certificate"):
                await client.request("GET", f"https://a.example:{served.port}/")
        assert served.heard == []


def test_the_pool_takes_the_guard_as_its_network_backend() -> None:
    """The guard stands on this argument of httpcore2: a release without it must fail here."""
    client = GuardedClient()
    assert type(client._pool._network_backend).__name__ == "PinnedBackend"
    connection = client._pool.create_connection(httpcore2.Origin(b"http", b"a.example", 80))
    assert vars(connection)["_network_backend"] is client._pool._network_backend


def test_every_failure_of_the_libraries_has_a_place_in_our_tree() -> None:
    from boards.outbound.failures import Exchange, our_errors

    families = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException,
                httpcore2.ConnectError, httpx2.DecodingError, ConnectionResetError)  # fmt: skip
    for family in families:
        exchange = Exchange(shown_url="http://h/", deadline=0, max_bytes=1)
        with pytest.raises(BoardsError) as failure, our_errors(exchange):
            raise family("quoted secret")
        assert "secret" not in failure.value.message
