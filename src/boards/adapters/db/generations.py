"""How generations are stored: every change of a phase is one UPDATE that carries its own guard."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, Unpack
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    Select,
    Update,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal,
    null,
    or_,
)
from sqlalchemy.sql.elements import ColumnElement

from boards.adapters.db import admission, leases
from boards.adapters.db.cursors import (
    Position,
    is_after,
    number_at,
    page_by_count,
    page_of,
    position_at,
)
from boards.adapters.db.door import Door, func
from boards.adapters.db.generation_files import GenerationFiles
from boards.adapters.db.generation_filters import (
    Form,
    form_of,
    narrowed,
    ordered,
    values_of,
)
from boards.adapters.db.generation_rows import COLUMNS, as_changes, as_row, to_generation
from boards.adapters.db.search import SearchRows
from boards.adapters.db.tables import RUNNING, ProviderKey, ProviderState
from boards.adapters.db.tables import Generation as Table
from boards.domain.costs import Cost
from boards.domain.generations import FINAL, Generation, Phase, sources_of
from boards.domain.search import Order
from boards.errors import Conflict
from boards.services.ports import (
    EVERYTHING,
    Changes,
    Claim,
    GenerationFilter,
    Limits,
    NewGeneration,
    Page,
    Renewal,
)

__all__ = ["GenerationRows", "put_back"]

Item = TypeVar("Item")

# A statement with more values than this would meet the drivers' limit of 32,767.
_IDS_AT_ONCE = 1000


class GenerationRows:
    """The rows of generations in one transaction; the port's docstrings say what each does."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._files = GenerationFiles(door)
        self._search = SearchRows(door)

    def insert(self, new: Sequence[NewGeneration]) -> None:
        """Conflict for a phase in which no generation begins."""
        for one in new:
            if one.phase is not Phase.PENDING and one.phase not in FINAL:
                raise Conflict(f"A generation cannot begin as {one.phase.value!r}.")
        new = [self._files.of_new(one, now=one.created_at) for one in new]
        waiting = [as_row(one) for one in new if one.phase is Phase.PENDING]
        self._door.insert(Table, waiting)
        self._door.insert(Table, [as_row(one) for one in new if one.phase is not Phase.PENDING])
        self._search.enter(new)

    def get(self, generation_id: UUID) -> Generation | None:
        row = self._door.run(_by_id, {"id": generation_id}).first()
        return None if row is None else to_generation(row)

    def find_anywhere(
        self, ids: Iterable[UUID], *, include_deleted: bool = False
    ) -> Mapping[UUID, Generation]:
        door = self._door.unscoped("the input check tells a foreign id from a missing one")
        found = {}
        for part in _parts(tuple(ids)):
            for row in door.run(_by_ids, {"ids": part}, include_deleted):
                found[row.id] = to_generation(row)
        return found

    def among(self, ids: Iterable[UUID]) -> Mapping[UUID, Generation]:
        return {
            row.id: to_generation(row)
            for part in _parts(tuple(ids))
            for row in self._door.run(_by_ids, {"ids": part}, False)
        }

    def find_external(self, provider: str, external_ids: Iterable[str]) -> Generation | None:
        values = {"provider": provider, "external_ids": sorted(external_ids)}
        row = self._door.run(_by_external, values).first()
        return None if row is None else to_generation(row)

    def of_job(self, job_id: UUID) -> tuple[Generation, ...]:
        return _in_order(
            [to_generation(row) for row in self._door.run(_by_job, {"job_id": job_id})]
        )

    def of_jobs(self, job_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Generation, ...]]:
        found: dict[UUID, list[Generation]] = {one: [] for one in job_ids}
        for part in _parts(list(found)):
            for row in self._door.run(_by_jobs, {"job_ids": part}):
                found[row.job_id].append(to_generation(row))
        return {job_id: _in_order(some) for job_id, some in found.items()}

    def made_before(self, cache_key: str) -> tuple[Generation, ...]:
        row = self._door.run(_made_before, {"sought": cache_key}).first()
        if row is None:
            return ()
        first = to_generation(row)
        if first.batch_size == 1:
            return (first,)
        rows = self._door.run(_of_batch, {"batch": first.batch_id})
        return tuple(to_generation(row) for row in rows)

    def list(
        self,
        which: GenerationFilter,
        *,
        limit: int,
        cursor: str | None,
        order: Order = Order.NEWEST,
    ) -> Page[Generation]:
        values = {**values_of(which), "limit": limit + 1}
        if order is Order.COST:
            before = number_at(cursor) or 0
            rows = self._door.run(_dearest, {**values, "skipped": before}, form_of(which)).all()
            return page_by_count(rows, limit, to_generation, before)
        after = position_at(cursor)
        if after is not None:
            values |= {"cursor_at": after.at, "cursor_id": after.id}
        form = (form_of(which), order, after is not None)
        rows = self._door.run(_listed, values, *form).all()
        return page_of(rows, limit, to_generation, _position)

    def ids(self, which: GenerationFilter, *, order: Order = Order.NEWEST) -> bytes:
        found = self._door.run(_ids_listed, values_of(which), form_of(which), order).scalar()
        return bytes(found or b"")

    def count(self, which: GenerationFilter) -> int:
        return int(self._door.run(_counted, values_of(which), form_of(which)).scalar_one())

    def move(
        self,
        generation_id: UUID,
        to: Phase,
        *,
        now: datetime,
        token: UUID | None = None,
        **changes: Unpack[Changes],
    ) -> bool:
        """Without a token, a row that moves to a running phase can be claimed at once.

        Back to pending only without an intent, which `clear_intent` takes back; such a start has
        not failed, so it does not count.
        """
        if to is Phase.PENDING and changes.get("available_at") is None:
            changes["available_at"] = now
        form = (to, token is not None)
        return self._written(_moved, generation_id, now, token, changes, *form)

    def update(
        self, generation_id: UUID, *, now: datetime, token: UUID, **changes: Unpack[Changes]
    ) -> bool:
        return self._written(_updated, generation_id, now, token, changes)

    def record_intent(self, generation_id: UUID, *, now: datetime, token: UUID) -> bool:
        return self._changed(_intended, generation_id, now, token)

    def clear_intent(self, generation_id: UUID, *, now: datetime, token: UUID) -> bool:
        return self._changed(_intent_cleared, generation_id, now, token)

    def attach_late(
        self, generation_id: UUID, *, now: datetime, **changes: Unpack[Changes]
    ) -> bool:
        return self._written(_late_attached, generation_id, now, None, changes)

    def remember_job(
        self,
        generation_id: UUID,
        *,
        now: datetime,
        external_id: str,
        other_ids: tuple[str, ...] = (),
    ) -> bool:
        values = as_changes({"external_id": external_id, "other_ids": other_ids})
        form = tuple(sorted(values))
        return self._changed(_job_remembered, generation_id, now, None, values, form)

    def clear_attention(self, generation_id: UUID, *, now: datetime) -> bool:
        return self._changed(_attention_cleared, generation_id, now)

    def resolve(self, generation_id: UUID, *, now: datetime, **changes: Unpack[Changes]) -> bool:
        return self._written(_resolved, generation_id, now, None, changes)

    def recost(self, generation: Generation, cost: Cost, *, now: datetime) -> None:
        values = as_changes({"cost": cost})
        of_batch = generation.batch_id is not None
        which = generation.batch_id if of_batch else generation.id
        bound = {"which": which, "at": now, **{f"new_{name}": values[name] for name in values}}
        self._door.run(_recosted, bound, of_batch, tuple(sorted(values)))

    def look_now(self, generation_id: UUID, *, now: datetime) -> bool:
        return self._changed(_looked_at_now, generation_id, now)

    def admit(
        self, limits: Limits, *, now: datetime, at_most: int, provider: str | None = None
    ) -> tuple[UUID, ...]:
        door = self._door.unscoped("places are shared by all tenants; only ids are given back")
        return admission.admit(door, limits, now=now, at_most=at_most, provider=provider)

    def unclaimed(self, *, admitted_before: datetime, now: datetime) -> tuple[UUID, ...]:
        return admission.unclaimed(self._door, admitted_before=admitted_before, now=now)

    def claim(
        self, ids: Sequence[UUID], *, now: datetime, lease_until: datetime
    ) -> tuple[Claim, ...]:
        claims = {}
        for part in _parts(ids):
            values = {"ids": part, "now": now, "lease_until": lease_until}
            for row in self._door.run(_claimed, values):
                claims[row.id] = leases.to_claim(row)
        return tuple(claims[one] for one in dict.fromkeys(ids) if one in claims)

    def lapsed(self, *, now: datetime, limit: int) -> tuple[UUID, ...]:
        return leases.lapsed(self._door, now=now, limit=limit)

    def release_leases(self, *, now: datetime) -> int:
        return leases.release(self._door, now=now)

    def renew(
        self, tokens: Mapping[UUID, UUID], *, lease_until: datetime
    ) -> Mapping[UUID, Renewal]:
        return leases.renew(self._door, tokens, lease_until=lease_until)

    def park(self, generation_id: UUID, *, now: datetime, token: UUID, until: datetime) -> bool:
        return self._changed(_parked, generation_id, now, token, {"lease_until": until})

    def request_cancel(self, generation_id: UUID, *, now: datetime) -> bool:
        return self._changed(_cancel_requested, generation_id, now)

    def is_cancel_requested(self, generation_id: UUID) -> bool:
        asked = self._door.run(_cancel_asked, {"id": generation_id}).scalar()
        return asked is not None

    def delete(self, generation_id: UUID, *, now: datetime) -> bool:
        return self._changed(_deleted, generation_id, now)

    def _written(
        self,
        build: Any,
        generation_id: UUID,
        now: datetime,
        token: UUID | None,
        changes: Changes,
        *form: object,
    ) -> bool:
        """Change a row; with files, their bytes are claimed as well, if the row takes them."""
        changes, placed = self._files.of_changes(generation_id, changes)
        values = as_changes(changes)
        names = tuple(sorted(values))
        written = self._changed(build, generation_id, now, token, values, *form, names)
        if written:
            self._files.claim(generation_id, placed, now=now)
        return written

    def _changed(
        self,
        build: Any,
        generation_id: UUID,
        now: datetime,
        token: UUID | None = None,
        values: Mapping[str, Any] | None = None,
        *form: object,
    ) -> bool:
        bound = {"of_id": generation_id, "now": now}
        if token is not None:
            bound["token"] = token
        for name, value in (values or {}).items():
            bound[f"new_{name}"] = value
        return self._door.run(build, bound, *form).rowcount == 1


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[at : at + _IDS_AT_ONCE] for at in range(0, len(ids), _IDS_AT_ONCE))


def _in_order(found: Sequence[Generation]) -> tuple[Generation, ...]:
    """The order in which the generations of one job were submitted."""
    # Siblings are written when their batch ends, so their own ids say nothing of the submit.
    first = {one.batch_id: one.id for one in found if one.batch_index == 0}

    def place(one: Generation) -> tuple[UUID, int, UUID]:
        submitted = one.id if one.batch_id is None else first.get(one.batch_id, one.id)
        return submitted, one.batch_index, one.id

    return tuple(sorted(found, key=place))


def _position(one: Generation) -> Position:
    return Position(at=one.created_at, id=one.id)


def _by_id(door: Door) -> Select[Any]:
    return door.select(Table, *COLUMNS).where(
        Table.id == bindparam("id"), Table.deleted_at.is_(None)
    )


def _by_ids(door: Door, include_deleted: bool) -> Select[Any]:
    chosen = door.select(Table, *COLUMNS).where(Table.id.in_(bindparam("ids", expanding=True)))
    return chosen if include_deleted else chosen.where(Table.deleted_at.is_(None))


def _by_external(door: Door) -> Select[Any]:
    return (
        door.select(Table, *COLUMNS)
        .where(
            Table.provider == bindparam("provider"),
            Table.external_id.in_(bindparam("external_ids", expanding=True)),
            Table.deleted_at.is_(None),
        )
        .order_by(Table.created_at.desc())
        .limit(1)
    )


def _by_job(door: Door) -> Select[Any]:
    return door.select(Table, *COLUMNS).where(
        Table.job_id == bindparam("job_id"), Table.deleted_at.is_(None)
    )


def _made_before(door: Door) -> Select[Any]:
    return (
        door.select(Table, *COLUMNS)
        .where(
            Table.cache_key == bindparam("sought"),
            Table.phase == Phase.COMPLETED.value,
            Table.deleted_at.is_(None),
        )
        .order_by(Table.completed_at.desc())
        .limit(1)
    )


def _of_batch(door: Door) -> Select[Any]:
    return (
        door.select(Table, *COLUMNS)
        .where(
            Table.batch_id == bindparam("batch"),
            Table.phase == Phase.COMPLETED.value,
            Table.deleted_at.is_(None),
        )
        .order_by(Table.batch_index)
    )


def _by_jobs(door: Door) -> Select[Any]:
    return door.select(Table, *COLUMNS).where(
        Table.job_id.in_(bindparam("job_ids", expanding=True)), Table.deleted_at.is_(None)
    )


def _counted(door: Door, form: Form) -> Select[Any]:
    return narrowed(door, door.select(Table, func.count()), form)


def _listed(door: Door, form: Form, order: Order, continued: bool) -> Select[Any]:
    chosen = narrowed(door, door.select(Table, *COLUMNS), form)
    if continued:
        oldest_first = order is Order.OLDEST
        chosen = chosen.where(is_after(Table.created_at, Table.id, oldest_first=oldest_first))
    return chosen.order_by(*ordered(order)).limit(bindparam("limit"))


def _dearest(door: Door, form: Form) -> Select[Any]:
    chosen = narrowed(door, door.select(Table, *COLUMNS), form)
    by_cost = chosen.order_by(*ordered(Order.COST))
    return by_cost.limit(bindparam("limit")).offset(bindparam("skipped"))


def _ids_listed(door: Door, form: Form, order: Order) -> Select[Any]:
    # Made one value by the database: a hundred thousand rows take longer to hand over than to find.
    # Both join them in the order in which they come, which is that of an index.
    listed = narrowed(door, door.select(Table, Table.id), form).order_by(*ordered(order))
    if door.is_postgres:
        found = listed.subquery()
        nothing = literal(b"", LargeBinary)
        return door.derive(func.string_agg(func.uuid_send(found.c.id), nothing, type_=LargeBinary))
    # Without a limit SQLite would take the order for needless. What is joined are the bytes as they
    # are, which are no text: hence the cast.
    found = listed.limit(-1).subquery()
    joined = func.group_concat(found.c.id, "", type_=LargeBinary)
    return door.derive(cast(joined, LargeBinary))


def _is_any(phases: Iterable[Phase]) -> ColumnElement[bool]:
    return or_(*(Table.phase == phase.value for phase in sorted(phases)))


def _one(door: Door) -> Update:
    """An UPDATE of the one row `of_id`; whether it changes it is for the further conditions."""
    return door.update(Table).where(Table.id == bindparam("of_id")).values(updated_at=_now())


def _now() -> ColumnElement[datetime]:
    return bindparam("now", type_=Table.updated_at.type)


def _new(columns: Iterable[str]) -> dict[str, Any]:
    return {name: bindparam(f"new_{name}", type_=getattr(Table, name).type) for name in columns}


def _held() -> ColumnElement[bool]:
    return Table.run_token == bindparam("token")


def _moved(door: Door, to: Phase, guarded: bool, columns: tuple[str, ...]) -> Update:
    changes = _new(columns)
    statement = _one(door).where(_is_any(sources_of(to)))
    if guarded:
        statement = statement.where(_held())
    steering: dict[str, Any] = {"available_at": null()}
    if to in RUNNING and not guarded:
        # Somebody found the answer, and nobody runs it: the next sweep may claim it.
        admitted = func.coalesce(Table.admitted_at, _now())
        steering |= {"admitted_at": admitted, "lease_until": _now(), "run_token": null()}
    elif to not in RUNNING:
        steering |= {"admitted_at": null(), "lease_until": null(), "run_token": null()}
    if to in FINAL:
        steering["completed_at"] = _now()
    if to is Phase.PENDING:
        statement = statement.where(Table.submit_started_at.is_(None))
        steering["starts"] = _one_start_less()
    return statement.values(phase=to.value, **{**steering, **changes})


def _updated(door: Door, columns: tuple[str, ...]) -> Update:
    return _one(door).where(_held(), _is_any(RUNNING)).values(**_new(columns))


def _intended(door: Door) -> Update:
    """The intent takes note of the key that the call is made with, and a pause forbids it: both as
    they are in this very moment."""
    of_all = door.unscoped("a pause is everybody's, and the key is the row's own tenant's")
    paused = [
        of_all.select_shared(ProviderState, ProviderState.paused)
        .where(ProviderState.provider == name)
        .correlate(Table)
        .scalar_subquery()
        for name in (Table.provider, EVERYTHING)
    ]
    key = (
        of_all.select(ProviderKey, ProviderKey.id)
        .where(
            ProviderKey.tenant_id == Table.tenant_id,
            ProviderKey.provider == Table.provider,
            ProviderKey.replaced_at.is_(None),
        )
        .correlate(Table)
        .scalar_subquery()
    )
    return (
        _one(door)
        .where(
            _held(),
            Table.phase == Phase.SUBMITTING.value,
            Table.submit_started_at.is_(None),
            Table.cancel_requested_at.is_(None),
            func.coalesce(*paused, false()).is_(False),
        )
        .values(submit_started_at=_now(), key_id=key)
    )


def put_back(door: Door, provider: str, *, now: datetime) -> int:
    """Put what was admitted, at one provider or at all, and claimed by nobody back into the queue:
    nobody will find it until it is admitted again."""
    values = {"now": now} if provider == EVERYTHING else {"now": now, "of_provider": provider}
    return door.run(_put_back, values, provider != EVERYTHING).rowcount


def _put_back(door: Door, of_one: bool) -> Update:
    statement = door.update(Table).where(
        Table.phase == Phase.PENDING.value, Table.admitted_at.is_not(None)
    )
    if of_one:
        statement = statement.where(Table.provider == bindparam("of_provider"))
    return statement.values(admitted_at=null(), available_at=_now(), updated_at=_now())


def _intent_cleared(door: Door) -> Update:
    return (
        _one(door)
        .where(_held(), Table.phase == Phase.SUBMITTING.value, Table.external_id.is_(None))
        .values(submit_started_at=null())
    )


def _late_attached(door: Door, columns: tuple[str, ...]) -> Update:
    return (
        _one(door)
        .where(Table.phase == Phase.CANCELLED.value, Table.late_result_at.is_(None))
        .values(late_result_at=_now(), **_new(columns))
    )


def _job_remembered(door: Door, columns: tuple[str, ...]) -> Update:
    return _one(door).where(_is_any(FINAL), Table.external_id.is_(None)).values(**_new(columns))


def _attention_cleared(door: Door) -> Update:
    return _one(door).where(Table.needs_attention.is_(True)).values(needs_attention=False)


def _recosted(door: Door, of_batch: bool, names: tuple[str, ...]) -> Update:
    column = Table.batch_id if of_batch else Table.id
    values = {name: bindparam(f"new_{name}", type_=getattr(Table, name).type) for name in names}
    return (
        door.update(Table)
        .where(
            column == bindparam("which"),
            Table.phase.in_([phase.value for phase in sorted(FINAL)]),
        )
        .values(**values, updated_at=bindparam("at", type_=Table.updated_at.type))
    )


def _resolved(door: Door, columns: tuple[str, ...]) -> Update:
    # Whoever runs it may be about to store a paid result.
    return (
        _one(door)
        .where(Table.needs_attention.is_(True), Table.run_token.is_(None))
        .values(needs_attention=False, **_new(columns))
    )


def _looked_at_now(door: Door) -> Update:
    return (
        _one(door)
        .where(
            Table.needs_attention.is_(True),
            Table.run_token.is_(None),
            Table.lease_until.is_not(None),
        )
        .values(lease_until=_now())
    )


def _parked(door: Door) -> Update:
    return (
        _one(door)
        .where(_held(), _is_any(RUNNING))
        .values(run_token=null(), starts=0, **_new(["lease_until"]))
    )


def _one_start_less() -> ColumnElement[int]:
    return case((Table.starts > 0, Table.starts - 1), else_=0)


def _cancel_requested(door: Door) -> Update:
    # A parked run is looked at now instead of later; a pending row has no lease.
    is_parked = and_(Table.run_token.is_(None), Table.lease_until.is_not(None))
    return (
        _one(door)
        .where(_is_any(phase for phase in Phase if phase not in FINAL))
        .values(
            cancel_requested_at=func.coalesce(Table.cancel_requested_at, _now()),
            lease_until=case((is_parked, _now()), else_=Table.lease_until),
        )
    )


def _cancel_asked(door: Door) -> Select[Any]:
    return door.select(Table, Table.cancel_requested_at).where(Table.id == bindparam("id"))


def _deleted(door: Door) -> Update:
    return _one(door).where(_is_any(FINAL), Table.deleted_at.is_(None)).values(deleted_at=_now())


def _claimed(door: Door) -> Update:
    free = leases.free(_now())
    # Two workers with overlapping lists would wait for each other's rows, in the worst case for
    # ever; each takes what is not locked. The guard stands outside, too, where it is asked again
    # of a row that changed in the meantime.
    mine = door.select(Table, Table.id).where(Table.id.in_(bindparam("ids", expanding=True)), free)
    return (
        door.update(Table)
        .where(Table.id.in_(mine.with_for_update(skip_locked=True)), free)
        .values(
            phase=case(
                (Table.phase == Phase.PENDING.value, Phase.SUBMITTING.value), else_=Table.phase
            ),
            run_token=door.random_id(),
            lease_until=bindparam("lease_until", type_=Table.lease_until.type),
            starts=Table.starts + 1,
            started_at=func.coalesce(Table.started_at, _now()),
            updated_at=_now(),
        )
        .returning(*COLUMNS, *leases.COLUMNS)
    )
