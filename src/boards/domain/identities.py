"""Who somebody is to an identity provider, and which tenant a verified token speaks for.

This server is an identity provider, too: for its own accounts, whose addresses and passwords have
their rules here.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from boards.errors import InvalidInput, Problem

__all__ = [
    "LOCAL",
    "SHORTEST_PASSWORD",
    "SLUG_LENGTH",
    "Principal",
    "check_email",
    "check_password",
    "claimed_tenant",
    "same_password",
    "slug_of",
]

LOCAL = "local"
"""The provider of the accounts of this server. A subject there is an id and not the address, which
may change."""
SHORTEST_PASSWORD = 12
_LONGEST_PASSWORD = 200
_LONGEST_EMAIL = 254
_FEWEST_CHARACTERS = 5
_EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
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


def check_email(text: str) -> str:
    """Give an address in small letters, as accounts are known by. InvalidInput for what is none."""
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > _LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        message = "This is no e-mail address; write it as ann@studio.example."
        raise InvalidInput(message, problems=(Problem(at="email", message=message),))
    return email


def check_password(text: str, *, email: str | None, at: str = "password") -> str:
    """Give a new password as it is hashed. InvalidInput when it is too easily guessed."""
    password = same_password(text)
    message = None
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        message = f"A password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters."
    elif email is not None and password.casefold() == email.casefold():
        message = "The password is your e-mail address; choose another."
    elif len(set(password.casefold())) < _FEWEST_CHARACTERS:
        message = f"A password has at least {_FEWEST_CHARACTERS} different characters."
    if message is not None:
        raise InvalidInput(message, problems=(Problem(at=at, message=message),))
    return password


def same_password(text: str) -> str:
    """Give one form to what different keyboards write differently and people take for the same."""
    return unicodedata.normalize("NFKC", text)


def _slug_in(value: JsonValue) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES_OF_ONE if value.get(name)), None)
    return slug_of(value) if isinstance(value, str) else None
