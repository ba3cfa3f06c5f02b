"""A whole Boards whose people sign in, in this process, with browsers and programs to reach it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from boards.bootstrap import App, asgi, open_app
from boards.domain.access import TenantRole
from boards.settings import load_settings

BASE = "http://127.0.0.1:8088"
PASSWORD = "correct horse battery"
GENERATORS = """\
generators:
  - class: boards.adapters.providers.local.noop:LocalNoop
"""


@dataclass(kw_only=True)
class Running:
    """The composed application, and what tests ask of it."""

    app: App
    asgi: Any
    base: str = BASE

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        """Keeps cookies and says where it comes from, as a page of ours does."""
        return self.program(origin=self.base, **headers)

    def program(self, **headers: str) -> httpx2.AsyncClient:
        """Says nothing that it is not told to say."""
        transport = httpx2.ASGITransport(app=self.asgi, client=("192.0.2.7", 1234))
        return httpx2.AsyncClient(transport=transport, base_url=self.base, headers=headers)

    async def add(self, email: str, *, role: TenantRole = TenantRole.MEMBER) -> str:
        """Let somebody in; gives the text of their link."""
        added = await self.app.people.accounts.add(
            self.app.actor, self.app.actor.tenant_id, email, role
        )
        assert added.link is not None
        return added.link.text

    async def person(
        self, email: str, *, role: TenantRole = TenantRole.MEMBER, password: str = PASSWORD
    ) -> httpx2.AsyncClient:
        """Somebody who has signed in."""
        browser = self.browser()
        answer = await browser.post(
            "/api/v1/session/link/use",
            json={"link": await self.add(email, role=role), "password": password},
        )
        assert answer.status_code == 204, answer.text
        return browser


@asynccontextmanager
async def running(
    folder: Path, template: Path, *, base: str = BASE, **settings: str
) -> AsyncIterator[Running]:
    """Open an application with these settings, given without their prefix."""
    data = folder / "data"
    data.mkdir(parents=True)
    shutil.copyfile(template, data / "boards.db")
    (folder / "generators.yaml").write_text(GENERATORS)
    environ = {
        "HOME": str(folder),
        "BOARDS_DATA_DIR": str(data),
        "BOARDS_GENERATORS_CONFIG_PATH": str(folder / "generators.yaml"),
        **{f"BOARDS_{name.upper()}": value for name, value in settings.items()},
    }
    async with open_app(load_settings(environ, cwd=folder)) as app:
        yield Running(app=app, asgi=asgi(app), base=base)
