"""A real server with the built page, and a real Chromium to look at it with."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tools.web import is_current

ROOT = Path(__file__).resolve().parents[2]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCRIPT = "import sys; from boards.cli.main import main; sys.exit(main(sys.argv[1:]))"
GENERATORS = """\
generators:
  - class: boards.adapters.providers.local.poster:LocalPoster
  - class: boards.adapters.providers.local.edit:LocalEdit
  - class: boards.adapters.providers.local.collage:LocalCollage
  - class: boards.adapters.providers.local.noop:LocalNoop
  - class: boards.adapters.providers.local.slideshow:LocalSlideshow
  - class: tests.cli.makers:Priced
  - class: tests.cli.makers:Unpriced
  - class: tests.cli.makers:Coy
  - class: tests.cli.makers:Broken
"""

expect.set_options(timeout=20_000)


@contextmanager
def running_server(home: Path, **more: str) -> Iterator[str]:
    """Start `boards up` on a free port, with `more` in its environment; gives its address. It ends
    with the block."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "generators.yaml").write_text(GENERATORS)
    settings = {name: text for name, text in os.environ.items() if not name.startswith("BOARDS_")}
    log = home / "errors.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "up", "--port", "0"],
            cwd=home,
            env={
                **settings,
                "PYTHONPATH": str(ROOT),
                "BOARDS_DATA_DIR": str(home / "data"),
                "BOARDS_GENERATORS_CONFIG_PATH": str(home / "generators.yaml"),
                **more,
            },
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = re.match(r"Boards is at (http://\S+)", process.stdout.readline())
            assert found, log.read_text()
            yield found[1]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Where there is none, or no page to show in it, these tests say NOT RUN."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        pytest.skip("NOT RUN: there is no Chromium; `make browser` installs it")
    if not is_current():
        pytest.skip("NOT RUN: the page is not built from these sources; `make web` builds it")
    with sync_playwright() as playwright:
        # Its sandbox does not start for root, as whom containers run tests.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page that may not fail in a script, break its content policy or leave its origin."""
    faults: list[str] = []
    contexts = []

    def make(address: str, *, width: int = 1280, height: int = 900, path: str = "/") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        contexts.append(context)
        page = context.new_page()

        def check(request: Request) -> None:
            if not request.url.startswith((address, "blob:")):
                faults.append(f"asked {request.url}")

        page.on("request", check)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: (
                faults.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        page.goto(address + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def board(server: str) -> str:
    """A board of its own; gives its id."""
    answer = httpx2.post(f"{server}/api/v1/boards", json={"title": "Test wall"})
    return str(answer.raise_for_status().json()["id"])
