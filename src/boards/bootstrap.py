"""Composes Boards once: settings in, services out. Nothing else wires parts together."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from boards import __version__
from boards.adapters.db import migrate
from boards.adapters.db.database import connect
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.media.probe import MediaProbe
from boards.adapters.providers.local import BUILT_IN
from boards.adapters.storage.objects import ObjectStorage
from boards.api.app import create_app
from boards.api.services import Services
from boards.domain.access import Actor
from boards.generators.loader import LoadReport, load
from boards.generators.registry import GeneratorRegistry
from boards.outbound.client import GuardedClient
from boards.services.boards import BoardService
from boards.services.clock import SystemClock
from boards.services.generations import GenerationService
from boards.services.generators import GeneratorService
from boards.services.jobs import JobService
from boards.services.notices import Notices
from boards.services.ports import SYSTEM, Database, Limits, Storage
from boards.services.run import RunService
from boards.services.submit import SubmitService
from boards.services.uploads import UploadService
from boards.services.work import RunLimits
from boards.services.worker import Worker
from boards.settings import Settings

__all__ = ["App", "asgi", "open_app"]

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class App:
    """A composed Boards: what the surfaces and the commands work with."""

    settings: Settings
    actor: Actor
    loaded: LoadReport
    registry: GeneratorRegistry
    database: Database
    storage: Storage
    worker: Worker
    generators: GeneratorService
    submit: SubmitService
    generations: GenerationService
    jobs: JobService
    boards: BoardService
    uploads: UploadService


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Open the database, storage and generators, start the worker, and stop it all at the end.

    The caller holds the lock of the data directory. Raises ConfigError for faults in
    `generators.yaml`, StorageError when the database or the files cannot be reached.
    """
    clock = SystemClock()
    scratch = await asyncio.to_thread(_prepare_folders, settings.data_dir)
    registry = GeneratorRegistry()
    loaded = load(registry, settings.generators_config_path, built_in=BUILT_IN)
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(migrate.upgrade, settings.database_url)
        database = await connect(settings.database_url)
        stack.push_async_callback(database.close)
        storage = ObjectStorage.local(settings.data_dir / "files")
        client = await stack.enter_async_context(GuardedClient())
        actor = await database.write(
            lambda tx: tx.accounts.seed_default(
                slug=settings.default_tenant_slug,
                name=settings.default_tenant_slug.capitalize(),
                now=clock.now(),
            ),
            scope=SYSTEM,
        )
        notices = Notices()
        database.listen(notices.publish)
        limits = Limits(total=settings.concurrency, paused=frozenset(settings.paused))
        dispatch = InProcessDispatch()
        media = MediaProbe()
        runs = RunService(
            database=database,
            registry=registry,
            storage=storage,
            media=media,
            client=client,
            clock=clock,
            scratch=scratch,
            limits=RunLimits(lease=settings.lease_seconds, max_starts=settings.max_starts),
        )
        worker = Worker(database=database, runs=runs, dispatch=dispatch, clock=clock, limits=limits)
        generators = GeneratorService(registry=registry)
        generations = GenerationService(database=database, dispatch=dispatch, clock=clock)
        # Alone on this data directory: whatever ran before runs no more.
        await database.write(
            lambda tx: tx.generations.release_leases(now=clock.now()), scope=SYSTEM
        )
        await dispatch.start(worker)
        stack.push_async_callback(dispatch.stop)
        await worker.start()
        stack.push_async_callback(worker.stop, drain_seconds=DRAIN_SECONDS)
        yield App(
            settings=settings,
            actor=actor,
            loaded=loaded,
            registry=registry,
            database=database,
            storage=storage,
            worker=worker,
            generators=generators,
            submit=SubmitService(
                database=database,
                generators=generators,
                dispatch=dispatch,
                clock=clock,
                limits=limits,
            ),
            generations=generations,
            jobs=JobService(database=database, generations=generations, notices=notices),
            boards=BoardService(database=database, clock=clock),
            uploads=UploadService(
                database=database,
                storage=storage,
                media=media,
                clock=clock,
                scratch=scratch,
                max_bytes=settings.max_upload_bytes,
            ),
        )


def asgi(app: App) -> FastAPI:
    """The HTTP surfaces of a composed Boards."""

    async def actor_for(connection: HTTPConnection) -> Actor:  # noqa: ARG001 - nobody signs in
        return app.actor

    services = Services(
        generators=app.generators,
        submit=app.submit,
        generations=app.generations,
        jobs=app.jobs,
        boards=app.boards,
        uploads=app.uploads,
        storage=app.storage,
        actor_for=actor_for,
    )
    return create_app(
        services,
        version=__version__,
        public_url=app.settings.public_url,
        allowed_hosts=app.settings.allowed_hosts,
    )


def _prepare_folders(data_dir: Path) -> Path:
    """Make the data directory and an empty folder for what runs leave behind."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = data_dir / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    return scratch
