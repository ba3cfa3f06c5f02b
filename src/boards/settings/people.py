"""The settings of who comes in: identity providers, tenants, sessions."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from boards.settings.declaring import PREFIX, Names, setting

__all__ = ["PeopleSettings", "missing_of"]

AuthProvider = Literal["none", "local", "jwt", "oidc", "auth0", "clerk", "supabase"]
Algorithm = Literal["HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA"]


class PeopleSettings(BaseSettings):
    """What says who may come in, and how they prove who they are."""

    auth_provider: AuthProvider = setting(
        "none",
        "Who signs people in. `none`: whoever reaches the server is its one user. `local`: "
        "accounts of this server. The others check the tokens of that identity provider.",
        "none, local, jwt, oidc, auth0, clerk or supabase",
    )
    session_days: int = setting(
        30,
        "How many days somebody stays signed in by a browser.",
        "a whole number from 1 to 366",
        ge=1,
        le=366,
    )
    multi_tenant_mode: bool = setting(
        False,
        "Whether there are several tenants; else everybody is in the default one.",
        "true or false",
    )
    jwt_tenant_claim: str | None = setting(
        None,
        "A further claim of a token that names the tenant, as `tenant` and `org` do.",
        "the name of a claim",
    )
    tenant_registration: bool = setting(
        False, "Whether people may make tenants of their own.", "true or false"
    )
    tenant_registration_requires_approval: bool = setting(
        True,
        "Whether a registered tenant waits until an administrator of the server approves it.",
        "true or false",
    )
    tenant_registration_allowed_domains: Names = setting(
        (),
        "Only people with a verified address of these domains may register a tenant; empty for "
        "everybody.",
        "domains, separated by commas",
    )
    max_tenants_per_user: int = setting(
        3, "How many tenants one person may administer.", "a whole number above 0", ge=1
    )
    jwt_secret: SecretStr | None = setting(
        None,
        "`jwt`: the secret by which tokens are signed, for the HS algorithms.",
        "at least 32 characters",
        min_length=32,
    )
    jwt_public_key: str | None = setting(
        None,
        "`jwt`: the public key by which tokens are checked, for the other algorithms.",
        "a public key in PEM form",
    )
    jwt_algorithm: Algorithm = setting(
        "HS256",
        "`jwt`: the one algorithm that tokens are signed by.",
        "HS256, HS384, HS512, RS256, PS256, ES256 or EdDSA",
    )
    jwt_issuer: str = setting("boards", "`jwt`: the issuer that tokens must name.", "a name")
    jwt_audience: str = setting(
        "boards-api", "`jwt`: the audience that tokens must be meant for.", "a name"
    )
    oidc_issuer: str | None = setting(
        None,
        "`oidc`: the issuer, exactly as it calls itself.",
        "an address such as https://id.example.com",
    )
    oidc_client_id: str | None = setting(
        None, "`oidc`: our id there, for people who sign in by a browser.", "an id"
    )
    oidc_client_secret: SecretStr | None = setting(
        None, "`oidc`: our secret there; none for a public client.", "a secret"
    )
    oidc_audience: str | None = setting(
        None,
        "`oidc`: the audience that tokens must be meant for; without one, our id there.",
        "a name",
    )
    oidc_jwks_url: str | None = setting(
        None,
        "`oidc`: where its keys are, if its own document does not say so.",
        "an address",
    )
    auth0_domain: str | None = setting(
        None, "`auth0`: the tenant's domain.", "a domain such as studio.eu.auth0.com"
    )
    auth0_audience: str | None = setting(None, "`auth0`: the id of our API there.", "a name")
    auth0_client_id: str | None = setting(
        None, "`auth0`: our id there, for people who sign in by a browser.", "an id"
    )
    auth0_client_secret: SecretStr | None = setting(
        None, "`auth0`: our secret there; none for a public client.", "a secret"
    )
    clerk_issuer: str | None = setting(
        None,
        "`clerk`: the address of the instance's frontend API.",
        "an address such as https://clerk.example.com",
    )
    clerk_authorized_parties: Names = setting(
        (),
        "`clerk`: the pages whose sessions are taken, separated by commas.",
        "origins such as https://studio.example.com",
    )
    supabase_url: str | None = setting(
        None, "`supabase`: the project's address.", "an address such as https://x.supabase.co"
    )
    supabase_jwt_secret: SecretStr | None = setting(
        None,
        "`supabase`: the project's shared secret, if it still signs by one.",
        "at least 32 characters",
        min_length=32,
    )


_NEEDS: Mapping[str, Sequence[str]] = {
    "oidc": ("oidc_issuer", "oidc_client_id"),
    "auth0": ("auth0_domain", "auth0_audience"),
    "clerk": ("clerk_issuer", "clerk_authorized_parties"),
    "supabase": ("supabase_url",),
}


def missing_of(settings: PeopleSettings) -> tuple[str, ...]:
    """What the chosen way of signing in needs and has not, as faults with their fixes."""
    provider = settings.auth_provider
    needs = list(_NEEDS.get(provider, ()))
    if provider == "jwt":
        by_secret = settings.jwt_algorithm.startswith("HS")
        needs.append("jwt_secret" if by_secret else "jwt_public_key")
    return tuple(
        f"{PREFIX}AUTH_PROVIDER is {provider!r}, which needs {PREFIX}{name.upper()}; set it"
        for name in needs
        if not getattr(settings, name)
    )
