"""The attention list as answers show it."""

from pydantic import Field

from boards.api.links import Links
from boards.api.shapes.base import Answer, PageShape
from boards.api.shapes.generations import GenerationShape, generation_shape
from boards.services.open_questions import AttentionItem, Reason, Way
from boards.services.reconcile import Checked, Outcome

__all__ = [
    "AttentionItemShape",
    "AttentionPage",
    "CheckedShape",
    "attention_item_shape",
    "checked_shape",
]


class AttentionItemShape(Answer):
    """A generation that may have cost money and cannot go on by itself: somebody has to decide."""

    generation: GenerationShape = Field(
        description="The generation; `cost_estimate` is what is held. Without a role on its board "
        "its inputs and outputs are left out."
    )
    reason: Reason = Field(description="Why somebody has to decide.")
    external_id: str | None = Field(
        description="The job's id at the provider; null where it is not known."
    )
    ways: list[Way] = Field(description="What can be done about it, the safest first.")


class AttentionPage(PageShape[AttentionItemShape]):
    """A part of the attention list."""


class CheckedShape(Answer):
    """What asking the provider came to."""

    outcome: Outcome = Field(
        description="found: the run goes on. not_found: the provider knows of no such job. "
        "looking: a worker looks now. kept: a late result was kept. ended: the provider's verdict "
        "ended the hold. unchanged: nothing new."
    )
    message: str = Field(description="The same for people.")
    generation: GenerationShape = Field(description="The generation as it stands now.")


def attention_item_shape(item: AttentionItem, links: Links) -> AttentionItemShape:
    """Show an entry of the list."""
    return AttentionItemShape(
        generation=generation_shape(item.generation, links),
        reason=item.reason,
        external_id=item.generation.external_id,
        ways=list(item.ways),
    )


def checked_shape(checked: Checked, links: Links) -> CheckedShape:
    """Show what a check came to."""
    return CheckedShape(
        outcome=checked.outcome,
        message=checked.message,
        generation=generation_shape(checked.generation, links),
    )
