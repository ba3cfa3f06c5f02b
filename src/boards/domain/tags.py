"""Tags: words that a tenant sorts generations by; and notes, which people write about them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from boards.errors import InvalidInput, Problem

__all__ = ["MOST_TAGS", "Note", "Tag", "check_note", "check_slug", "check_tag_name", "tag_slug"]

NAME_LENGTH = 100
SLUG_LENGTH = 120
NOTE_LENGTH = 10_000
MOST_TAGS = 5000
"""How many a tenant may have."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A word, and the slug by which addresses name it; slugs are unique in a tenant."""

    id: UUID
    tenant_id: UUID
    name: str
    slug: str
    description: str | None
    created_at: datetime
    updated_at: datetime
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a member wrote about a generation, and when."""

    id: UUID
    tenant_id: UUID
    generation_id: UUID
    user_id: UUID
    text: str
    created_at: datetime
    updated_at: datetime


def check_tag_name(name: str) -> str:
    """Give a name without surrounding space. InvalidInput when it is empty or too long."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or len(text) > NAME_LENGTH or not text.isprintable():
        raise _wrong(
            "name", f"A tag's name has 1 to {NAME_LENGTH} printable characters; got {len(text)}."
        )
    return text


def tag_slug(name: str) -> str:
    """Make the slug of a name: small letters and digits of any script, and hyphens between them.

    A name without any, such as a single emoji, is told by the numbers of its characters.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    # Marks belong to their letters: without them other scripts would fall apart.
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else "-" for c in text)
    slug = re.sub("-+", "-", kept).strip("-")
    if not any(c.isalnum() for c in slug):
        slug = "-".join(f"{ord(c):x}" for c in text if not c.isspace())
    return slug[:SLUG_LENGTH].strip("-")


def check_slug(slug: str) -> str:
    """Give a slug that somebody chose. InvalidInput when it is none."""
    text = unicodedata.normalize("NFKC", slug.strip()).casefold()
    if not text or text != tag_slug(text):
        raise _wrong(
            "slug",
            f"{slug[:80]!r} is no slug; it has small letters, digits and single hyphens between "
            f"them, such as {tag_slug(slug) or 'sea-and-sky'!r}.",
        )
    return text


def check_note(text: str) -> str:
    """Give the text of a note. InvalidInput when it is empty or too long."""
    if not text.strip() or len(text) > NOTE_LENGTH or "\x00" in text:
        raise _wrong("text", f"A note has 1 to {NOTE_LENGTH} characters; got {len(text)}.")
    return text.strip()


def _wrong(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))
