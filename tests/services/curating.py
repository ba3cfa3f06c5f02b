"""What tests about boards begin with: people, boards and pictures."""

from dataclasses import replace
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.boards import Board, BoardRole
from boards.domain.generations import Generation
from boards.services.ports import SYSTEM, Tx
from boards.testing.generators import tiny_png
from tests.services.studio import Studio

__all__ = ["Cast", "joined", "named", "picture"]


async def picture(
    studio: Studio, board_id: UUID, *, by: Actor | None = None, seed: int = 0x446688
) -> Generation:
    """A finished picture on a board."""
    return await studio.uploads.upload(
        by or studio.actor, source=tiny_png(seed), filename="a.png", board_id=board_id
    )


async def joined(studio: Studio, board: Board, role: BoardRole) -> Actor:
    """A colleague with a role on a board."""
    actor = await studio.colleague()
    assert actor.user_id is not None
    await studio.curation.members.add(studio.actor, board.id, actor.user_id, role)
    return actor


async def named(studio: Studio, actor: Actor, email: str, *, verified: bool = True) -> Actor:
    """Somebody with an address."""

    def work(tx: Tx) -> None:
        assert actor.user_id is not None
        member = tx.people.member(actor.user_id)
        assert member is not None
        known = tx.people.principal(member.identity_id)
        changed = replace(known, email=email, email_verified=verified)
        tx.people.update_identity(member.identity_id, changed)

    await studio.database.write(work, scope=SYSTEM)
    return actor


class Cast:
    """A board with somebody in each role, and somebody with none."""

    def __init__(self, board: Board, people: dict[str, Actor]) -> None:
        self.board = board
        self.people = people

    @classmethod
    async def of(cls, studio: Studio) -> "Cast":
        board = await studio.boards.create(studio.actor, "Boats")
        people = {role.value: await joined(studio, board, role) for role in BoardRole}
        people |= {"owner": studio.actor, "stranger": await studio.colleague()}
        people["foreigner"] = await studio.another_tenant()
        return cls(board, people)

    def __getitem__(self, who: str) -> Actor:
        return self.people[who]

    def id(self, who: str) -> UUID:
        found = self.people[who].user_id
        assert found is not None
        return found
