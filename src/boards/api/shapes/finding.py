"""What lists, searches and galleries are asked for, and a gallery's answer."""

import hashlib
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from boards.api.routing import Listing
from boards.api.shapes.base import Answer, Asked, Id, Name, Text
from boards.api.shapes.budgets import Amount
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Status
from boards.domain.search import Order
from boards.services.generations import GenerationQuery

__all__ = ["Filters", "GalleryAsked", "GenerationIds", "SearchAsked", "ids_as_json", "tag_of"]

LONGEST_QUERY = 1000


def _moment(value: object) -> object:
    # Pydantic takes a number for seconds since 1970, which the format of a date does not allow.
    if isinstance(value, str) and "-" not in value[1:]:
        raise ValueError("This is no date with a time, such as 2026-01-02T03:04:05Z.")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Filters(Asked):
    """Which generations, and in which order."""

    status: Status | None = Field(default=None, description="Only those that stand so.")
    artifact_type: ArtifactType | None = Field(
        default=None, alias="type", description="Only those of this type."
    )
    generator: Name | None = Field(default=None, description="Only those of this generator.")
    provider: Name | None = Field(default=None, description="Only those of this provider.")
    tag: Name | None = Field(default=None, description="Only those with this tag, by its slug.")
    favourite: bool = Field(default=False, description="Only your favourites.")
    user_id: Id | None = Field(default=None, description="Only those that this user made.")
    made_from: Id | None = Field(default=None, description="Only those that this is an input of.")
    since: Moment | None = Field(
        default=None, description="Only those that were submitted then or later."
    )
    until: Moment | None = Field(
        default=None, description="Only those that were submitted before then."
    )
    min_cost: Amount | None = Field(
        default=None, description="Only those that are known to have cost so many USD or more."
    )
    needs_attention: bool | None = Field(
        default=None, description="Only those about which somebody has to decide, or only others."
    )

    def query(self, board_id: UUID | None, order: Order) -> GenerationQuery:
        """What the services understand."""
        return GenerationQuery(
            board_id=board_id,
            status=self.status,
            artifact_type=self.artifact_type,
            generator_name=self.generator,
            provider=self.provider,
            tag=self.tag,
            is_favourite=self.favourite,
            user_id=self.user_id,
            made_from=self.made_from,
            since=self.since,
            until=self.until,
            min_cost=None if self.min_cost is None else Decimal(self.min_cost),
            needs_attention=self.needs_attention,
            order=order,
        )


class SearchAsked(Filters, Listing):
    """What to look for."""

    q: Text = Field(
        default="",
        max_length=LONGEST_QUERY,
        description='Words that must all be there, in prompts, names, tags or notes. `"side by '
        'side"` is a phrase, `sun*` a beginning, as is the last word, and `-night` must not be '
        "there.",
    )
    board_id: Id | None = Field(default=None, description="Only on this board.")
    order: Order = Field(default=Order.RELEVANCE, description="What comes first.")


class GalleryAsked(Filters):
    """Which ids."""

    order: Order = Field(
        default=Order.NEWEST, description="What comes first; there is no relevance here."
    )


class GenerationIds(Answer):
    """The ids of a whole board, in order."""

    count: int = Field(description="How many there are.")
    ids: list[UUID] = Field(description="Ask for those that you show by `GET /generations?ids=`.")


_ID = b'"00000000-0000-0000-0000-000000000000",'
_DIGITS = (*range(1, 9), *range(10, 14), *range(15, 19), *range(20, 24), *range(25, 37))
"""Where the digits of an id stand in that."""


def ids_as_json(ids: bytes) -> bytes:
    """Lay out the answer of ids that are 16 bytes each.

    Digit by digit for all at once: one after the other takes ten times as long.
    """
    digits = ids.hex().encode()
    count = len(ids) // 16
    text = bytearray(_ID * count)
    for place, at in enumerate(_DIGITS):
        text[at :: len(_ID)] = digits[place::32]
    return b'{"count":%d,"ids":[%s]}' % (count, text[:-1])


def tag_of(ids: bytes) -> str:
    """A hash by which a client knows that the ids are those that it has."""
    return hashlib.sha256(ids).hexdigest()[:32]
