"""One large file up and down: how fast beside a plain copy on the same disk, and in what memory.

    python -m benchmarks.storage [--mebibytes 1024] [--folder DIR]

Through the storage itself, on a local disk and, where its package is installed, against rclone's S3
server on the same disk; and over HTTP through a server process of its own, as one upload and one
download. Memory is what the process has grown by at its largest, from right before.
Every local write is on the disk (fsync) when it is done; the plain copy is given the same.
"""

import argparse
import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import httpx2

from boards.adapters.storage.objects import ObjectStorage, open_cloud
from boards.adapters.storage.objects.sources import blocks_of
from boards.adapters.storage.providers import StorageKind, StorageProvider

MEBIBYTE = 2**20
KEY, SECRET = "boards-benchmark-access-key", "boards-benchmark-secret-key"


def grown_to(pid: int | str = "self") -> int:
    """The largest that a process has been since `forget_peak`, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) * 1024


def forget_peak(pid: int | str = "self") -> int:
    """Begin to look for the largest anew; gives what it is now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return grown_to(pid)


def make_file(folder: Path, mebibytes: int) -> Path:
    """A WAV file of noise, which every probe reads by its first bytes."""
    path = folder / "source.wav"
    size = mebibytes * MEBIBYTE - 44
    head = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += b"\x01\x00\x02\x00" + (48000).to_bytes(4, "little") + (192000).to_bytes(4, "little")
    head += b"\x04\x00\x10\x00data" + size.to_bytes(4, "little")
    block = os.urandom(MEBIBYTE)
    with path.open("wb") as file:
        file.write(head)
        left = size
        while left:
            left -= file.write(block[: min(left, MEBIBYTE)])
    return path


def plain_copy(source: Path, target: Path) -> float:
    """Seconds for a copy in the system's own way, on the disk."""
    start = time.perf_counter()
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, MEBIBYTE)
        writing.flush()
        os.fsync(writing.fileno())
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, int]:
    """Seconds, and bytes that this process has grown by."""
    before = forget_peak()
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start, grown_to() - before


async def through(storage: ObjectStorage, source: Path) -> list[tuple[str, float, int]]:
    """Put a stream, and read it as a download does."""
    key = storage.new_key(uuid4(), None, "wav")

    async def arriving() -> AsyncIterator[bytes]:
        async for block in blocks_of(source):
            yield block

    async def put() -> None:
        await storage.put(key, arriving())

    async def read() -> None:
        async for _ in storage.stream(key):
            pass

    rows = [("up", *await timed(put)), ("down", *await timed(read))]
    await storage.delete(key)
    return rows


async def over_http(folder: Path, source: Path, size: int) -> list[tuple[str, float, int]]:
    """One upload and one download, by the server's memory; its caller streams as well."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "BOARDS_DATA_DIR": str(folder / "data"),
        "BOARDS_MAX_UPLOAD_BYTES": str(2 * size),
        "BOARDS_PORT": str(port),
    }
    server = _server(folder, settings)
    rows = []
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=600.0, trust_env=False) as client:
            await _until_up(client)
            before = forget_peak(server.pid)
            start = time.perf_counter()
            made = await asyncio.to_thread(_send, port, source)
            seconds = time.perf_counter() - start
            rows.append(("up", seconds, grown_to(server.pid) - before))
            before = forget_peak(server.pid)
            start = time.perf_counter()
            count = await asyncio.to_thread(_receive, port, made)
            assert count == size
            seconds = time.perf_counter() - start
            rows.append(("down", seconds, grown_to(server.pid) - before))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
    return rows


def _server(folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "boards", "up"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )


def _send(port: int, source: Path) -> str:
    """Upload as a browser does; by the standard library, which takes less than the server."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n"
    )
    tail = b"\r\n--x--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/api/v1/uploads")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(len(head) + source.stat().st_size + len(tail)))
    connection.endheaders()
    connection.send(head)
    with source.open("rb") as file:
        while block := file.read(MEBIBYTE):
            connection.send(block)
    connection.send(tail)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 201, text
    made: str = json.loads(text)["id"]
    return made


def _receive(port: int, generation_id: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", f"/api/v1/generations/{generation_id}/content")
    answer = connection.getresponse()
    count = 0
    while block := answer.read(MEBIBYTE):
        count += len(block)
    return count


async def _until_up(client: httpx2.AsyncClient) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            if (await client.get("/health")).is_success:
                return
        except httpx2.HTTPError:
            if time.monotonic() > end:
                raise
        await asyncio.sleep(0.1)


def rclone(folder: Path) -> tuple[subprocess.Popen[bytes], ObjectStorage] | None:
    """An S3 server on the same disk, where it is installed."""
    program = Path(sys.executable).parent / "rclone"
    if not program.is_file():
        return None
    (folder / "s3" / "bucket").mkdir(parents=True)
    (folder / "rclone.conf").touch()
    port = _free_port()
    command = [
        *(str(program), "--config", str(folder / "rclone.conf"), "serve", "s3"),
        *(str(folder / "s3"), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}"),
    ]
    server = subprocess.Popen(  # noqa: S603 - the program of a locked package
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    options = {
        "bucket": "bucket",
        "endpoint": f"http://127.0.0.1:{port}",
        "access_key_id": KEY,
        "secret_access_key": SECRET,
    }
    return server, open_cloud(StorageProvider(name="s3", kind=StorageKind.S3, options=options))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def measure(folder: Path, mebibytes: int) -> None:
    source = make_file(folder, mebibytes)
    size = source.stat().st_size
    plain_copy(source, folder / "warm")
    copy = plain_copy(source, folder / "copy")
    print(f"| {mebibytes} MiB | MB/s | of a plain copy | more memory, MiB |")
    print("|---|---|---|---|")
    print(f"| plain copy | {size / copy / 1e6:,.0f} | 1 | |")

    def show(where: str, rows: list[tuple[str, float, int]]) -> None:
        for way, seconds, grown in rows:
            speed, share = size / seconds / 1e6, copy / seconds
            print(
                f"| {where}, {way} | {speed:,.0f} | {share:.2f} | {grown / MEBIBYTE:.0f} |",
                flush=True,
            )

    local = ObjectStorage.local(folder / "files")
    show("local disk", await through(local, source))
    found = rclone(folder)
    if found is not None:
        server, storage = found
        try:
            show("S3 (rclone, same disk)", await through(storage, source))
        finally:
            server.terminate()
            server.wait(timeout=20)
    show("HTTP, local disk", await over_http(folder, source, size))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--folder", type=Path, default=None, help="On the disk to be measured.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        asyncio.run(measure(Path(folder), asked.mebibytes))


if __name__ == "__main__":
    main()
