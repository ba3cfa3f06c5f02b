"""How turns are stored: one row for each kind of work that one process at a time should do."""

from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Turn as Table

__all__ = ["TurnRows"]


class TurnRows:
    """The rows of turns in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def take(self, name: str, *, every: timedelta, now: datetime) -> bool:
        values = {"of_name": name, "now": now, "before": now - every}
        if self._door.run(_taken, values).rowcount == 1:
            return True
        first = {"name": name, "taken_at": now}
        return self._door.insert(Table, [first], if_absent=True) == 1


def _taken(door: Door) -> Update:
    return (
        door.update_shared(Table)
        .where(Table.name == bindparam("of_name"), Table.taken_at <= bindparam("before"))
        .values(taken_at=bindparam("now", type_=Table.taken_at.type))
    )
