"""Composes the whole of Boards, and its HTTP surfaces.

The database decides the rest: on SQLite one process does everything and wakes itself; on
PostgreSQL any number of processes share the work, woken by PgQueuer and NOTIFY.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from fastapi import APIRouter, FastAPI
from starlette.requests import HTTPConnection

from boards import __version__
from boards.adapters.datadir import own_scratch
from boards.adapters.db import revision
from boards.adapters.db.database import connect
from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.dispatch.in_process import InProcessDispatch
from boards.adapters.media.probe import MediaProbe
from boards.adapters.providers import PROVIDERS, Provider
from boards.adapters.providers.declared import Transports, declared_generators, own_generators
from boards.adapters.providers.documents import ProviderDocuments
from boards.adapters.providers.local import BUILT_IN
from boards.adapters.providers.wire import ConfiguredKeys, Connection
from boards.adapters.storage.config import (
    StorageConfig,
    StorageKind,
    StorageProvider,
    read_storage_config,
)
from boards.adapters.storage.objects import ObjectStorage, open_cloud
from boards.adapters.storage.routed import RoutedStorage
from boards.adapters.telemetry.metrics import CONTENT_TYPE, Metrics
from boards.adapters.telemetry.tracing import send_traces
from boards.api.app import create_app
from boards.api.credentials import agent_session_of, credentials_of
from boards.api.mcp.http import router as agent_tools
from boards.api.people import PeopleServices
from boards.api.rates import RateLimits
from boards.api.rest import agents, events, files, metrics, search
from boards.api.rest import reruns as reruns_routes
from boards.api.rest.people import router as people_routes
from boards.api.rest.session import router as session_routes
from boards.api.services import MoneyServices, Services, ShowingServices, TransferServices
from boards.api.web import editor_page
from boards.api.web import router as web_page
from boards.bootstrap.people import people_services
from boards.bootstrap.providers import keyring_of, limits_of
from boards.bootstrap.showing import showing_in
from boards.bootstrap.stories import stories_in
from boards.bootstrap.transfers import transfers_of
from boards.bootstrap.webhooks import callbacks_of, hooks_in, hooks_out
from boards.domain.access import Actor
from boards.domain.spending import Display
from boards.errors import ConfigError
from boards.generators.declared import DeclaredGenerator
from boards.generators.loader import LoadReport, load
from boards.generators.registry import GeneratorRegistry
from boards.outbound.client import GuardedClient
from boards.services.admission import AT_ONCE
from boards.services.agents import AgentService
from boards.services.attention import AttentionService
from boards.services.audit import AuditService
from boards.services.blobs import BlobSweep
from boards.services.boards import BoardService
from boards.services.budgets import BudgetService
from boards.services.caching import ResultCache
from boards.services.callbacks import Callbacks
from boards.services.catalog import CatalogService
from boards.services.chores import Chore, Chores
from boards.services.clock import SystemClock
from boards.services.curation import CurationServices, curation_over
from boards.services.file_links import FileLinks
from boards.services.generations import GenerationService
from boards.services.generators import GeneratorService
from boards.services.health import HealthService
from boards.services.hooks import HookService
from boards.services.jobs import JobService
from boards.services.keyring import KeyRing
from boards.services.keys import KeyService
from boards.services.ledger import LedgerService
from boards.services.lookups import LookupService
from boards.services.notices import Notice, Notices
from boards.services.ports import SYSTEM, Clock, Database, Dispatcher, Limits, Storage, Tx
from boards.services.providers import ProviderService
from boards.services.reconcile import Reconciler
from boards.services.replays import ReplayService
from boards.services.reruns import RerunService
from boards.services.retention import RetentionService
from boards.services.run import RunService
from boards.services.search import SearchService
from boards.services.spending import SpendingService
from boards.services.storage_check import StorageService
from boards.services.storage_links import FileLinkService
from boards.services.stories.services import StoryServices
from boards.services.streams import StreamService
from boards.services.submit import SubmitService
from boards.services.tail import Tail
from boards.services.uploads import UploadService
from boards.services.watching import WatchService
from boards.services.webhooks import WebhookService
from boards.services.work import RunLimits
from boards.services.worker import Worker
from boards.settings import ProviderAddress, Settings, environment

__all__ = [
    "App",
    "Role",
    "asgi",
    "explores",
    "has_workers",
    "open_app",
    "open_catalog",
    "open_storage",
    "upgrade_database",
]

log = structlog.get_logger(__name__)

PROVIDER_SECONDS = 900.0
SIGNED_IN_PER_MINUTE = 3000
VISITORS_PER_MINUTE = 600
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Role(StrEnum):
    """What a process does. The two parts of it can be had apart on PostgreSQL only."""

    ALL = "all"
    """Answers and runs generations."""
    API = "api"
    """Answers, and leaves the runs to others."""
    WORKER = "worker"
    """Runs generations, and answers nobody."""


@dataclass(frozen=True, kw_only=True)
class App:
    """A composed Boards: what the surfaces and the commands work with."""

    settings: Settings
    actor: Actor
    loaded: LoadReport
    registry: GeneratorRegistry
    database: Database
    storage: Storage
    dispatch: Dispatcher
    worker: Worker
    generators: GeneratorService
    submit: SubmitService
    reruns: RerunService
    generations: GenerationService
    attention: AttentionService
    jobs: JobService
    stories: StoryServices
    boards: BoardService
    keeping: StorageService
    file_links: FileLinkService
    curation: CurationServices
    uploads: UploadService
    transfers: TransferServices
    showing: ShowingServices
    money: MoneyServices
    hooks: HookService
    webhooks: WebhookService
    keys: KeyService
    providers: ProviderService
    streams: StreamService
    people: PeopleServices
    agents: AgentService
    metrics: Metrics
    watch: WatchService


@asynccontextmanager
async def open_app(  # noqa: PLR0915 - the one place where all parts are put together
    settings: Settings, *, role: Role = Role.ALL, start_paused: bool = False
) -> AsyncIterator[App]:
    """Open the database, storage and generators, start the role's part, and stop it at the end.

    With `start_paused` every provider is paused before anything runs, until somebody resumes it.
    On SQLite the caller holds the lock of the data directory. Raises ConfigError for faults in
    `generators.yaml` or `storage.yaml` and for a role that SQLite cannot have, StorageError when
    the database or the files cannot be reached.
    """
    clock = SystemClock()
    dsn = asyncpg_dsn(settings.database_url)
    if dsn is None and role is not Role.ALL:
        raise ConfigError(
            "API and workers apart need PostgreSQL, and BOARDS_DATABASE_URL names SQLite, which is "
            "one process's own. Start `boards up`, or name a PostgreSQL."
        )
    registry = GeneratorRegistry()
    keeping = _storage_config(settings)
    async with AsyncExitStack() as stack:
        callbacks = callbacks_of(settings)
        keyring = keyring_of(settings)
        metrics = Metrics()
        if settings.traces_url is not None:
            stack.callback(send_traces(settings.traces_url, version=__version__, role=role))
        connect_to = await _connections(stack, settings, keyring, callbacks, metrics)
        transports = Transports(connect_to)
        loaded = load(
            registry,
            settings.generators_config_path,
            built_in=BUILT_IN,
            declared=lambda: declared_generators(transports),
            own=lambda: own_generators(settings.catalog_folder, transports),
        )
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = stack.enter_context(own_scratch(settings.data_dir))
        await upgrade_database(settings.database_url)
        database = await connect(settings.database_url)
        stack.push_async_callback(database.close)
        storage = _storage(keeping, settings)
        client = await stack.enter_async_context(GuardedClient(allow=_own_network(settings)))
        actor = await database.write(
            lambda tx: tx.accounts.seed_default(
                slug=settings.default_tenant_slug,
                name=settings.default_tenant_slug.capitalize(),
                now=clock.now(),
            ),
            scope=SYSTEM,
        )
        notices = Notices()
        tail = Tail(database=database)
        database.listen(notices.publish)
        database.listen(tail.wake)
        ledger = LedgerService(database=database, clock=clock)
        watch = WatchService(database=database, clock=clock, ledger=ledger, counts=metrics)
        database.listen(watch.saw)
        chores = _forgetting(settings, database, clock)
        limits = limits_of(settings)
        keyring.database = database
        keys = KeyService(
            database=database, sealer=keyring.sealer, clock=clock, providers=tuple(PROVIDERS)
        )
        agent_sessions = AgentService(database=database, clock=clock, usual=settings.agent_budget)
        chores.append(Chore(name="forget_agents", every=_DAY, work=agent_sessions.forget))
        chores.append(Chore(name="examine_ledger", every=_DAY, work=watch.examine))
        chores.append(Chore(name="forget_keys", every=_HOUR, work=keys.forget_unused))
        dispatch = _dispatch(dsn, chores)
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
            links=_file_links(settings, registry),
        )
        reconciler = Reconciler(
            database=database, registry=registry, runs=runs, dispatch=dispatch, clock=clock
        )
        if settings.reconcile_seconds:
            every = timedelta(seconds=settings.reconcile_seconds)
            chores.append(Chore(name="reconcile", every=every, work=reconciler.round))
        worker = Worker(
            database=database,
            runs=runs,
            dispatch=dispatch,
            clock=clock,
            limits=limits,
            capacity=settings.worker_concurrency,
            queues=_queues(settings, registry),
            takes_turns=dsn is not None,
        )
        metrics.ask(streams=lambda: tail.subscriptions, running=lambda: worker.running)
        generators = GeneratorService(registry=registry, keyring=keyring)
        providers = ProviderService(
            database=database,
            registry=registry,
            keyring=keyring,
            clock=clock,
            limits=limits,
            titles={each.name: each.title for each in PROVIDERS.values()},
        )
        if start_paused:
            await providers.pause_everything()
        generations = GenerationService(database=database, dispatch=dispatch, clock=clock)
        curation = curation_over(database, dispatch, clock)
        chores.append(Chore(name="empty_trash", every=_HOUR, work=curation.trash.purge))
        if dsn is None:
            await _take_up(database, dispatch, limits, clock.now())
        await dispatch.start(None if role is Role.API else worker)
        stack.push_async_callback(dispatch.stop)
        if role is not Role.API:
            await worker.start()
            stack.push_async_callback(worker.stop, drain_seconds=settings.drain_seconds)
        if role is not Role.WORKER:
            await _follow(stack, dsn, notices, tail)
        people = await people_services(stack, settings, database, clock, chores)
        uploads = UploadService(
            database=database,
            storage=storage,
            media=media,
            # Without the addresses that providers may have in our own network.
            client=await stack.enter_async_context(GuardedClient()),
            clock=clock,
            scratch=scratch,
            max_bytes=min(
                settings.max_upload_bytes, keeping.max_file_size or settings.max_upload_bytes
            ),
            content_types=keeping.allowed_content_types,
            quota=keeping.quota,
        )
        transfers = transfers_of(
            uploads, registry, chores, max_import_bytes=settings.max_import_bytes
        )
        showing = await showing_in(stack, uploads, registry, media, chores)
        submits = SubmitService(
            database=database,
            generators=generators,
            dispatch=dispatch,
            clock=clock,
            limits=limits,
            here=None if role is Role.API else worker,
            cache=ResultCache(database=database, storage=storage),
            quota=keeping.quota,
        )
        jobs = JobService(database=database, generations=generations, notices=notices)
        reruns = RerunService(database=database, registry=registry, submit=submits, clock=clock)
        database.listen(reruns.hear)
        stack.push_async_callback(reruns.stop)
        chores.append(
            Chore(name="advance_reruns", every=timedelta(seconds=10), work=reruns.advance)
        )
        stories = await stories_in(stack, settings, submits, uploads, jobs, chores)
        sweep = BlobSweep(
            database=database, storage=storage, clock=clock, grace=keeping.keep_unused
        )
        chores.append(Chore(name="sweep_blobs", every=_HOUR, work=sweep.sweep))
        housekeeping = Chores(database=database, clock=clock, chores=chores)
        await housekeeping.start()
        stack.push_async_callback(housekeeping.stop)
        yield App(
            settings=settings,
            actor=actor,
            loaded=loaded,
            registry=registry,
            database=database,
            storage=storage,
            dispatch=dispatch,
            worker=worker,
            generators=generators,
            submit=submits,
            reruns=reruns,
            generations=generations,
            attention=AttentionService(
                database=database, registry=registry, reconciler=reconciler, clock=clock
            ),
            jobs=jobs,
            stories=stories,
            boards=BoardService(database=database, clock=clock),
            keeping=StorageService(
                database=database,
                storage=storage,
                clock=clock,
                quota=keeping.quota,
                grace=keeping.keep_unused,
            ),
            file_links=FileLinkService(
                generations=generations, storage=storage, links=_people_links(settings, dsn)
            ),
            curation=curation,
            uploads=uploads,
            transfers=transfers,
            showing=showing,
            hooks=hooks_in(stack, settings, client, runs, reconciler, callbacks),
            webhooks=await hooks_out(
                stack, settings, database, clock, chores, delivers=role is not Role.API
            ),
            money=MoneyServices(
                budgets=BudgetService(database=database, clock=clock),
                spending=SpendingService(
                    database=database, clock=clock, display=_display(settings)
                ),
                ledger=ledger,
            ),
            keys=keys,
            providers=providers,
            streams=StreamService(database=database, tail=tail),
            people=people,
            agents=agent_sessions,
            metrics=metrics,
            watch=watch,
        )


@asynccontextmanager
async def open_catalog(settings: Settings) -> AsyncIterator[CatalogService]:
    """Open what the commands of the catalogue work with; no database and no files are touched."""
    async with GuardedClient(allow=_own_network(settings)) as client:
        # Nobody's tenant: what is added is there for the whole installation.
        keyring = keyring_of(settings)
        keys = ConfiguredKeys(keyring.names, keyring.configured)

        def connect_to(name: str) -> Connection:
            provider, address = PROVIDERS[name], settings.providers.get(name, ProviderAddress())
            return Connection(
                client=client,
                keys=keys,
                base_url=address.base_url or provider.base_url,
                catalog_url=address.catalog_url or provider.catalog_url,
            )

        yield CatalogService(
            documents=ProviderDocuments(connect_to),
            folder=settings.catalog_folder,
            listing=settings.generators_config_path,
            providers=PROVIDERS.keys(),
        )


def has_workers(settings: Settings) -> bool:
    """Tell whether processes share the work, so that it can be left to workers."""
    return asyncpg_dsn(settings.database_url) is not None


async def upgrade_database(url: str, to: str = "head") -> Path | None:
    """Bring the tables up to date, the queue's on PostgreSQL as well; see `migrate.upgrade`."""
    backup = None
    if to != "head" or not await asyncio.to_thread(revision.is_up_to_date, url):
        # Only here, because Alembic is slow to import and seldom needed: docs/adr/0004.
        from boards.adapters.db import migrate

        backup = await asyncio.to_thread(migrate.upgrade, url, to)
    dsn = asyncpg_dsn(url)
    if dsn is not None:
        with _needs_extra():
            from boards.adapters.dispatch.pgqueuer import install

        await install(dsn)
    return backup


async def _connections(
    stack: AsyncExitStack,
    settings: Settings,
    keys: KeyRing,
    callbacks: Callbacks,
    metrics: Metrics,
) -> Callable[[str], Connection]:
    """How providers are reached: their addresses, and the keys."""
    # A provider may think for minutes before it answers; each call has its own deadline.
    client = await stack.enter_async_context(
        GuardedClient(
            allow=_own_network(settings),
            read_seconds=PROVIDER_SECONDS,
            total_seconds=PROVIDER_SECONDS,
        )
    )

    def connect_to(name: str) -> Connection:
        address = _address(settings, name)
        return Connection(
            client=client,
            keys=keys,
            base_url=address.base_url,
            upload_url=address.upload_url,
            callback=callbacks.of(name),
            meter=metrics,
        )

    return connect_to


def _address(settings: Settings, name: str) -> Provider:
    """A provider at the addresses where it is called."""
    provider, address = PROVIDERS[name], settings.providers.get(name, ProviderAddress())
    return replace(
        provider,
        base_url=address.base_url or provider.base_url,
        upload_url=address.upload_url or provider.upload_url,
    )


def _own_network(settings: Settings) -> frozenset[tuple[str, int]]:
    """The hosts that may be private, because somebody set them as a provider's address."""
    urls = [
        urlsplit(url)
        for address in settings.providers.values()
        for url in (address.base_url, address.upload_url, address.catalog_url)
        if url is not None
    ]
    ports = {"http": 80, "https": 443}
    return frozenset((url.hostname or "", url.port or ports[url.scheme]) for url in urls)


def _display(settings: Settings) -> Display | None:
    """The currency that people asked to see beside USD."""
    if settings.display_currency == "USD":
        return None
    return Display(currency=settings.display_currency, rate=settings.display_rate)


def _file_links(settings: Settings, registry: GeneratorRegistry) -> FileLinks:
    """Addresses of files; without them, those who need them say at the submit what to set."""
    secret = settings.secret_key
    links = FileLinks(
        public_url=settings.public_url,
        secret=None if secret is None else secret.get_secret_value(),
    )
    for generator in registry.list_all():
        if isinstance(generator, DeclaredGenerator):
            generator.no_links = links.missing
    return links


def _people_links(settings: Settings, dsn: str | None) -> FileLinks:
    """Addresses that people give on. Where one process does everything, it may make a secret up:
    what was given out then ends with it at the latest."""
    secret = settings.secret_key
    made_up = token_urlsafe(32) if dsn is None else None
    return FileLinks(
        public_url=settings.public_url,
        secret=made_up if secret is None else secret.get_secret_value(),
    )


def _storage_config(settings: Settings) -> StorageConfig:
    file = settings.storage_config_path
    return StorageConfig() if file is None else read_storage_config(file, environment())


def open_storage(settings: Settings) -> Storage:
    """Open the storage alone, as `storage.yaml` says; ConfigError when that is at fault."""
    return _storage(_storage_config(settings), settings)


def _storage(config: StorageConfig, settings: Settings) -> RoutedStorage:
    def store(provider: StorageProvider) -> ObjectStorage:
        match provider.kind:
            case StorageKind.MEMORY:
                log.warning("files_in_memory", what="All files are lost when this process ends.")
                return ObjectStorage.memory()
            case StorageKind.LOCAL:
                return ObjectStorage.local(provider.path or settings.data_dir / "files")
        return open_cloud(provider)

    stores = {provider.name: store(provider) for provider in config.providers}
    return RoutedStorage(stores, default=config.provider.name, rules=config.rules)


def _queues(settings: Settings, registry: GeneratorRegistry) -> frozenset[str]:
    """The providers whose runs this process takes on. ConfigError for one that no generator has."""
    known = {generator.provider for generator in registry.list_all()}
    for name in settings.worker_queues:
        if name not in known:
            raise ConfigError(
                f"There is no queue {name!r}: no generator here is of that provider. There are "
                f"{', '.join(sorted(known))}."
            )
    return frozenset(settings.worker_queues)


async def _take_up(database: Database, dispatch: Dispatcher, limits: Limits, now: datetime) -> None:
    """Alone on this data directory: whatever ran before runs no more, and no message is under
    way, so nothing has to wait for its lease or for the sweep."""

    def work(tx: Tx) -> tuple[UUID, ...]:
        tx.generations.release_leases(now=now)
        admitted = tx.generations.admit(limits, now=now, at_most=AT_ONCE)
        return *admitted, *tx.generations.unclaimed(admitted_before=now, now=now)

    await dispatch.enqueue(await database.write(work, scope=SYSTEM))


def _forgetting(settings: Settings, database: Database, clock: Clock) -> list[Chore]:
    """The chores that keep tables from growing without end."""
    retention = RetentionService(
        database=database, clock=clock, keep_events=timedelta(days=settings.keep_events_days)
    )
    audit = AuditService(database=database, clock=clock)
    replays = ReplayService(database=database, clock=clock)
    return [
        Chore(name="forget_events", every=_HOUR, work=retention.forget_events),
        Chore(name="forget_replays", every=_HOUR, work=replays.forget),
        Chore(name="forget_audit", every=_HOUR, work=audit.forget),
    ]


def _dispatch(dsn: str | None, chores: list[Chore]) -> Dispatcher:
    """The dispatch for the database, and the chores that it brings."""
    if dsn is None:
        return InProcessDispatch()
    with _needs_extra():
        from boards.adapters.dispatch.pgqueuer import PgQueuerDispatch

    queue = PgQueuerDispatch(dsn=dsn)
    chores.append(Chore(name="tidy_queue", every=_MINUTE, work=queue.tidy))
    return queue


async def _follow(stack: AsyncExitStack, dsn: str | None, notices: Notices, tail: Tail) -> None:
    """Wake who waits for what other processes do, and serve streams."""
    await tail.start()
    stack.push_async_callback(tail.stop)
    if dsn is None:
        return
    with _needs_extra():
        from boards.adapters.events.postgres import PostgresEvents

    def tell(notice: Notice) -> None:
        notices.tell(notice)
        tail.tell(notice)

    events = PostgresEvents(dsn=dsn, tell=tell)
    await events.start()
    stack.push_async_callback(events.stop)


@contextmanager
def _needs_extra() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        message = "PostgreSQL needs more packages: pip install 'boards-studio[postgres]'"
        raise ConfigError(message) from error


def _rates(settings: Settings) -> RateLimits:
    """How often people may ask; on a machine of one's own as often as one likes."""
    alone = settings.auth_provider == "none"

    def chosen(value: int | None, otherwise: int) -> int:
        return (0 if alone else otherwise) if value is None else value

    return RateLimits(
        signed_in=chosen(settings.rate_per_minute, SIGNED_IN_PER_MINUTE),
        visitors=chosen(settings.visitor_rate_per_minute, VISITORS_PER_MINUTE),
    )


def explores(settings: Settings) -> bool:
    """Whether GraphQL tells its schema and serves its editor: on a machine of one's own, unless it
    was said otherwise."""
    said = settings.graphql_explorer
    return settings.auth_provider == "none" if said is None else said


def _for_others(app: App) -> Iterator[APIRouter]:
    # Only here, because it takes as long to import as a quick command takes to run.
    from boards.api.graphql.router import router as graphql

    yield agent_tools(__version__)
    tells = explores(app.settings)
    yield graphql(
        LookupService(database=app.database),
        app.streams,
        introspection=tells,
        editor=editor_page() if tells else None,
    )
    # Last: it answers every path that is nobody else's.
    yield web_page()


def asgi(app: App, *, is_own: bool = False) -> FastAPI:
    """The HTTP surfaces of a composed Boards.

    With `is_own` only this process can reach them, as a command does that has the data directory to
    itself; so whoever shows no credential is the administrator of the machine, and what only
    browsers and other programs speak is left out.
    """
    needs_none = is_own or app.settings.auth_provider == "none"

    async def actor_for(connection: HTTPConnection) -> Actor:
        credentials = credentials_of(connection)
        if needs_none and credentials.bearer is None:
            actor = replace(app.actor, origin=credentials.origin)
        else:
            actor = await app.people.sign_in.actor_for(credentials)
        session = agent_session_of(connection)
        return actor if session is None else await app.agents.join(actor, session)

    async def counted() -> bytes:
        standing = await app.watch.look()
        return app.metrics.render(standing.figures, standing.at)

    services = Services(
        generators=app.generators,
        submit=app.submit,
        generations=app.generations,
        attention=app.attention,
        jobs=app.jobs,
        stories=app.stories,
        boards=app.boards,
        curation=app.curation,
        uploads=app.uploads,
        transfers=app.transfers,
        showing=app.showing,
        money=app.money,
        hooks=app.hooks,
        webhooks=app.webhooks,
        keys=app.keys,
        providers=app.providers,
        storage=app.storage,
        keeping=app.keeping,
        file_links=app.file_links,
        actor_for=actor_for,
        people=app.people,
        health=HealthService(database=app.database, storage=app.storage, dispatch=app.dispatch),
    )
    return create_app(
        services,
        version=__version__,
        public_url=app.settings.public_url,
        allowed_hosts=app.settings.allowed_hosts,
        allowed_origins=app.settings.allowed_origins,
        rates=_rates(app.settings),
        meter=app.metrics,
        routers=(
            events.router(app.streams),
            agents.router(app.agents),
            search.router(SearchService(database=app.database)),
            reruns_routes.router(app.reruns),
            files.router(app.file_links.links, app.storage),
            metrics.router(counted, CONTENT_TYPE),
            people_routes,
            session_routes,
            *(() if is_own else _for_others(app)),
        ),
    )
