"""A studio that asks its providers to call back, behind the real guard and the real route."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx2

from boards.adapters.hooks import CALL_BACK, make_readers
from boards.api.app import create_app
from boards.api.services import Services
from boards.domain.generations import Generation
from boards.outbound.client import GuardedClient
from boards.services.callbacks import Callbacks
from boards.services.hooks import HookService
from boards.testing.lab import Lab
from boards.testing.lab.server import HOOK_SECRETS
from tests.providers.conftest import studio_at
from tests.providers.samples import SAMPLES, Sample
from tests.services.studio import Studio

__all__ = ["CALLBACKS", "HOOKED", "PUBLIC_URL", "Hooked", "open_hooked"]

PUBLIC_URL = "https://boards.example"
CALLBACKS = Callbacks(
    public_url=PUBLIC_URL, secret="a secret of thirty-two characters", providers=CALL_BACK
)
HOOKED = [each for each in SAMPLES if each.provider in CALL_BACK]
"""The transports that ask for a call."""
PATIENT = 600.0
"""Seconds between two looks: in such a studio nothing but a hook ends a job."""


@dataclass(kw_only=True)
class Hooked:
    """The studio, its lab, and what a provider reaches of it."""

    studio: Studio
    lab: Lab
    service: HookService
    http: httpx2.AsyncClient

    def be_patient(self) -> None:
        """Look once, and then only when somebody says so."""
        for generator in self.studio.registry.list_all():
            cast(Any, generator).poll_every = PATIENT

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """What the lab sends by."""
        answer = await self.http.post(url, headers=dict(headers), content=body)
        return answer.status_code

    async def generation(self, job_id: UUID) -> Generation:
        view = await self.studio.jobs.get(self.studio.actor, job_id)
        return view.generations[0]

    async def ask(self, sample: Sample) -> UUID:
        inputs: dict[str, Any] = dict(sample.inputs)
        return await self.studio.ask(sample.generator, **inputs)


@asynccontextmanager
async def open_hooked(lab: Lab, client: GuardedClient, folder: Path) -> AsyncIterator[Hooked]:
    """Open a studio that is called back by the lab, without a network between them."""
    async with studio_at(lab, client, folder, callbacks=CALLBACKS) as studio:
        service = HookService(
            database=studio.database,
            registry=studio.registry,
            runs=studio._runs(),
            reconciler=studio.reconciler,
            dispatch=Through(studio),
            clock=studio.clock,
            callbacks=CALLBACKS,
            readers=make_readers(client, secrets=HOOK_SECRETS, keys_at=f"{lab.url}/fal-rest"),
        )
        services = cast(Services, SimpleNamespace(hooks=service))
        app = create_app(services, version="1", public_url=PUBLIC_URL)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
            opened = Hooked(studio=studio, lab=lab, service=service, http=http)
            lab.hooks.post = opened.post
            yield opened
            await service.stop()


class Through:
    """The dispatch of whichever process the studio has now."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    async def enqueue(self, ids: Any) -> None:
        await self._studio.dispatch.enqueue(ids)

    async def cancel(self, generation_id: UUID) -> None:
        await self._studio.dispatch.cancel(generation_id)

    async def look(self, generation_id: UUID) -> None:
        await self._studio.dispatch.look(generation_id)
