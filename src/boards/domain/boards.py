"""Boards: where results are kept, who owns them, who is a member, and who else may look."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Actor, Standing
from boards.errors import InvalidInput, Problem

__all__ = [
    "DEFAULT_TITLE",
    "Board",
    "BoardChanges",
    "BoardMember",
    "BoardRole",
    "Invitation",
    "ShareLink",
    "check_description",
    "check_object",
    "check_title",
    "standing_of",
]

DEFAULT_TITLE = "My board"
TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 10_000
OBJECT_BYTES = 16 * 1024


class BoardRole(StrEnum):
    """A member's role; the owner is a column, not a role."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board as its rows tell.

    `cover_id` is the generation that somebody chose to stand for it. With `share_recipes` visitors
    also see how things were made. `settings` and `metadata` are the clients' own.
    """

    id: UUID
    tenant_id: UUID
    owner_id: UUID
    title: str
    description: str | None
    is_public: bool
    created_at: datetime
    updated_at: datetime
    cover_id: UUID | None = None
    share_recipes: bool = False
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)


class BoardChanges(TypedDict, total=False):
    """What may be changed about a board; what is left out stays."""

    title: str
    description: str | None
    is_public: bool
    cover_id: UUID | None
    share_recipes: bool
    settings: Mapping[str, JsonValue]
    metadata: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class BoardMember:
    """Somebody's role on a board that is not theirs."""

    board_id: UUID
    user_id: UUID
    role: BoardRole
    joined_at: datetime
    invited_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A place on a board for whoever has an address, or a one-time link; of the link only its
    fingerprint is kept."""

    id: UUID
    tenant_id: UUID
    board_id: UUID
    email: str
    role: BoardRole
    invited_by: UUID
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShareLink:
    """A link by which anybody may look at a board, until it is revoked or ends."""

    id: UUID
    tenant_id: UUID
    board_id: UUID
    hint: str
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def check_title(title: str, *, of: str = "board") -> str:
    """Give the title without surrounding space. InvalidInput when it is empty or too long."""
    text = " ".join(title.split())
    if not text or len(text) > TITLE_LENGTH or not text.isprintable():
        message = (
            f"The title of a {of} has 1 to {TITLE_LENGTH} printable characters; got {len(text)}."
        )
        raise InvalidInput(message, problems=(Problem(at="title", message=message),))
    return text


def check_description(text: str | None) -> str | None:
    """Give a description; an empty one is none. InvalidInput when it is too long."""
    if text is None or not text.strip():
        return None
    if len(text) > DESCRIPTION_LENGTH or "\x00" in text:
        message = f"A description has at most {DESCRIPTION_LENGTH} characters; got {len(text)}."
        raise InvalidInput(message, problems=(Problem(at="description", message=message),))
    return text


def check_object(value: Mapping[str, JsonValue], *, at: str) -> Mapping[str, JsonValue]:
    """Give clients' own JSON. InvalidInput when it is too much, or nothing a database can hold."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (ValueError, TypeError, RecursionError):
        raise _wrong(at, f"The {at} are no JSON object.") from None
    if size > OBJECT_BYTES:
        raise _wrong(at, f"The {at} may have {OBJECT_BYTES} bytes as JSON; these have {size}.")
    if "\\u0000" in text:
        raise _wrong(at, f"The character U+0000 in the {at} cannot be stored; leave it out.")
    return value


def _wrong(at: str, message: str) -> InvalidInput:
    return InvalidInput(message, problems=(Problem(at=at, message=message),))


def standing_of(actor: Actor, board: Board, role: BoardRole | None) -> Standing:
    """Tell what `actor` is to `board`; `role` is their membership, if they have one."""
    if board.tenant_id == actor.tenant_id and actor.user_id is not None:
        if board.owner_id == actor.user_id:
            return Standing.OWNER
        if role is not None:
            return Standing(role.value)
    if board.is_public or actor.linked_board_id == board.id:
        return Standing.GUEST if board.share_recipes else Standing.PUBLIC
    return Standing.NONE
