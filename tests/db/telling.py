"""What stories keep, as calls by which the tenants' walls are tried."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from boards.domain.boards import Board
from boards.domain.jobs import Job
from boards.domain.storyboards.storyboard import MediaKind
from boards.domain.storyboards.takes import Slot, SlotKind
from boards.ids import new_id
from boards.services.ports import Tx
from boards.services.ports.stories import (
    KeptFile,
    NewTake,
    Stories,
    StoryJob,
    StoryJobKind,
    Workspace,
    WorkspaceForm,
)
from tests.db.world import NOW

__all__ = ["CALLS", "FOR_SYSTEM", "REPOSITORIES", "fill_stories"]

REPOSITORIES = {"stories": Stories}
LATER = NOW + timedelta(days=2)


class Told(Protocol):
    """What of the tenant abroad stories are about. Ids of stories are those of its other things."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def user_id(self) -> UUID: ...
    @property
    def board(self) -> Board: ...
    @property
    def job(self) -> Job: ...
    @property
    def done(self) -> UUID: ...


def _workspace(told: Told, *, slug: str = "secret", is_new: bool = False) -> Workspace:
    return Workspace(
        id=new_id() if is_new else told.board.id,
        tenant_id=told.tenant_id,
        board_id=told.board.id,
        created_by=told.user_id,
        slug=slug,
        form=WorkspaceForm.STORAGE,
        created_at=NOW,
        updated_at=NOW,
    )


def _job(told: Told, job_id: UUID) -> StoryJob:
    return StoryJob(
        id=job_id,
        tenant_id=told.tenant_id,
        workspace_id=told.board.id,
        user_id=told.user_id,
        kind=StoryJobKind.TAKES,
        created_at=NOW,
    )


def _take(told: Told, job_id: UUID) -> NewTake:
    return NewTake(
        id=new_id(),
        tenant_id=told.tenant_id,
        workspace_id=told.board.id,
        job_id=job_id,
        slot=Slot(kind=SlotKind.CARD, card_id=1),
        number=1,
        recipe="recipe",
        round=1,
        ordinal=1,
        theme="poster",
        prompt="secret",
        aspect="9:16",
        kind=MediaKind.IMAGE,
        generator="painter",
        created_at=NOW,
        generation_id=told.done,
    )


def _file(told: Told, path: str) -> KeptFile:
    return KeptFile(
        workspace_id=told.board.id,
        tenant_id=told.tenant_id,
        path=path,
        key=f"abroad/{path}",
        size=1,
        sha256="ee" * 32,
        created_at=NOW,
    )


def fill_stories(tx: Tx, told: Told) -> None:
    """A workspace with a document, a file and a job with a take that has not ended."""
    tx.stories.insert(_workspace(told))
    tx.stories.replace_document(told.board.id, "{}", revision="one", expected=None)
    tx.stories.put_file(_file(told, "cover.png"))
    tx.stories.insert_job(_job(told, told.job.id), [_take(told, told.job.id)])


def _insert_job(tx: Tx, told: Told) -> None:
    job_id = new_id()
    tx.stories.insert_job(_job(told, job_id), [_take(told, job_id)])


def purged(tx: Tx, board_id: UUID) -> object:
    """Purge a board; what it answers shows nothing."""
    tx.trash.purge_board(board_id, now=LATER)
    return None


CALLS: Mapping[str, Callable[[Tx, Any], Any]] = {
    "stories.insert": lambda tx, s: tx.stories.insert(_workspace(s, slug="second", is_new=True)),
    "stories.get": lambda tx, s: tx.stories.get(s.board.id),
    "stories.named": lambda tx, s: tx.stories.named("secret"),
    "stories.list": lambda tx, s: tx.stories.list([s.board.id]),
    "stories.rename": lambda tx, s: tx.stories.rename(s.board.id, "mine", now=LATER),
    "stories.touch": lambda tx, s: tx.stories.touch(s.board.id, now=LATER),
    "stories.delete": lambda tx, s: tx.stories.delete(s.board.id, now=LATER),
    "stories.document": lambda tx, s: tx.stories.document(s.board.id),
    "stories.replace_document": lambda tx, s: tx.stories.replace_document(
        s.board.id, '{"mine": 1}', revision="two", expected="one"
    ),
    "stories.files": lambda tx, s: tx.stories.files(s.board.id),
    "stories.put_file": lambda tx, s: tx.stories.put_file(_file(s, "portrait.png")),
    "stories.remove_file": lambda tx, s: tx.stories.remove_file(s.board.id, "cover.png"),
    "stories.insert_job": _insert_job,
    "stories.job": lambda tx, s: tx.stories.job(s.job.id),
    "stories.jobs_of": lambda tx, s: tx.stories.jobs_of(s.board.id),
    "stories.takes_of": lambda tx, s: tx.stories.takes_of(s.job.id),
    "stories.open_takes": lambda tx, s: tx.stories.open_takes(s.board.id),
    "stories.made_since": lambda tx, s: tx.stories.made_since(s.board.id, NOW),
    "stories.waiting": lambda tx, s: tx.stories.waiting(limit=9),
    "stories.last_numbers": lambda tx, s: tx.stories.last_numbers(s.board.id),
    "stories.end_take": lambda tx, s: tx.stories.end_take(s.done, file="01-1.png", now=LATER),
    "stories.orphans": lambda tx, s: (
        tx.trash.delete_board(s.board.id, now=NOW),
        purged(tx, s.board.id),
        tx.stories.orphans(limit=9),
    ),
    "stories.forget_jobs": lambda tx, s: (
        tx.stories.end_take(s.done, file=None, now=NOW),
        tx.stories.forget_jobs(before=LATER),
    ),
}
FOR_SYSTEM = {"stories.orphans", "stories.waiting", "stories.forget_jobs"}
