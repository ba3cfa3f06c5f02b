"""Stories for people to reach for: in memory, with a take of each kind."""

from collections.abc import Mapping
from uuid import UUID

from boards.domain.storyboards.storyboard import Card, Storyboard, write_storyboard
from boards.domain.storyboards.themes import Theme
from boards.ids import new_id
from boards.services.ports import Tx
from boards.services.ports.stories import StoryJob, StoryJobKind, Workspace, WorkspaceForm
from tests.rights.world import PICTURE, PROMPTS, Person, Place, World

__all__ = ["story_job", "workspace"]

TAKES = ("01-1.png", "cover-1.png", "portrait-1.png")


async def workspace(world: World, place: Place, by: Person | None, _: Mapping[str, str]) -> str:
    """A workspace on the board of a place, with one card and a theme of its own."""
    host, now = world.host(place), world.now()
    maker = by if by and by.user_id and by.tenant_id == host.tenant_id else host
    assert maker.user_id is not None
    made = Workspace(
        id=new_id(),
        tenant_id=host.tenant_id,
        board_id=world.boards[place],
        created_by=maker.user_id,
        slug=f"story-{new_id().hex[-12:]}",
        form=WorkspaceForm.MEMORY,
        created_at=now,
        updated_at=now,
    )
    board = Storyboard(
        cards=(Card(id=1, scene=PROMPTS[place]),),
        themes={"chalk": Theme(style="chalk", aspect="1:1")},
    )
    await world.write(lambda tx: tx.stories.insert(made))
    files = world.app.stories.workspaces.files(made)
    await files.create(made, write_storyboard(board), git=False)
    for take in TAKES:
        await files.put(made, f"cards/takes/{take}", PICTURE)
    return made.slug


async def story_job(world: World, place: Place, by: Person | None, made: Mapping[str, str]) -> UUID:
    """A job of the workspace that was just made."""
    host = world.host(place)
    maker = by if by and by.user_id and by.tenant_id == host.tenant_id else host

    def work(tx: Tx) -> UUID:
        found = tx.stories.named(made["slug"])
        assert found is not None
        assert maker.user_id is not None
        job = StoryJob(
            id=new_id(),
            tenant_id=found.tenant_id,
            workspace_id=found.id,
            user_id=maker.user_id,
            kind=StoryJobKind.TAKES,
            created_at=world.now(),
        )
        tx.stories.insert_job(job, [])
        return job.id

    return await world.write(work)
