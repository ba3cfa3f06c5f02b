"""The tenant door: the one place where statements are made, which puts the tenant into each.

A repository writes a statement as a function of a door, and runs it through the same door:

    def _by_id(door: Door) -> Statement:
        return door.select(tables.Board).where(tables.Board.id == bindparam("id"))

    row = door.run(_by_id, {"id": board_id}).first()

The function is called once per form; afterwards only the values are bound (see `prepared`), which
makes a statement several times cheaper. In a tenant's scope each statement is checked, once, to
have the tenant in it; the value is bound by the door, so that no repository can bind another.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Delete,
    Insert,
    Select,
    TableClause,
    Text,
    Update,
    bindparam,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import Function

from boards.adapters.db.faults import of_statement
from boards.adapters.db.prepared import Answer, Prepared, Statement, Wire
from boards.adapters.db.tables import (
    Base,
    Identity,
    Password,
    ProviderState,
    Session,
    SignInLink,
    Tenant,
    Turn,
    WebhookReceipt,
)
from boards.errors import BoardsError, Forbidden
from boards.services.ports import SYSTEM, Scope

__all__ = ["Door", "Statement", "func"]

Values: TypeAlias = Mapping[str, Any]

_TENANT = "scope_tenant_id"
_SHARED: tuple[type[Base], ...] = (
    Tenant,
    Identity,
    Password,
    Session,
    SignInLink,
    Turn,
    WebhookReceipt,
    ProviderState,
)

# FTS5 has the table's own name as a column, for what is looked for, and `rank`.
_WORDS = table(
    "search_words",
    *(column(name) for name in ("rowid", "search_words", "rank", "number", "words")),
)

_prepared: dict[Hashable, Prepared] = {}


class Door:
    """Statements within one scope, on one connection, in one transaction.

    `failures` are those of the transaction's statements; after the first it cannot be committed,
    on PostgreSQL by its nature and on SQLite because `SqlTx.finish` says so.
    """

    def __init__(
        self,
        wire: Wire,
        scope: Scope,
        failures: list[BaseException] | None = None,
        *,
        beyond: bool = False,
    ) -> None:
        self.scope = scope
        self._beyond = beyond
        self.failures: list[BaseException] = [] if failures is None else failures
        self.is_postgres = wire.dialect.name == "postgresql"
        self.wire = wire
        self._tenant: Values = {} if scope.tenant_id is None else {_TENANT: scope.tenant_id}
        self._kind = (wire.dialect.name, scope.tenant_id is None)

    def unscoped(self, reason: str, *, shared_only: bool = False) -> "Door":
        """A door to all tenants' rows. `reason` says, to whoever reads the call, why it is safe.

        With `shared_only` it is for tables that no tenant owns.
        """
        if not reason:
            raise ValueError("Say why rows of all tenants may be read here.")
        return Door(self.wire, SYSTEM, self.failures, beyond=not shared_only)

    def require_system(self, what: str) -> None:
        """Forbidden unless this door opens to all tenants: `what` concerns more than one."""
        if self.scope.tenant_id is not None:
            raise Forbidden(f"{what!r} concerns all tenants; call it in the SYSTEM scope.")

    # Making statements

    def select(self, table: type[Base], *columns: Any) -> Select[Any]:
        """Select columns, or all of them, from a table or an alias of one."""
        statement = select(*columns or (table,)).select_from(table)
        condition = self._condition(table)
        return statement if condition is None else statement.where(condition)

    def insert_into(self, table: type[Base]) -> Insert:
        """Insert into a tenants' table; `run` checks that the rows are the scope's tenant's."""
        if table in _SHARED:
            raise TypeError(f"{table.__tablename__!r} has no tenant; use insert().")
        return insert(table)

    def update(self, table: type[Base]) -> Update:
        """Update rows of a table."""
        condition = self._condition(table)
        statement = update(table)
        return statement if condition is None else statement.where(condition)

    def delete(self, table: type[Base]) -> Delete:
        """Delete rows of a table."""
        condition = self._condition(table)
        statement = delete(table)
        return statement if condition is None else statement.where(condition)

    def select_shared(self, table: type[Base], *columns: Any) -> Select[Any]:
        """Select from a table that no tenant owns; only in the SYSTEM scope."""
        self._require_shared(table)
        return select(*columns or (table,)).select_from(table)

    def update_shared(self, table: type[Base]) -> Update:
        """Update a table that no tenant owns; only in the SYSTEM scope."""
        self._require_shared(table)
        return update(table)

    def delete_shared(self, table: type[Base]) -> Delete:
        """Delete from a table that no tenant owns; only in the SYSTEM scope."""
        self._require_shared(table)
        return delete(table)

    @property
    def words(self) -> TableClause:
        """The index of words, for a join with the entries: its rows hold no tenant, so nothing is
        selected from it alone."""
        return _WORDS

    def derive(self, *columns: Any) -> Select[Any]:
        """Select from subqueries and CTEs that came through this door themselves."""
        return select(*columns)

    def random_id(self) -> Function[Any]:
        """A random id that the database makes for each row anew."""
        return func.gen_random_uuid() if self.is_postgres else func.randomblob(16)

    def _require_shared(self, table: type[Base]) -> None:
        self.require_system(table.__tablename__)
        if table not in _SHARED:
            raise TypeError(f"{table.__tablename__!r} belongs to tenants: use select().")

    def _condition(self, table: Any) -> ColumnElement[bool] | None:
        if inspect(table).mapper.class_ in _SHARED:
            raise TypeError(f"{table.__tablename__!r} has no tenant; use select_shared().")
        if self.scope.tenant_id is None:
            return None
        condition: ColumnElement[bool] = table.tenant_id == bindparam(_TENANT)
        return condition

    # Running them

    def run(
        self,
        build: Callable[..., Statement],
        values: Values | Sequence[Values] = (),
        *form: Hashable,
    ) -> Answer:
        """Run the statement that `build(door, *form)` makes, with `values` bound.

        `build` is a module's function, called once for each form. Raises the errors of `faults`.
        """
        if self._beyond:
            self.wire.look_beyond()
        key = (build, self._kind, form)
        prepared = _prepared.get(key)
        if prepared is None:
            statement = build(self, *form)
            self._check(statement, build)
            prepared = _prepared[key] = Prepared(statement, self.wire.dialect)
        if isinstance(prepared.statement, Insert):
            self._check_rows(prepared.statement.table.name, values)
        if isinstance(values, Mapping):
            return self._execute(prepared, {**values, **self._tenant})
        if not values:
            return self._execute(prepared, self._tenant)
        return self._execute_each(prepared, [{**row, **self._tenant} for row in values])

    def insert(self, table: type[Base], rows: Sequence[Values], *, if_absent: bool = False) -> int:
        """Insert rows and count them; with `if_absent`, rows whose key exists are passed over.

        Forbidden when a row is not of the scope's tenant. All rows have the same keys.
        """
        if not rows:
            return 0
        prepared = self._insert(table, rows, if_absent=if_absent)
        if if_absent or len(rows) == 1:
            return sum(self._execute(prepared, row).rowcount for row in rows)
        return self._execute_each(prepared, rows).rowcount

    def insert_returning(
        self, table: type[Base], rows: Sequence[Values], *names: str
    ) -> Sequence[Any]:
        """Insert rows and give the named columns of each back, in any order."""
        if not rows:
            return ()
        return self._execute_each(self._insert(table, rows, returning=names), rows).all()

    def lock(self, key: int) -> None:
        """Let one transaction at a time pass here, until it ends. SQLite has one writer anyway."""
        if self.is_postgres:
            self._call(_locked, {"key": key})

    def try_lock(self, key: int) -> bool:
        """The same without waiting; False when another transaction is in there."""
        return not self.is_postgres or bool(self._call(_lock_tried, {"key": key}).scalar())

    def lock_and_notify(self, key: int, channel: str, payload: str) -> None:
        """Lock and, at the commit, tell other processes; only on PostgreSQL."""
        values = {"key": key, "channel": channel, "payload": payload}
        self._call(_locked_and_told, values)

    def plan_by_values(self) -> None:
        """Have PostgreSQL plan by their values what statements follow in this transaction. After a
        few runs it would plan a prepared one once for all, knowing nothing of how many rows fit."""
        if self.is_postgres:
            self._call(_planned_by_values, {})

    def _insert(
        self,
        table: type[Base],
        rows: Sequence[Values],
        *,
        if_absent: bool = False,
        returning: tuple[str, ...] = (),
    ) -> Prepared:
        if table in _SHARED:
            self.require_system(table.__tablename__)
        else:
            self._check_rows(table.__tablename__, rows)
        key = (table, self._kind, if_absent, returning)
        prepared = _prepared.get(key)
        if prepared is None:
            statement = self._new_insert(table, if_absent=if_absent)
            if returning:
                statement = statement.returning(*(getattr(table, name) for name in returning))
            prepared = _prepared[key] = Prepared(statement, self.wire.dialect)
        return prepared

    def _new_insert(self, table: type[Base], *, if_absent: bool) -> Insert:
        if not if_absent:
            return insert(table)
        if self.is_postgres:
            return postgresql.insert(table).on_conflict_do_nothing()
        return sqlite.insert(table).on_conflict_do_nothing()

    def _check_rows(self, name: str, rows: Values | Sequence[Values]) -> None:
        if self.scope.tenant_id is None:
            return
        for row in [rows] if isinstance(rows, Mapping) else rows:
            if row["tenant_id"] != self.scope.tenant_id:
                raise Forbidden(f"A row of {name!r} is another tenant's.")

    def _check(self, statement: Statement, build: Callable[..., Statement]) -> None:
        if self.scope.tenant_id is None or isinstance(statement, Insert):
            return
        if _TENANT not in statement.compile(dialect=self.wire.dialect).params:
            raise Forbidden(f"The statement of {build.__name__!r} does not name the tenant.")

    def _call(self, build: Callable[[], Statement], values: Values) -> Answer:
        """Run a statement that reads no rows, so that there is no tenant to be named in it."""
        key = (build, self._kind)
        prepared = _prepared.get(key)
        if prepared is None:
            prepared = _prepared[key] = Prepared(build(), self.wire.dialect)
        return self._execute(prepared, values)

    def _execute(self, prepared: Prepared, values: Values) -> Answer:
        try:
            return prepared.run(self.wire, values)
        except self.wire.failures as error:
            raise self._failed(error) from error

    def _execute_each(self, prepared: Prepared, many: Sequence[Values]) -> Answer:
        try:
            return prepared.run_each(self.wire, many)
        except self.wire.failures as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> BoardsError:
        failure = of_statement(error)
        self.failures.append(failure)
        return failure


_KEY = bindparam("key", type_=BigInteger)


def _locked() -> Statement:
    return select(func.pg_advisory_xact_lock(_KEY))


def _lock_tried() -> Statement:
    return select(func.pg_try_advisory_xact_lock(_KEY))


def _locked_and_told() -> Statement:
    told = func.pg_notify(bindparam("channel", type_=Text), bindparam("payload", type_=Text))
    return select(func.pg_advisory_xact_lock(_KEY), told)


def _planned_by_values() -> Statement:
    return select(func.set_config("plan_cache_mode", "force_custom_plan", true()))
