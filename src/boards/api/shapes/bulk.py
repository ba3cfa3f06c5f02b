"""What is done to many generations at once, as answers show it, and the requests for it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.links import Links
from boards.api.shapes.base import Answer, Id, PageShape, Sent, Text
from boards.api.shapes.generations import GenerationShape, generation_shape
from boards.services.bulk import (
    MOST_AT_ONCE,
    BulkAction,
    BulkItem,
    BulkOutcome,
    BulkRequest,
    BulkResult,
)
from boards.services.ports import TrashedGeneration

__all__ = [
    "ChangeRequest",
    "ChangedShape",
    "TitleChange",
    "TrashedGenerationPage",
    "TrashedGenerationShape",
    "changed_shape",
    "trashed_generation_shape",
]


class ChangeRequest(Sent):
    """One thing to be done to many generations."""

    action: BulkAction = Field(strict=False, description="What to do.")
    ids: list[Id] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="To which; each by its own rights."
    )
    tag_id: Id | None = Field(default=None, description="The tag, for `tag` and `untag`.")
    board_id: Id | None = Field(default=None, description="Where to, for `move` and `copy`.")

    def asked(self) -> BulkRequest:
        """What the services understand."""
        return BulkRequest(
            action=self.action, ids=tuple(self.ids), tag_id=self.tag_id, board_id=self.board_id
        )


class TitleChange(Sent):
    """What a generation is to be called."""

    title: Text | None = Field(
        max_length=1000, description="1 to 200 printable characters; null for nothing."
    )


class RefusedShape(Answer):
    """Why something was not done."""

    code: str = Field(description="A stable code.")
    message: str = Field(description="What is wrong and what to do next.")


class ChangedItemShape(Answer):
    """What became of one of them."""

    id: UUID = Field(description="Which.")
    outcome: BulkOutcome = Field(description="Whether it was done, was so already, or was refused.")
    copy_id: UUID | None = Field(description="The copy that was made of it.")
    error: RefusedShape | None = Field(description="Why it was refused.")


class UndoShape(Answer):
    """Takes back what was done, once."""

    id: UUID = Field(description="Send it to `POST /undo/{undo_id}`.")
    expires_at: datetime = Field(description="Until when.")


class ChangedShape(Answer):
    """What became of each."""

    items: list[ChangedItemShape] = Field(description="In the order asked, each once.")
    undo: UndoShape | None = Field(description="Null where nothing was changed.")


class TrashedGenerationShape(Answer):
    """A generation in the trash."""

    generation: GenerationShape = Field(description="The generation as it was.")
    deleted_at: datetime | None = Field(description="Since when; it can be had back for 30 days.")


class TrashedGenerationPage(PageShape[TrashedGenerationShape]):
    """A part of a list of generations in the trash."""


def changed_shape(result: BulkResult) -> ChangedShape:
    """Show what became of each."""
    undo = result.undo
    return ChangedShape(
        items=[_item(one) for one in result.items],
        undo=None if undo is None else UndoShape(id=undo.id, expires_at=undo.expires_at),
    )


def _item(item: BulkItem) -> ChangedItemShape:
    error = item.error
    return ChangedItemShape(
        id=item.id,
        outcome=item.outcome,
        copy_id=item.copy_id,
        error=None if error is None else RefusedShape(code=error.code, message=error.message),
    )


def trashed_generation_shape(found: TrashedGeneration, links: Links) -> TrashedGenerationShape:
    """Show a generation in the trash; its bytes are not served while it is there."""
    return TrashedGenerationShape(
        generation=generation_shape(found.generation, links), deleted_at=found.deleted_at
    )
