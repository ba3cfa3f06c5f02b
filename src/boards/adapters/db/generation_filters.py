"""Which generations a list or a search is about, and in which order they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, or_
from sqlalchemy.sql.elements import ColumnElement, UnaryExpression

from boards.adapters.db.door import Door, func
from boards.adapters.db.tables import Favourite, GenerationInput, GenerationTag
from boards.adapters.db.tables import Generation as Table
from boards.domain.generations import Phase, Status
from boards.domain.search import Order
from boards.services.ports import GenerationFilter

__all__ = ["Form", "form_of", "narrowed", "ordered", "values_of"]

_PLAIN = ("job_id", "batch_id", "user_id", "artifact_type", "generator_name", "provider")


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the text of a statement depends on; the values are bound."""

    names: tuple[str, ...]
    status: Status | None
    needs_attention: bool | None


def values_of(which: GenerationFilter) -> dict[str, Any]:
    """The values that a filter binds, by name."""
    values: dict[str, Any] = {
        **{name: getattr(which, name) for name in _PLAIN},
        **_boards(which),
        "tag_id": which.tag_id,
        "since": which.since,
        "until": which.until,
        "min_cost": which.min_cost,
        "favourite_of": which.favourite_of,
        "made_from": which.made_from,
    }
    return {name: value for name, value in values.items() if value is not None}


def _boards(which: GenerationFilter) -> dict[str, Any]:
    # One board is read in the order of its index; of several none can be.
    if which.board_ids is not None and len(which.board_ids) == 1:
        [board_id] = which.board_ids
        return {"board_id": board_id}
    return {"board_ids": None if which.board_ids is None else sorted(which.board_ids)}


def form_of(which: GenerationFilter) -> Form:
    """What of a filter decides the statement's text."""
    return Form(
        names=tuple(sorted(values_of(which))),
        status=which.status,
        needs_attention=which.needs_attention,
    )


def narrowed(door: Door, chosen: Select[Any], form: Form) -> Select[Any]:
    """Leave out what the filter does not want, and what is in the trash."""
    chosen = chosen.where(Table.deleted_at.is_(None))
    for name in ("board_id", *_PLAIN):
        if name in form.names:
            chosen = chosen.where(getattr(Table, name) == bindparam(name))
    if "board_ids" in form.names:
        chosen = chosen.where(Table.board_id.in_(bindparam("board_ids", expanding=True)))
    if "tag_id" in form.names:
        tagged = door.select(GenerationTag, GenerationTag.generation_id)
        chosen = chosen.where(
            Table.id.in_(tagged.where(GenerationTag.tag_id == bindparam("tag_id")))
        )
    if "favourite_of" in form.names:
        marked = door.select(Favourite, Favourite.generation_id)
        chosen = chosen.where(
            Table.id.in_(marked.where(Favourite.user_id == bindparam("favourite_of")))
        )
    if "made_from" in form.names:
        uses = door.select(GenerationInput, GenerationInput.output_id)
        chosen = chosen.where(
            Table.id.in_(uses.where(GenerationInput.input_id == bindparam("made_from")))
        )
    if "since" in form.names:
        chosen = chosen.where(Table.created_at >= _moment("since"))
    if "until" in form.names:
        chosen = chosen.where(Table.created_at < _moment("until"))
    if "min_cost" in form.names:
        chosen = chosen.where(
            Table.cost_amount >= bindparam("min_cost", type_=Table.cost_amount.type)
        )
    if form.status is not None:
        phases = sorted(phase for phase in Phase if phase.status is form.status)
        chosen = chosen.where(or_(*(Table.phase == phase.value for phase in phases)))
    if form.needs_attention is not None:
        chosen = chosen.where(Table.needs_attention.is_(form.needs_attention))
    return chosen


def ordered(order: Order) -> Sequence[UnaryExpression[Any]]:
    """The order of a list; newest first where there is nothing to be relevant to."""
    if order is Order.OLDEST:
        return Table.created_at.asc(), Table.id.asc()
    if order is Order.COST:
        return func.coalesce(Table.cost_amount, -1).desc(), *ordered(Order.NEWEST)
    return Table.created_at.desc(), Table.id.desc()


def _moment(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=Table.created_at.type)
