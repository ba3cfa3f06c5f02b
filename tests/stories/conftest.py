"""A storyboard studio over HTTP: real services on SQLite, a painter that pretends to be paid."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import Field
from starlette.requests import HTTPConnection

from boards.adapters.workspaces.folder import FolderWorkspaces
from boards.adapters.workspaces.memory import MemoryWorkspaces
from boards.adapters.workspaces.sheet import contact_sheet
from boards.adapters.workspaces.stored import StoredWorkspaces
from boards.api.app import create_app
from boards.api.services import Services
from boards.domain.access import Actor
from boards.generators.base import BaseGenerator
from boards.services.ports import Storage
from boards.services.ports.stories import WorkspaceForm
from boards.services.stories.planning import Defaults
from boards.services.stories.services import StoryServices, stories_over
from boards.services.stories.themes import read_shelf
from boards.testing.generators import FakeInput, FakePaid
from tests.services.studio import Studio, open_studio

BASE = "http://localhost:8088"
API = "/api/v1/workspace"


class ShapedInput(FakeInput):
    aspect_ratio: Literal["1:1", "9:16", "16:9"] = "1:1"
    seed: int | None = Field(default=None, ge=0, le=99_999)


class Painter(FakePaid):
    """Images at $0.04, each with its own seed."""

    description = "Pretends to paint"

    def get_input_schema(self) -> type[FakeInput]:
        return ShapedInput

    def fail(self, *outcomes: BaseException) -> None:
        """Let the next calls fail."""
        self._outcomes += outcomes

    @property
    def shaped(self) -> list[ShapedInput]:
        """What was asked for."""
        return cast(list[ShapedInput], self.inputs)


@dataclass(kw_only=True)
class Reel:
    """One story, over HTTP. `painter` is what makes its pictures."""

    studio: Studio
    stories: StoryServices
    memory: MemoryWorkspaces
    painter: Painter
    http: httpx2.AsyncClient
    root: Path
    slug: str = "reel"
    form: str = "folder"
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    acting: list[Actor] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / str(self.studio.actor.tenant_id) / self.slug

    async def ask(
        self, method: str, path: str, *, status: int = 200, slug: str | None = None, **more: Any
    ) -> Any:
        """Ask for something of the story; the answer must have the status."""
        answer = await self.http.request(method, f"{API}/{slug or self.slug}{path}", **more)
        assert answer.status_code == status, answer.text
        if not answer.content:
            return None
        return answer.json() if "json" in answer.headers["content-type"] else answer.content

    async def begin(self, *scenes: str, form: str = "folder", **more: Any) -> Any:
        """Make the story with a card for each scene."""
        cards = [{"kind": "overlay", "scene": scene} for scene in scenes]
        body = {
            "slug": self.slug,
            "form": form,
            "git": False,
            "storyboard": {"title": "Night train", "cards": cards, **more},
        }
        answer = await self.http.post(API, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def job(self, job_id: str, *, wait: float = 20) -> Any:
        return await self.ask("GET", f"/jobs/{job_id}?wait={wait}")

    async def generate(self, path: str = "/cards/1/generate", **body: Any) -> Any:
        """Have takes made and wait for them."""
        started = await self.ask("POST", path, status=202, json=body)
        job = await self.job(started["job_id"])
        assert job["state"] in ("done", "failed"), job
        return job

    async def takes(self, card: int = 1) -> list[str]:
        found = await self.ask("GET", f"/cards/{card}/takes")
        return [one["file"] for one in found["takes"]]

    async def edit(self, **changes: Any) -> Any:
        """Change parts of the storyboard."""
        story = await self.ask("GET", "")
        body = {
            "revision": story["revision"],
            "storyboard": {**story["storyboard"], **changes},
        }
        return await self.ask("PUT", "", json=body)

    async def upload(
        self, path: str, data: bytes, *, field: str = "file", status: int = 201, **fields: str
    ) -> Any:
        files: Sequence[Any] = [(field, ("photo.png", data, "application/octet-stream"))]
        return await self.ask("POST", path, status=status, data=fields, files=files)


def stories_of(studio: Studio, root: Path, *, image: str | None) -> tuple[Any, MemoryWorkspaces]:
    """The services of the studio over those of the harness."""
    storage, clock = studio.storage, studio.clock
    memory = MemoryWorkspaces(storage=storage, clock=clock)
    forms: Mapping[WorkspaceForm, Any] = {
        WorkspaceForm.FOLDER: FolderWorkspaces(root=root, storage=storage),
        WorkspaceForm.MEMORY: memory,
        WorkspaceForm.STORAGE: StoredWorkspaces(
            database=studio.database, storage=storage, clock=clock
        ),
    }
    stories = stories_over(
        forms=forms,
        default_form=WorkspaceForm.FOLDER,
        shelf=read_shelf(),
        defaults=Defaults(image=image),
        submits=studio.submit,
        uploads=studio.uploads,
        jobs=studio.jobs,
        draw=contact_sheet,
        held=memory.held,
        forget_unused=memory.forget_unused,
    )
    return stories, memory


@lru_cache
def surface() -> FastAPI:
    """The HTTP surface, which takes longer to make than a test to run; of one reel at a time."""
    return create_app(cast(Services, None), version="1")


async def open_reel(
    stack: AsyncExitStack,
    folder: Path,
    painter: Painter,
    *,
    image: str | None = "painter",
    storage: Storage | None = None,
    more: Sequence[BaseGenerator] = (),
    url: str | None = None,
) -> Reel:
    """Open a studio with a worker, and its HTTP surface; with a `storage` that outlives it."""
    url = url or f"sqlite:///{folder / 'boards.db'}"
    studio = await stack.enter_async_context(open_studio(url, folder, [painter, *more]))
    studio.storage = storage or studio.storage
    await stack.enter_async_context(studio.process())
    root = folder / "workspaces"
    stories, memory = stories_of(studio, root, image=image)
    acting = [studio.actor]

    async def actor_for(_: HTTPConnection) -> Actor:
        return acting[0]

    services = SimpleNamespace(
        stories=stories,
        uploads=studio.uploads,
        storage=studio.storage,
        submit=studio.submit,
        jobs=studio.jobs,
        boards=studio.boards,
        actor_for=actor_for,
    )
    app = surface()
    app.state.services = services
    http = await stack.enter_async_context(
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE)
    )
    return Reel(
        studio=studio,
        stories=stories,
        memory=memory,
        painter=painter,
        http=http,
        root=root,
        acting=acting,
    )


@pytest.fixture
def gate() -> asyncio.Event:
    """Set, so that the painter paints; clear it to hold every call."""
    event = asyncio.Event()
    event.set()
    return event


@pytest.fixture
def painter(gate: asyncio.Event) -> Painter:
    return Painter(price=Decimal("0.04"), gate=gate, name="painter")


@pytest.fixture
async def reel(tmp_path: Path, painter: Painter) -> AsyncIterator[Reel]:
    async with AsyncExitStack() as stack:
        yield await open_reel(stack, tmp_path, painter)
