"""Who somebody is to an identity provider, and which tenant a verified token speaks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

__all__ = ["SLUG_LENGTH", "Principal", "claimed_tenant", "slug_of"]

SLUG_LENGTH = 50
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ORGANISATIONS = ("org", "organization", "org_slug", "org_name")
_GROUPS = ("namespace", "group", "team", "workspace")
_NAMES_OF_ONE = ("slug", "id", "name")


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A person as an identity provider vouches for them.

    `provider` and `subject` together never change; everything else may at the next sign-in.
    `email_verified` says that the provider has seen to it that the address is theirs; without it
    the address may be shown, and nothing may follow from it.
    """

    provider: str
    subject: str
    email: str | None = None
    email_verified: bool = False
    display_name: str | None = None
    avatar_url: str | None = None
    claims: Mapping[str, JsonValue] = field(default_factory=dict)


def claimed_tenant(claims: Mapping[str, JsonValue], *, claim: str | None = None) -> str | None:
    """Give the slug of the tenant that verified claims name, or None.

    The first that names one decides: `tenant`, an organisation, the installation's own `claim`, a
    group. An e-mail address never does: whoever owns a domain does not own the tenant.
    """
    names = ("tenant", *_ORGANISATIONS, *(() if claim is None else (claim,)), *_GROUPS)
    for name in names:
        slug = _slug_in(claims.get(name))
        if slug is not None:
            return slug
    return None


def slug_of(text: str) -> str | None:
    """Turn a name into a slug: lower case, a hyphen for all that is neither letter nor digit.

    None when nothing is left, or when the whole name is too long to be told from another.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", text.strip().lower()).strip("-")
    return slug if len(slug) <= SLUG_LENGTH and _SLUG.fullmatch(slug) else None


def _slug_in(value: JsonValue) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES_OF_ONE if value.get(name)), None)
    return slug_of(value) if isinstance(value, str) else None
