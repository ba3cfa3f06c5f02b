"""A light HTTP client in a process of its own, so that it does not share the server's loop.

    python -m benchmarks.load PORT COUNT CLIENTS     prints one line of JSON with the times

Each client keeps one connection, submits `local-noop`, and waits by long poll until it is done.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

BODY = b'{"generator":"local-noop","inputs":{}}'


class Connection:
    """One kept-alive HTTP/1.1 connection to loopback, and nothing more."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def call(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        lowered = answer.lower()
        start = lowered.index(b"content-length:") + 15
        length = int(lowered[start : lowered.index(b"\r\n", start)])
        content = await self.reader.readexactly(length)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {content[:300]!r}")
        return content


async def client(port: int, left: Iterator[int], times: list[float]) -> None:
    connection = Connection(port)
    await connection.open()
    for _ in left:
        begin = time.perf_counter()
        submitted = json.loads(await connection.call("POST", "/api/v1/generations", BODY))
        path = f"/api/v1/jobs/{submitted['job_id']}?wait=30"
        job = json.loads(await connection.call("GET", path))
        if job["state"] != "done":
            raise RuntimeError(f"{job['state']}: {job}")
        times.append((time.perf_counter() - begin) * 1000)
    connection.writer.close()


async def main(port: int, count: int, clients: int) -> None:
    times: list[float] = []
    left = iter(range(count))
    begin = time.perf_counter()
    await asyncio.gather(*(client(port, left, times) for _ in range(clients)))
    print(json.dumps({"wall": time.perf_counter() - begin, "times": sorted(times)}))


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:4])))
