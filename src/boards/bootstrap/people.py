"""Composes who may come in: the chosen identity provider, accounts, tokens, tenants, the log."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr

from boards.adapters.auth.auth0 import auth0_browser, auth0_verifier
from boards.adapters.auth.clerk import clerk_verifier
from boards.adapters.auth.jwt import jwt_verifier
from boards.adapters.auth.keepsakes import SignedKeepsakes
from boards.adapters.auth.oidc import oidc_browser, oidc_verifier
from boards.adapters.auth.passwords import Argon2Passwords
from boards.adapters.auth.supabase import supabase_verifier
from boards.adapters.db.database import connect
from boards.api.people import PeopleServices
from boards.outbound.client import GuardedClient
from boards.services.accounts import AccountService
from boards.services.audit import AuditService
from boards.services.browser_sign_in import BrowserSignInService
from boards.services.chores import Chore
from boards.services.clock import SystemClock
from boards.services.ports import SYSTEM, BrowserVerifier, Clock, Database, TokenVerifier
from boards.services.sessions import SessionService
from boards.services.setup import Facts, SetupService
from boards.services.sign_in import SignInService, TenantRules
from boards.services.tenants import Registration, TenantService
from boards.services.throttle import Allowance, Throttle
from boards.services.tokens import TokenService
from boards.settings import Settings, is_loopback

__all__ = ["SetUp", "open_setup", "people_services"]

BY_ADDRESS = Allowance(tries=30, seconds=20.0)
BY_ACCOUNT = Allowance(tries=10, seconds=60.0)
"""Ten tries at once and one a minute: some 1,500 a day against one account, from wherever."""
IDENTITY_SECONDS = 30.0


async def people_services(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    clock: Clock,
    chores: list[Chore],
) -> PeopleServices:
    """The services of people, as the settings say, and their chore. ConfigError for a key that is
    none."""
    # A client of its own: what is allowed for the identity provider is allowed for nothing else.
    asks = settings.auth_provider in {"oidc", "auth0", "clerk", "supabase"}
    client = await stack.enter_async_context(
        GuardedClient(
            allow=_identity_hosts(settings),
            total_seconds=IDENTITY_SECONDS,
            # Where nobody is asked it trusts nobody, and so takes no time to make.
            tls=None if asks else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
    )
    sessions = _sessions(settings, database, clock)
    sign_in = SignInService(
        database=database,
        clock=clock,
        verifier=_verifier(settings, client),
        rules=TenantRules(
            is_multi_tenant=settings.multi_tenant_mode,
            default_slug=settings.default_tenant_slug,
            claim=settings.jwt_tenant_claim,
        ),
    )
    chores.append(Chore(name="forget_sessions", every=timedelta(hours=1), work=sessions.forget))
    secrets = [settings.secret_key, *settings.secret_key_previous] if settings.secret_key else []
    tenants = TenantService(
        database=database,
        clock=clock,
        registration=Registration(
            is_open=settings.tenant_registration,
            needs_approval=settings.tenant_registration_requires_approval,
            domains=settings.tenant_registration_allowed_domains,
            most_per_person=settings.max_tenants_per_user,
        ),
    )
    chores.append(Chore(name="empty_tenants", every=timedelta(hours=1), work=tenants.empty))
    return PeopleServices(
        sign_in=sign_in,
        sessions=sessions,
        accounts=_accounts(settings, database, clock, sessions),
        browser=BrowserSignInService(
            sign_in=sign_in,
            sessions=sessions,
            provider=_browser(settings, client),
            keepsakes=SignedKeepsakes([each.get_secret_value() for each in secrets if each])
            if secrets
            else None,
        ),
        setup=_setup(settings, database, clock),
        tokens=TokenService(database=database, clock=clock),
        tenants=tenants,
        audit=AuditService(database=database, clock=clock),
    )


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """What setting up needs, beside a server or without one."""

    accounts: AccountService
    setup: SetupService


@asynccontextmanager
async def open_setup(settings: Settings) -> AsyncIterator[SetUp]:
    """Open the database alone, whose tables are up to date, to appoint who administers the server.

    A server may run on it: a few rows are written, and nothing is run.
    """
    clock = SystemClock()
    database = await connect(settings.database_url)
    try:
        slug = settings.default_tenant_slug
        await database.write(
            lambda tx: tx.accounts.seed_default(slug=slug, name=slug.capitalize(), now=clock.now()),
            scope=SYSTEM,
        )
        sessions = _sessions(settings, database, clock)
        yield SetUp(
            accounts=_accounts(settings, database, clock, sessions),
            setup=_setup(settings, database, clock),
        )
    finally:
        await database.close()


def _sessions(settings: Settings, database: Database, clock: Clock) -> SessionService:
    lasts = timedelta(days=settings.session_days)
    return SessionService(database=database, clock=clock, lasts=lasts)


def _accounts(
    settings: Settings, database: Database, clock: Clock, sessions: SessionService
) -> AccountService:
    return AccountService(
        database=database,
        clock=clock,
        hasher=Argon2Passwords(),
        sessions=sessions,
        by_address=Throttle(allowance=BY_ADDRESS),
        by_account=Throttle(allowance=BY_ACCOUNT),
        home=settings.default_tenant_slug,
        is_used=settings.auth_provider == "local",
    )


def _setup(settings: Settings, database: Database, clock: Clock) -> SetupService:
    url = urlsplit(settings.public_url or "")
    return SetupService(
        database=database,
        clock=clock,
        facts=Facts(
            provider=settings.auth_provider,
            public_url=settings.public_url,
            is_secure=url.scheme == "https" or is_loopback(url.hostname or settings.host),
            has_secret=settings.secret_key is not None,
            needs_secret=_client_id(settings) is not None,
            has_provider_keys=bool(settings.generator_api_keys),
            is_multi_tenant=settings.multi_tenant_mode,
        ),
    )


def _identity_hosts(settings: Settings) -> frozenset[tuple[str, int]]:
    """The hosts that may be private, because somebody set them as the identity provider's."""
    urls = [
        urlsplit(url)
        for url in (
            settings.oidc_issuer,
            settings.oidc_jwks_url,
            settings.clerk_issuer,
            settings.supabase_url,
        )
        if url is not None
    ]
    return frozenset(
        (url.hostname or "", url.port or (80 if url.scheme == "http" else 443)) for url in urls
    )


def _client_id(settings: Settings) -> str | None:
    """Our id at the identity provider that browsers are sent to, if they are to one."""
    return {"oidc": settings.oidc_client_id, "auth0": settings.auth0_client_id}.get(
        settings.auth_provider
    )


def _browser(settings: Settings, client: GuardedClient) -> BrowserVerifier | None:
    """What signs people in at the chosen provider by a browser, if it can."""
    client_id = _client_id(settings)
    if client_id is None:
        return None
    if settings.auth_provider == "auth0":
        return auth0_browser(
            client,
            domain=settings.auth0_domain or "",
            client_id=client_id,
            client_secret=_plain(settings.auth0_client_secret),
        )
    return oidc_browser(
        client,
        issuer=settings.oidc_issuer or "",
        client_id=client_id,
        client_secret=_plain(settings.oidc_client_secret),
    )


def _verifier(settings: Settings, client: GuardedClient) -> TokenVerifier | None:
    """What checks the tokens of the chosen provider, whose settings were checked to be there."""
    match settings.auth_provider:
        case "jwt":
            return jwt_verifier(
                algorithm=settings.jwt_algorithm,
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
                secret=_plain(settings.jwt_secret),
                public_key_pem=settings.jwt_public_key,
            )
        case "oidc":
            return oidc_verifier(
                client,
                issuer=settings.oidc_issuer or "",
                audience=settings.oidc_audience or settings.oidc_client_id or "",
                jwks_url=settings.oidc_jwks_url,
            )
        case "auth0":
            return auth0_verifier(
                client,
                domain=settings.auth0_domain or "",
                audience=settings.auth0_audience or "",
            )
        case "clerk":
            return clerk_verifier(
                client,
                issuer=settings.clerk_issuer or "",
                parties=settings.clerk_authorized_parties,
            )
        case "supabase":
            return supabase_verifier(
                client,
                url=settings.supabase_url or "",
                jwt_secret=_plain(settings.supabase_jwt_secret),
            )
        case "none" | "local":
            return None


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
