"""How story projects are stored: workspaces, their documents and files, their jobs and takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Row, Select, Update, bindparam, null, or_

from boards.adapters.db.door import Door, func
from boards.adapters.db.story_table import StoryJob as JobTable
from boards.adapters.db.story_table import StoryTake as TakeTable
from boards.adapters.db.story_table import Workspace as Table
from boards.adapters.db.story_table import WorkspaceFile as FileTable
from boards.adapters.db.tables import Board
from boards.domain.storyboards.storyboard import MediaKind
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.errors import Conflict
from boards.services.ports.stories import (
    KeptFile,
    NewTake,
    PlannedTake,
    StoryJob,
    StoryJobKind,
    Workspace,
    WorkspaceForm,
)

__all__ = ["StoryRows"]

_COLUMNS = (
    Table.id,
    Table.tenant_id,
    Table.board_id,
    Table.created_by,
    Table.slug,
    Table.form,
    Table.created_at,
    Table.updated_at,
)

_TAKE_COLUMNS = (
    *(TakeTable.id, TakeTable.tenant_id, TakeTable.workspace_id, TakeTable.job_id),
    *(TakeTable.slot_kind, TakeTable.card_id, TakeTable.number),
    *(TakeTable.recipe, TakeTable.round, TakeTable.ordinal),
    *(TakeTable.theme, TakeTable.prompt, TakeTable.aspect, TakeTable.kind, TakeTable.generator),
    *(TakeTable.generation_id, TakeTable.is_shared, TakeTable.file),
    *(TakeTable.created_at, TakeTable.ended_at),
)


class StoryRows:
    """The rows of story projects in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, workspace: Workspace) -> None:
        row = asdict(workspace) | {
            "form": workspace.form.value,
            "document": None,
            "revision": None,
            "deleted_at": None,
        }
        if self._door.insert(Table, [row], if_absent=True) != 1:
            raise Conflict(f"There is a workspace {workspace.slug!r} already; choose another name.")

    def get(self, workspace_id: UUID) -> Workspace | None:
        row = self._door.run(_by_id, {"id": workspace_id}).first()
        return None if row is None else _workspace(row)

    def named(self, slug: str) -> Workspace | None:
        row = self._door.run(_by_slug, {"of_slug": slug}).first()
        return None if row is None else _workspace(row)

    def list(self, board_ids: Iterable[UUID]) -> tuple[Workspace, ...]:
        rows = self._door.run(_on_boards, {"board_ids": sorted(board_ids)})
        return tuple(_workspace(row) for row in rows)

    def rename(self, workspace_id: UUID, slug: str, *, now: datetime) -> None:
        other = self.named(slug)
        if other is not None and other.id != workspace_id:
            raise Conflict(f"There is a workspace {slug!r} already; choose another name.")
        self._door.run(_renamed, {"of_id": workspace_id, "new_slug": slug, "now": now})

    def touch(self, workspace_id: UUID, *, now: datetime) -> None:
        self._door.run(_touched, {"of_id": workspace_id, "now": now})

    def delete(self, workspace_id: UUID, *, now: datetime) -> None:
        self._door.run(_deleted, {"of_id": workspace_id, "now": now})

    def orphans(self, *, limit: int) -> tuple[Workspace, ...]:
        self._door.require_system("workspaces")
        return tuple(_workspace(row) for row in self._door.run(_orphans, {"limit": limit}))

    def document(self, workspace_id: UUID) -> str | None:
        row = self._door.run(_document, {"id": workspace_id}).first()
        return None if row is None else row.document

    def replace_document(
        self, workspace_id: UUID, text: str, *, revision: str, expected: str | None
    ) -> bool:
        values = {"of_id": workspace_id, "text": text, "new_revision": revision}
        if expected is not None:
            values["expected"] = expected
        return self._door.run(_replaced, values, expected is not None).rowcount == 1

    def files(self, workspace_id: UUID) -> Sequence[KeptFile]:
        rows = self._door.run(_files, {"of_workspace": workspace_id})
        return tuple(KeptFile(**row._asdict()) for row in rows)

    def put_file(self, file: KeptFile) -> str | None:
        before = self.remove_file(file.workspace_id, file.path)
        self._door.insert(FileTable, [asdict(file)])
        return before

    def remove_file(self, workspace_id: UUID, path: str) -> str | None:
        at = {"of_workspace": workspace_id, "at_path": path}
        row = self._door.run(_file, at).first()
        if row is None:
            return None
        self._door.run(_file_removed, at)
        key: str = row.key
        return key

    def insert_job(self, job: StoryJob, takes: Sequence[NewTake]) -> None:
        self._door.insert(JobTable, [asdict(job) | {"kind": job.kind.value}])
        self._door.insert(TakeTable, [_take_row(take) for take in takes])

    def job(self, job_id: UUID) -> StoryJob | None:
        row = self._door.run(_job, {"id": job_id}).first()
        if row is None:
            return None
        return StoryJob(**row._asdict() | {"kind": StoryJobKind(row.kind)})

    def jobs_of(self, workspace_id: UUID) -> tuple[UUID, ...]:
        rows = self._door.run(_jobs_of, {"of_workspace": workspace_id})
        return tuple(row.id for row in rows)

    def takes_of(self, job_id: UUID) -> tuple[PlannedTake, ...]:
        return tuple(_take(row) for row in self._door.run(_of_job, {"of_job": job_id}))

    def open_takes(self, workspace_id: UUID) -> tuple[PlannedTake, ...]:
        rows = self._door.run(_open_of, {"of_workspace": workspace_id})
        return tuple(_take(row) for row in rows)

    def made_since(self, workspace_id: UUID, since: datetime) -> tuple[PlannedTake, ...]:
        values = {"of_workspace": workspace_id, "since": since}
        return tuple(_take(row) for row in self._door.run(_made_since, values))

    def waiting(self, *, limit: int) -> tuple[PlannedTake, ...]:
        self._door.require_system("story_takes")
        return tuple(_take(row) for row in self._door.run(_waiting, {"limit": limit}))

    def last_numbers(self, workspace_id: UUID) -> Mapping[str, int]:
        rows = self._door.run(_numbers, {"of_workspace": workspace_id})
        return {
            Slot(kind=SlotKind(row.slot_kind), card_id=row.card_id).name: row.last for row in rows
        }

    def end_take(self, generation_id: UUID, *, file: str | None, now: datetime) -> int:
        values = {"of_generation": generation_id, "new_file": file, "now": now}
        return self._door.run(_ended, values).rowcount

    def forget_jobs(self, *, before: datetime) -> int:
        self._door.require_system("story_jobs")
        return self._door.run(_old_jobs, {"before": before}).rowcount


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(**row._asdict() | {"form": WorkspaceForm(row.form)})


def _take_row(take: NewTake) -> dict[str, object]:
    row = asdict(take)
    del row["slot"]
    return row | {
        "slot_kind": take.slot.kind.value,
        "card_id": take.slot.card_id,
        "kind": take.kind.value,
    }


def _take(row: Row[Any]) -> PlannedTake:
    values = row._asdict()
    slot = Slot(kind=SlotKind(values.pop("slot_kind")), card_id=values.pop("card_id"))
    return PlannedTake(**values | {"slot": slot, "kind": MediaKind(values["kind"])})


def _live(door: Door, *columns: Any) -> Select[Any]:
    return door.select(Table, *columns or _COLUMNS).where(Table.deleted_at.is_(None))


def _by_id(door: Door) -> Select[Any]:
    return _live(door).where(Table.id == bindparam("id"))


def _by_slug(door: Door) -> Select[Any]:
    return _live(door).where(Table.slug == bindparam("of_slug"))


def _on_boards(door: Door) -> Select[Any]:
    return (
        _live(door)
        .where(Table.board_id.in_(bindparam("board_ids", expanding=True)))
        .order_by(Table.updated_at.desc(), Table.id.desc())
    )


def _orphans(door: Door) -> Select[Any]:
    gone = door.select(Board, Board.id).where(Board.purged_at.is_not(None))
    return _live(door).where(Table.board_id.in_(gone)).limit(bindparam("limit"))


def _now() -> Any:
    return bindparam("now", type_=Table.updated_at.type)


def _renamed(door: Door) -> Update:
    slug = bindparam("new_slug", type_=Table.slug.type)
    return (
        door.update(Table)
        .where(Table.id == bindparam("of_id"))
        .values(slug=slug, updated_at=_now())
    )


def _touched(door: Door) -> Update:
    return door.update(Table).where(Table.id == bindparam("of_id")).values(updated_at=_now())


def _deleted(door: Door) -> Update:
    return (
        door.update(Table)
        .where(Table.id == bindparam("of_id"), Table.deleted_at.is_(None))
        .values(deleted_at=_now(), document=null(), revision=null())
    )


def _document(door: Door) -> Select[Any]:
    return _live(door, Table.document).where(Table.id == bindparam("id"))


def _replaced(door: Door, is_guarded: bool) -> Update:
    statement = (
        door.update(Table)
        .where(Table.id == bindparam("of_id"), Table.deleted_at.is_(None))
        .values(
            document=bindparam("text", type_=Table.document.type),
            revision=bindparam("new_revision", type_=Table.revision.type),
        )
    )
    if is_guarded:
        return statement.where(Table.revision == bindparam("expected"))
    return statement.where(Table.revision.is_(None))


def _files(door: Door) -> Select[Any]:
    columns = (
        *(FileTable.workspace_id, FileTable.tenant_id, FileTable.path),
        *(FileTable.key, FileTable.size, FileTable.sha256, FileTable.created_at),
    )
    return (
        door.select(FileTable, *columns)
        .where(FileTable.workspace_id == bindparam("of_workspace"))
        .order_by(FileTable.path)
    )


def _file(door: Door) -> Select[Any]:
    return door.select(FileTable, FileTable.key).where(
        FileTable.workspace_id == bindparam("of_workspace"), FileTable.path == bindparam("at_path")
    )


def _file_removed(door: Door) -> Delete:
    return door.delete(FileTable).where(
        FileTable.workspace_id == bindparam("of_workspace"), FileTable.path == bindparam("at_path")
    )


def _job(door: Door) -> Select[Any]:
    columns = (
        *(JobTable.id, JobTable.tenant_id, JobTable.workspace_id),
        *(JobTable.user_id, JobTable.kind, JobTable.created_at),
    )
    return door.select(JobTable, *columns).where(JobTable.id == bindparam("id"))


def _jobs_of(door: Door) -> Select[Any]:
    return (
        door.select(JobTable, JobTable.id)
        .where(JobTable.workspace_id == bindparam("of_workspace"))
        .order_by(JobTable.id.desc())
    )


def _takes(door: Door) -> Select[Any]:
    return door.select(TakeTable, *_TAKE_COLUMNS)


def _of_job(door: Door) -> Select[Any]:
    return _takes(door).where(TakeTable.job_id == bindparam("of_job")).order_by(TakeTable.id)


def _open_of(door: Door) -> Select[Any]:
    return (
        _takes(door)
        .where(
            TakeTable.workspace_id == bindparam("of_workspace"),
            TakeTable.ended_at.is_(None),
            TakeTable.is_shared.is_(False),
        )
        .order_by(TakeTable.id)
    )


def _made_since(door: Door) -> Select[Any]:
    return _takes(door).where(
        TakeTable.workspace_id == bindparam("of_workspace"),
        TakeTable.created_at >= bindparam("since"),
        TakeTable.is_shared.is_(False),
        or_(TakeTable.ended_at.is_(None), TakeTable.file.is_not(None)),
    )


def _waiting(door: Door) -> Select[Any]:
    return (
        _takes(door)
        .where(TakeTable.ended_at.is_(None), TakeTable.is_shared.is_(False))
        .order_by(TakeTable.created_at)
        .limit(bindparam("limit"))
    )


def _numbers(door: Door) -> Select[Any]:
    return (
        door.select(
            TakeTable,
            TakeTable.slot_kind,
            TakeTable.card_id,
            func.max(TakeTable.number).label("last"),
        )
        .where(TakeTable.workspace_id == bindparam("of_workspace"))
        .group_by(TakeTable.slot_kind, TakeTable.card_id)
    )


def _ended(door: Door) -> Update:
    return (
        door.update(TakeTable)
        .where(TakeTable.generation_id == bindparam("of_generation"), TakeTable.ended_at.is_(None))
        .values(
            file=bindparam("new_file", type_=TakeTable.file.type),
            ended_at=bindparam("now", type_=TakeTable.created_at.type),
        )
    )


def _old_jobs(door: Door) -> Delete:
    still_open = (
        door.select(TakeTable, TakeTable.id)
        .where(TakeTable.job_id == JobTable.id, TakeTable.ended_at.is_(None))
        .correlate(JobTable)
        .exists()
    )
    return door.delete(JobTable).where(JobTable.created_at < bindparam("before"), ~still_open)
