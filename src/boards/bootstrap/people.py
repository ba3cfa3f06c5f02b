"""Composes who may come in: the chosen identity provider, tokens, tenants, the audit log."""

from pydantic import SecretStr

from boards.adapters.auth.auth0 import auth0_verifier
from boards.adapters.auth.clerk import clerk_verifier
from boards.adapters.auth.jwt import jwt_verifier
from boards.adapters.auth.oidc import oidc_verifier
from boards.adapters.auth.supabase import supabase_verifier
from boards.api.people import PeopleServices
from boards.outbound.client import GuardedClient
from boards.services.audit import AuditService
from boards.services.ports import Clock, Database, TokenVerifier
from boards.services.sign_in import SignInService, TenantRules
from boards.services.tenants import Registration, TenantService
from boards.services.tokens import TokenService
from boards.settings import Settings

__all__ = ["people_services"]


def people_services(
    settings: Settings, *, database: Database, clock: Clock, client: GuardedClient
) -> PeopleServices:
    """The services of people, as the settings say. ConfigError for a key that is none."""
    return PeopleServices(
        sign_in=SignInService(
            database=database,
            clock=clock,
            verifier=_verifier(settings, client),
            rules=TenantRules(
                is_multi_tenant=settings.multi_tenant_mode,
                default_slug=settings.default_tenant_slug,
                claim=settings.jwt_tenant_claim,
            ),
        ),
        tokens=TokenService(database=database, clock=clock),
        tenants=TenantService(
            database=database,
            clock=clock,
            registration=Registration(
                is_open=settings.tenant_registration,
                needs_approval=settings.tenant_registration_requires_approval,
                domains=settings.tenant_registration_allowed_domains,
                most_per_person=settings.max_tenants_per_user,
            ),
        ),
        audit=AuditService(database=database, clock=clock),
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
