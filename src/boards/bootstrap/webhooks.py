"""Composes webhooks: who is asked to call back, what takes calls in, and what tells others."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from pydantic import JsonValue

from boards.adapters.hooks import CALL_BACK, make_readers
from boards.adapters.providers import PROVIDERS
from boards.api.links import Links
from boards.api.shapes.jobs import job_shape
from boards.bootstrap.providers import sealer_of
from boards.outbound.client import GuardedClient
from boards.services.callbacks import Callbacks
from boards.services.chores import Chore
from boards.services.courier import Courier
from boards.services.hooks import HookService
from boards.services.jobs import JobView
from boards.services.ports import Clock, Database
from boards.services.reconcile import Reconciler
from boards.services.run import RunService
from boards.services.webhooks import WebhookService
from boards.settings import ProviderAddress, Settings

__all__ = ["callbacks_of", "hooks_in", "hooks_out"]

log = structlog.get_logger(__name__)


def callbacks_of(settings: Settings) -> Callbacks:
    """Who is asked to call back: nobody whose webhooks could not be verified, and at an address
    without TLS only a provider that is itself called elsewhere than at its own, such as the lab."""
    secret = settings.secret_key
    if settings.public_url is not None and secret is None:
        log.warning("no_webhooks", what="Set BOARDS_SECRET_KEY to have providers call back.")
    safe = (settings.public_url or "").startswith("https://")
    return Callbacks(
        public_url=settings.public_url,
        secret=None if secret is None else secret.get_secret_value(),
        providers={
            name
            for name in CALL_BACK
            if (name != "replicate" or name in settings.webhook_secrets)
            and (safe or settings.providers.get(name, ProviderAddress()).base_url)
        },
    )


def hooks_in(
    stack: AsyncExitStack,
    settings: Settings,
    client: GuardedClient,
    runs: RunService,
    reconciler: Reconciler,
    callbacks: Callbacks,
) -> HookService:
    """What takes in the webhooks of providers."""
    secrets = {name: each.get_secret_value() for name, each in settings.webhook_secrets.items()}
    own = settings.providers.get("fal", ProviderAddress()).upload_url
    service = HookService(
        database=runs.database,
        registry=runs.registry,
        runs=runs,
        reconciler=reconciler,
        dispatch=reconciler.dispatch,
        clock=runs.clock,
        callbacks=callbacks,
        readers=make_readers(client, secrets=secrets, keys_at=own or PROVIDERS["fal"].upload_url),
    )
    stack.push_async_callback(service.stop)
    return service


async def hooks_out(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    clock: Clock,
    chores: list[Chore],
    *,
    delivers: bool,
) -> WebhookService:
    """What tells endpoints of ends, with its chore. Without `delivers` other processes do so."""
    private = frozenset(_host_and_port(each) for each in settings.webhook_private_hosts)
    # Not the client of providers: what is allowed to those is not allowed to a tenant's endpoint.
    client = await stack.enter_async_context(GuardedClient(allow=private, max_redirects=0))
    sealer = sealer_of(settings)
    courier = Courier(
        database=database, client=client, clock=clock, sealer=sealer, show=_shown(settings)
    )
    if delivers:
        database.listen(courier.heard)
        await courier.start()
        stack.push_async_callback(courier.stop)
    service = WebhookService(
        database=database, clock=clock, courier=courier, sealer=sealer, private=private
    )
    chores.append(Chore(name="forget_webhooks", every=timedelta(hours=1), work=service.forget))
    return service


def _shown(settings: Settings) -> Callable[[JobView], JsonValue]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    links = Links(base=settings.public_url or f"http://{host}:{settings.port}")

    def show(view: JobView) -> JsonValue:
        shown: JsonValue = job_shape(view, links).model_dump(mode="json")
        return shown

    return show


def _host_and_port(text: str) -> tuple[str, int]:
    parts = urlsplit(f"http://{text}")
    return parts.hostname or "", parts.port or 80
