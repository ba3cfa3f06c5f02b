"""How search is stored: an entry for each generation, and the database's own index of its words.

The index is asked first, and what it finds is then joined with the entries, which carry the tenant,
and with the generations, which carry the board: so nothing is found that could not be listed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Update, bindparam
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import Function

from boards.adapters.db.cursors import number_at, page_by_count, page_by_number
from boards.adapters.db.door import Door, func
from boards.adapters.db.generation_filters import Form, form_of, narrowed, ordered, values_of
from boards.adapters.db.generation_rows import COLUMNS, to_generation
from boards.adapters.db.tables import Generation, GenerationTag, Note, SearchEntry, Tag, Upload
from boards.domain import generations
from boards.domain.search import Order, Term, findable_of
from boards.services.ports import GenerationFilter, NewGeneration, Page

__all__ = ["CANDIDATES", "SearchRows"]

CANDIDATES = 2000
"""Among so many of the newest matches the most relevant, and the dearest, are chosen: to rank all
of them would take longer the more there are."""
_AT_ONCE = 500


class SearchRows:
    """The entries of search in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def enter(self, new: Iterable[NewGeneration]) -> None:
        """Make the entries of generations that were just inserted."""
        self._door.insert(
            SearchEntry,
            [
                {
                    "generation_id": one.id,
                    "tenant_id": one.tenant_id,
                    **asdict(
                        findable_of(one.input_params, names=[one.title or "", one.generator_name])
                    ),
                }
                for one in new
            ],
        )

    def refresh(self, generation_ids: Sequence[UUID]) -> None:
        ids = list(dict.fromkeys(generation_ids))
        for at in range(0, len(ids), _AT_ONCE):
            part = {"ids": ids[at : at + _AT_ONCE]}
            tags: dict[UUID, list[str]] = defaultdict(list)
            for row in self._door.run(_tags_of, part):
                tags[row.generation_id].append(row.name)
            notes: dict[UUID, list[str]] = defaultdict(list)
            for row in self._door.run(_notes_of, part):
                notes[row.generation_id].append(row.text)
            for row in self._door.run(_texts_of, part):
                found = findable_of(
                    row.input_params,
                    names=[row.title or "", row.generator_name, row.filename or ""],
                    tags=tags[row.id],
                    notes=notes[row.id],
                )
                values = {f"new_{name}": value for name, value in asdict(found).items()}
                self._door.run(_refreshed, {"of_id": row.id, **values})

    def forget(self, generation_ids: Collection[UUID]) -> None:
        """Leave no word by which these are found: they are removed for good."""
        self._door.run(_forgotten, {"ids": list(generation_ids)})

    def refresh_tag(self, tag_id: UUID) -> None:
        self.refresh(self._door.run(_tagged, {"tag_id": tag_id}).scalars())

    def find(
        self,
        terms: Sequence[Term],
        which: GenerationFilter,
        *,
        order: Order,
        limit: int,
        cursor: str | None,
    ) -> Page[generations.Generation]:
        sought = self._sought(terms)
        before = number_at(cursor)
        if sought is None:
            return Page(items=())
        self._door.plan_by_values()
        values = {**values_of(which), "sought": sought, "limit": limit + 1}
        if order in (Order.NEWEST, Order.OLDEST):
            if before is not None:
                values["cursor_number"] = before
            form = (form_of(which), order, before is not None)
            rows = self._door.run(_by_age, values, *form).all()
            numbers = {row.id: row.entry_number for row in rows}
            return page_by_number(rows, limit, to_generation, lambda one: numbers[one.id])
        values |= {"most": CANDIDATES, "skipped": before or 0}
        rows = self._door.run(_best, values, form_of(which), order).all()
        return page_by_count(rows, limit, to_generation, before or 0)

    def _sought(self, terms: Sequence[Term]) -> str | None:
        """The query in the database's own words; None when nothing is looked for."""
        if not any(not term.is_excluded for term in terms):
            return None
        if not self._door.is_postgres:
            return _for_fts5(terms)
        tenant = self._door.scope.tenant_id
        return _for_postgres(terms, None if tenant is None else f"of{tenant.hex}")


def _for_fts5(terms: Sequence[Term]) -> str:
    # Words are letters and digits; quoted, none of them is an operator.
    def written(term: Term) -> str:
        return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'

    wanted = " AND ".join(written(term) for term in terms if not term.is_excluded)
    unwanted = " OR ".join(written(term) for term in terms if term.is_excluded)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _for_postgres(terms: Sequence[Term], tenant: str | None) -> str:
    def written(term: Term) -> str:
        *before, last = (f"'{word}'" for word in term.words)
        return " <-> ".join((*before, f"{last}:*" if term.is_prefix else last))

    parts = [f"{'!' if term.is_excluded else ''}({written(term)})" for term in terms]
    return " & ".join(parts if tenant is None else [f"'{tenant}'", *parts])


def _number(door: Door) -> ColumnElement[int]:
    return door.words.c.number if door.is_postgres else door.words.c.rowid


def _query() -> Function[Any]:
    # The same parser cuts what is looked for as what is stored; both were cut into words before.
    return func.to_tsquery("simple", bindparam("sought", type_=String), type_=TSQUERY)


def _matching(door: Door, form: Form, *columns: Any) -> Select[Any]:
    words = door.words
    if door.is_postgres:
        matches: ColumnElement[bool] = words.c.words.op("@@", is_comparison=True)(_query())
    else:
        matches = words.c.search_words.op("MATCH", is_comparison=True)(bindparam("sought"))
    chosen = (
        door.select(SearchEntry, *columns)
        .join(words, _number(door) == SearchEntry.number)
        .join(Generation, Generation.id == SearchEntry.generation_id)
        .where(matches)
    )
    return narrowed(door, chosen, form)


def _by_age(door: Door, form: Form, order: Order, continued: bool) -> Select[Any]:
    number = _number(door)
    chosen = _matching(door, form, *COLUMNS, number.label("entry_number"))
    if continued:
        here = bindparam("cursor_number", type_=SearchEntry.number.type)
        chosen = chosen.where(number > here if order is Order.OLDEST else number < here)
    by_number = number.asc() if order is Order.OLDEST else number.desc()
    return chosen.order_by(by_number).limit(bindparam("limit"))


def _best(door: Door, form: Form, order: Order) -> Select[Any]:
    number = _number(door)
    rank: ColumnElement[Any] = (
        # The best has the highest here, and the lowest there.
        -func.ts_rank(door.words.c.words, _query(), 1) if door.is_postgres else door.words.c.rank
    )
    newest = (
        _matching(door, form, Generation.id.label("of_id"), rank.label("rank"))
        .order_by(number.desc())
        .limit(bindparam("most"))
        .cte("newest")
    )
    best = (newest.c.rank.asc(),) if order is Order.RELEVANCE else ()
    return (
        door.select(Generation, *COLUMNS)
        .join(newest, newest.c.of_id == Generation.id)
        .order_by(*best, *ordered(Order.NEWEST if best else order))
        .limit(bindparam("limit"))
        .offset(bindparam("skipped"))
    )


def _texts_of(door: Door) -> Select[Any]:
    columns = (Generation.id, Generation.title, Generation.generator_name, Generation.input_params)
    return (
        door.select(Generation, *columns, Upload.filename)
        .outerjoin(Upload, Upload.generation_id == Generation.id)
        .where(Generation.id.in_(bindparam("ids", expanding=True)))
    )


def _tags_of(door: Door) -> Select[Any]:
    return (
        door.select(GenerationTag, GenerationTag.generation_id, Tag.name)
        .join(Tag, Tag.id == GenerationTag.tag_id)
        .where(GenerationTag.generation_id.in_(bindparam("ids", expanding=True)))
    )


def _notes_of(door: Door) -> Select[Any]:
    return door.select(Note, Note.generation_id, Note.text).where(
        Note.generation_id.in_(bindparam("ids", expanding=True))
    )


def _tagged(door: Door) -> Select[Any]:
    return door.select(GenerationTag, GenerationTag.generation_id).where(
        GenerationTag.tag_id == bindparam("tag_id")
    )


def _forgotten(door: Door) -> Update:
    nothing = dict.fromkeys(("prompt", "name", "tags", "notes"), "")
    chosen = SearchEntry.generation_id.in_(bindparam("ids", expanding=True))
    return door.update(SearchEntry).where(chosen).values(**nothing)


def _refreshed(door: Door) -> Update:
    names: Mapping[str, Any] = {
        name: bindparam(f"new_{name}") for name in ("prompt", "name", "tags", "notes")
    }
    return (
        door.update(SearchEntry)
        .where(SearchEntry.generation_id == bindparam("of_id"))
        .values(**names)
    )
