"""What people do with boards, as calls by which the tenants' walls are tried."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from boards.domain.boards import BoardRole, Invitation, ShareLink
from boards.domain.tags import Note, Tag
from boards.ids import new_id
from boards.services import ports
from boards.services.ports import Tx, UndoRecord
from tests.db.world import NOW, World

__all__ = [
    "CALLS",
    "FOR_SYSTEM",
    "NOTHING_TO_SEE",
    "REPOSITORIES",
    "Curated",
    "make_curated",
    "make_tag",
]

LATER = NOW + timedelta(days=2)

REPOSITORIES = {
    "invitations": ports.Invitations,
    "share_links": ports.ShareLinks,
    "tags": ports.Tags,
    "favourites": ports.Favourites,
    "notes": ports.Notes,
    "trash": ports.Trash,
    "shelf": ports.Shelf,
    "undos": ports.Undos,
}


@dataclass(frozen=True, kw_only=True)
class Curated:
    """What people did with the boards of the tenant abroad."""

    user_id: UUID
    tenant_id: UUID
    board_id: UUID
    other_board_id: UUID
    trashed_board_id: UUID
    done: UUID
    trashed: UUID
    tag: Tag
    note: Note
    invitation: Invitation
    link: ShareLink
    undo: UndoRecord


def make_tag(tenant_id: UUID, name: str = "sea") -> Tag:
    """A tag that has not been written yet."""
    return Tag(
        id=new_id(),
        tenant_id=tenant_id,
        name=name,
        slug=name,
        description=None,
        created_at=NOW,
        updated_at=NOW,
    )


async def make_curated(world: World, done: UUID, trashed: UUID) -> Curated:
    """Do something of everything abroad, to two generations there that have ended."""
    there = world.abroad
    other = await world.add_board(there)
    gone = await world.add_board(there)
    plain: dict[str, Any] = {"tenant_id": there.tenant_id, "created_at": NOW}
    curated = Curated(
        user_id=there.user_id,
        tenant_id=there.tenant_id,
        board_id=there.board.id,
        other_board_id=other.id,
        trashed_board_id=gone.id,
        done=done,
        trashed=trashed,
        tag=make_tag(there.tenant_id),
        note=Note(
            id=new_id(),
            generation_id=done,
            user_id=there.user_id,
            text="secret",
            updated_at=NOW,
            **plain,
        ),
        invitation=Invitation(
            id=new_id(),
            board_id=there.board.id,
            email="ann@abroad.example",
            role=BoardRole.EDITOR,
            invited_by=there.user_id,
            expires_at=LATER,
            **plain,
        ),
        link=ShareLink(
            id=new_id(),
            board_id=there.board.id,
            hint="abcd",
            created_by=there.user_id,
            expires_at=None,
            **plain,
        ),
        undo=UndoRecord(
            id=new_id(),
            user_id=there.user_id,
            action="delete",
            changed=((done, None),),
            tag_id=None,
            expires_at=LATER,
            **plain,
        ),
    )

    def fill(tx: Tx) -> None:
        tx.tags.add(curated.tag)
        tx.tags.attach(curated.tag.id, [done], tenant_id=there.tenant_id)
        tx.favourites.add(there.user_id, [done], tenant_id=there.tenant_id, now=NOW)
        tx.notes.add(curated.note)
        tx.invitations.add(curated.invitation, "invitation of abroad")
        tx.share_links.add(curated.link, "link of abroad")
        tx.undos.add(curated.undo)
        tx.trash.delete([trashed], now=NOW)
        tx.trash.delete_board(gone.id, now=NOW)

    await world.write(fill, there.scope)
    return curated


CALLS: Mapping[str, Callable[[Tx, Curated, World], Any]] = {
    "boards.update": lambda tx, c, w: tx.boards.update(c.board_id, now=LATER, title="mine"),
    "boards.set_owner": lambda tx, c, w: tx.boards.set_owner(c.board_id, c.user_id, now=LATER),
    "boards.members": lambda tx, c, w: tx.boards.members(c.board_id),
    "boards.set_role": lambda tx, c, w: tx.boards.set_role(c.board_id, c.user_id, BoardRole.ADMIN),
    "boards.remove_member": lambda tx, c, w: tx.boards.remove_member(c.board_id, c.user_id),
    "boards.covers": lambda tx, c, w: tuple(tx.boards.covers([c.board_id])),
    "boards.find_user": lambda tx, c, w: tx.boards.find_user(c.user_id),
    "boards.users_with": lambda tx, c, w: tx.boards.users_with("ann@abroad.example"),
    "invitations.add": lambda tx, c, w: tx.invitations.add(
        replace(c.invitation, id=new_id(), email="bob@abroad.example"), "mine"
    ),
    "invitations.get": lambda tx, c, w: tx.invitations.get(c.invitation.id),
    "invitations.by_fingerprint": lambda tx, c, w: tx.invitations.by_fingerprint(
        "invitation of abroad"
    ),
    "invitations.of_board": lambda tx, c, w: tx.invitations.of_board(c.board_id),
    "invitations.for_address": lambda tx, c, w: tx.invitations.for_address(
        "ann@abroad.example", now=NOW
    ),
    "invitations.end": lambda tx, c, w: tx.invitations.end(c.invitation.id, now=LATER),
    "share_links.add": lambda tx, c, w: tx.share_links.add(replace(c.link, id=new_id()), "mine"),
    "share_links.by_fingerprint": lambda tx, c, w: tx.share_links.by_fingerprint("link of abroad"),
    "share_links.get": lambda tx, c, w: tx.share_links.get(c.link.id),
    "share_links.of_board": lambda tx, c, w: tx.share_links.of_board(c.board_id),
    "share_links.revoke": lambda tx, c, w: tx.share_links.revoke(c.link.id, now=LATER),
    "tags.add": lambda tx, c, w: tx.tags.add(make_tag(c.tenant_id, "mine")),
    "tags.get": lambda tx, c, w: tx.tags.get(c.tag.id),
    "tags.by_slug": lambda tx, c, w: tx.tags.by_slug(c.tag.slug),
    "tags.list": lambda tx, c, w: tx.tags.list(),
    "tags.count": lambda tx, c, w: tx.tags.count(),
    "tags.update": lambda tx, c, w: tx.tags.update(replace(c.tag, name="mine")),
    "tags.delete": lambda tx, c, w: tx.tags.delete(c.tag.id),
    "tags.attach": lambda tx, c, w: (tx.tags.attach(c.tag.id, [c.trashed], tenant_id=c.tenant_id),),
    "tags.detach": lambda tx, c, w: tx.tags.detach(c.tag.id, [c.done]),
    "tags.of_generations": lambda tx, c, w: tuple(tx.tags.of_generations([c.done])),
    "favourites.add": lambda tx, c, w: tx.favourites.add(
        c.user_id, [c.trashed], tenant_id=c.tenant_id, now=LATER
    ),
    "favourites.remove": lambda tx, c, w: tx.favourites.remove(c.user_id, [c.done]),
    "favourites.among": lambda tx, c, w: tx.favourites.among(c.user_id, [c.done]),
    "favourites.list": lambda tx, c, w: tx.favourites.list(c.user_id, limit=9, cursor=None),
    "notes.add": lambda tx, c, w: tx.notes.add(replace(c.note, id=new_id())),
    "notes.get": lambda tx, c, w: tx.notes.get(c.note.id),
    "notes.of_generation": lambda tx, c, w: tx.notes.of_generation(c.done),
    "notes.change": lambda tx, c, w: tx.notes.change(c.note.id, "mine", now=LATER),
    "notes.delete": lambda tx, c, w: tx.notes.delete(c.note.id),
    "trash.tenant_is_gone": lambda tx, c, w: tx.trash.tenant_is_gone(before=LATER),
    # How many it were is about the tenant that asks.
    "trash.delete_all_boards": lambda tx, c, w: [tx.trash.delete_all_boards(now=LATER) and None],
    "trash.delete_board": lambda tx, c, w: tx.trash.delete_board(c.board_id, now=LATER),
    "trash.board": lambda tx, c, w: tx.trash.board(c.trashed_board_id),
    "trash.boards": lambda tx, c, w: tx.trash.boards(c.user_id, limit=9, cursor=None),
    "trash.restore_board": lambda tx, c, w: tx.trash.restore_board(c.trashed_board_id, now=LATER),
    "trash.under_way_on": lambda tx, c, w: tx.trash.under_way_on(c.board_id),
    "trash.find": lambda tx, c, w: tuple(tx.trash.find([c.done, c.trashed])),
    "trash.on_board": lambda tx, c, w: tx.trash.on_board(c.board_id, limit=9, cursor=None),
    "trash.delete": lambda tx, c, w: tx.trash.delete([c.done], now=LATER),
    "trash.restore": lambda tx, c, w: tx.trash.restore([c.trashed], now=LATER),
    "trash.due": lambda tx, c, w: tx.trash.due(before=LATER, limit=9),
    "trash.due_boards": lambda tx, c, w: tx.trash.due_boards(before=LATER, limit=9),
    "trash.purge": lambda tx, c, w: tx.trash.purge([c.trashed], now=LATER),
    "trash.purge_board": lambda tx, c, w: tx.trash.purge_board(c.trashed_board_id, now=LATER),
    "shelf.move": lambda tx, c, w: tx.shelf.move([c.done], c.other_board_id, now=LATER),
    "shelf.entitle": lambda tx, c, w: tx.shelf.entitle(c.done, "mine", now=LATER),
    "undos.add": lambda tx, c, w: tx.undos.add(replace(c.undo, id=new_id())),
    "undos.use": lambda tx, c, w: tx.undos.use(c.undo.id, c.user_id, now=NOW),
    "undos.forget": lambda tx, c, w: tx.undos.forget(before=LATER + timedelta(days=9)),
}

FOR_SYSTEM = {
    "share_links.by_fingerprint",
    "trash.due",
    "trash.due_boards",
    "trash.purge",
    "trash.purge_board",
    "undos.forget",
}
NOTHING_TO_SEE = {
    "boards.members": "nobody was made a member there",
    "boards.set_role": "nobody was made a member there",
    "boards.remove_member": "nobody was made a member there",
    "boards.users_with": "nobody there has an address",
}
