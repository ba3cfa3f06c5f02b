"""The studio in Chromium under the clock: its first load, and a board of a hundred thousand.

    python -m benchmarks.page [--rows 100000] [--seconds 10]

The server is `boards up` over SQLite on the same machine. Pictures are answered by the test itself,
with one small WebP for all: what is measured is the page, not a disk. Scrolling is by the wheel, at
a speed that shows a new screen every half second.
"""

import argparse
import asyncio
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.many import Many, fill
from boards.adapters.db import migrate
from boards.adapters.db.database import connect

SCRIPT = "import sys; from boards.cli.main import main; sys.exit(main(sys.argv[1:]))"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")

FIRST = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  bytes: [...performance.getEntriesByType("navigation"),
          ...performance.getEntriesByType("resource")]
    .filter((one) => !new URL(one.name).pathname.startsWith("/api/"))
    .reduce((sum, one) => sum + one.encodedBodySize, 0),
})"""

FRAMES = """(milliseconds) => new Promise((resolve) => {
  const times = [];
  let last = performance.now();
  const end = last + milliseconds;
  const frame = (now) => {
    times.push(now - last);
    last = now;
    scrollBy(0, innerHeight / 30);
    if (now < end) requestAnimationFrame(frame);
    else resolve(times);
  };
  requestAnimationFrame(frame);
})"""

SHOWN = """() => new Promise((resolve) => {
  const look = () => document.querySelector("[data-status]") ? resolve(performance.now())
    : requestAnimationFrame(look);
  look();
})"""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """`boards up` over what is in a folder; gives its address."""
    command = [sys.executable, "-c", SCRIPT, "up", "--port", "0"]
    settings = {"BOARDS_DATA_DIR": str(folder), "BOARDS_DEFAULT_TENANT_SLUG": "bench"}
    with subprocess.Popen(  # noqa: S603 - this very program
        command,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        found = re.match(r"Boards is at (http://\S+)", process.stdout.readline())
        assert found
        try:
            yield found[1]
        finally:
            process.kill()


async def filled(folder: Path, rows: int) -> Many:
    """A database as `boards up` finds it in its folder."""
    url = f"sqlite:///{folder / 'boards.db'}"
    migrate.upgrade(url)
    database = await connect(url)
    try:
        return await fill(database, rows, of_smaller=0)
    finally:
        await database.close()


def picture() -> bytes:
    """A small WebP, as a thumbnail is one."""
    into = io.BytesIO()
    Image.linear_gradient("L").resize((512, 384)).convert("RGB").save(into, "WEBP")
    return into.getvalue()


def open_page(browser: Browser, address: str, data: bytes) -> Page:
    """A page whose pictures come from here."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def answer(route: Route) -> None:
        route.fulfill(body=data, content_type="image/webp")

    page.route(re.compile(r"/(content|thumbnail)(\?|$)"), answer)
    page.goto(address)
    return page


def heap(page: Page) -> float:
    """What scripts hold, in MB, after everything that can go has gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def measure(address: str, board: str, seconds: float) -> None:
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    data = picture()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path in (("home", "/"), ("board", f"/?board={board}")):
            page = open_page(browser, address + path, data)
            shown = page.evaluate(SHOWN) if name == "board" else None
            page.wait_for_timeout(3000)
            first = page.evaluate(FIRST)
            line = f"{name}: first contentful paint {first['paint']:.0f} ms"
            line += f", {first['bytes'] / 1000:.1f} kB"
            print(line + (f", first tile after {shown:.0f} ms" if shown else ""))
            page.close()
        page = open_page(browser, f"{address}/?board={board}", data)
        page.evaluate(SHOWN)
        page.wait_for_timeout(2000)
        before = heap(page)
        times: list[float] = page.evaluate(FRAMES, seconds * 1000)
        # The display's own interval is 16.7 ms; a frame is late when it misses the next one.
        late = [one for one in times if one > 25]
        times.sort()
        print(
            f"scrolling: {len(times)} frames, median {times[len(times) // 2]:.1f} ms, "
            f"99th percentile {times[int(len(times) * 0.99)]:.1f} ms, {len(late)} late"
        )
        began = time.perf_counter()
        page.keyboard.press("End")
        page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_function(
            '() => Number(document.querySelector(\'ul[aria-label="On this board"] > li:last-child'
            "[data-status]')?.getAttribute('aria-posinset')) > 1000"
        )
        print(f"to the end of the board: {(time.perf_counter() - began) * 1000:.0f} ms")
        print(f"memory: {before:.1f} MB before, {heap(page):.1f} MB after scrolling")
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="boards-page-") as folder:
        began = time.perf_counter()
        many = asyncio.run(filled(Path(folder), chosen.rows))
        print(f"{chosen.rows:,} generations written in {time.perf_counter() - began:.0f} s")
        with server(Path(folder)) as address:
            measure(address, str(many.board.id), chosen.seconds)


if __name__ == "__main__":
    main()
