"""Requests about boards, their people, and what people put on generations, as values. No I/O."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar
from uuid import UUID

from boards.client.answers import Board, Generation
from boards.client.curated import (
    BoardMember,
    BoardPeople,
    BulkAction,
    Changed,
    DeletedBoard,
    Invited,
    NewShareLink,
    Note,
    Role,
    ShareLink,
    Tag,
)
from boards.client.operations import API, Operation, Page, Verb, items_of, list_of, nothing, one_of
from boards.client.sending import BoardLike, Body, GenerationLike, id_of, segment, sendable

__all__ = ["TagLike"]

T = TypeVar("T")

TagLike: TypeAlias = Tag | UUID | str
"""A tag, or its id."""


def update_board(board: BoardLike, changes: Mapping[str, object]) -> Operation[Board]:
    return _sent("PATCH", _board(board), Board, _body(changes))


def delete_board(board: BoardLike) -> Operation[None]:
    return _ended(_board(board))


def restore_board(board: BoardLike) -> Operation[Board]:
    return _sent("POST", f"{_board(board)}/restore", Board)


def deleted_boards(cursor: str | None, limit: int) -> Operation[Page[DeletedBoard]]:
    return list_of("/trash", DeletedBoard, cursor, limit)


def members(board: BoardLike) -> Operation[BoardPeople]:
    return _got(f"{_board(board)}/members", BoardPeople)


def add_member(board: BoardLike, user_id: UUID | str, role: Role) -> Operation[BoardMember]:
    body: Body = {"user_id": str(user_id), "role": role}
    return _sent("POST", f"{_board(board)}/members", BoardMember, body)


def invite(board: BoardLike, email: str, role: Role) -> Operation[Invited]:
    body: Body = {"email": email, "role": role}
    return _sent("POST", f"{_board(board)}/invitations", Invited, body)


def accept_invitation(link: str) -> Operation[Board]:
    return _sent("POST", "/invitations/accept", Board, {"link": link})


def change_member(board: BoardLike, user_id: UUID | str, role: Role) -> Operation[BoardMember]:
    return _sent("PATCH", _member(board, user_id), BoardMember, {"role": role})


def remove_member(board: BoardLike, user_id: UUID | str) -> Operation[None]:
    return _ended(_member(board, user_id))


def transfer_board(board: BoardLike, user_id: UUID | str) -> Operation[Board]:
    return _sent("POST", f"{_board(board)}/transfer", Board, {"user_id": str(user_id)})


def share(board: BoardLike, expires_days: int | None) -> Operation[NewShareLink]:
    body: Body = {"expires_days": expires_days}
    return _sent("POST", f"{_board(board)}/links", NewShareLink, body)


def share_links(board: BoardLike) -> Operation[tuple[ShareLink, ...]]:
    return _listed(f"{_board(board)}/links", ShareLink)


def unshare(board: BoardLike, link_id: UUID | str) -> Operation[None]:
    return _ended(f"{_board(board)}/links/{segment(str(link_id))}")


def tags() -> Operation[tuple[Tag, ...]]:
    return _listed("/tags", Tag)


def create_tag(name: str, slug: str | None, description: str | None) -> Operation[Tag]:
    body: Body = {"name": name, "slug": slug, "description": description}
    return _sent("POST", "/tags", Tag, body)


def update_tag(tag: TagLike, changes: Mapping[str, object]) -> Operation[Tag]:
    return _sent("PATCH", f"/tags/{_tag(tag)}", Tag, _body(changes))


def delete_tag(tag: TagLike) -> Operation[None]:
    return _ended(f"/tags/{_tag(tag)}")


def tags_of(generation: GenerationLike) -> Operation[tuple[Tag, ...]]:
    return _listed(f"{_of(generation)}/tags", Tag)


def tag(generation: GenerationLike, tag: TagLike) -> Operation[Tag]:
    return _sent("PUT", f"{_of(generation)}/tags/{_tag(tag)}", Tag)


def untag(generation: GenerationLike, tag: TagLike) -> Operation[None]:
    return _ended(f"{_of(generation)}/tags/{_tag(tag)}")


def favourites(cursor: str | None, limit: int) -> Operation[Page[Generation]]:
    return list_of("/favourites", Generation, cursor, limit)


def favourite(generation: GenerationLike) -> Operation[None]:
    return Operation(verb="PUT", path=f"{API}{_of(generation)}/favourite", read=nothing)


def unfavourite(generation: GenerationLike) -> Operation[None]:
    return _ended(f"{_of(generation)}/favourite")


def notes(generation: GenerationLike) -> Operation[tuple[Note, ...]]:
    return _listed(f"{_of(generation)}/notes", Note)


def add_note(generation: GenerationLike, text: str) -> Operation[Note]:
    return _sent("POST", f"{_of(generation)}/notes", Note, {"text": text})


def delete_note(note_id: UUID | str) -> Operation[None]:
    return _ended(f"/notes/{segment(str(note_id))}")


def entitle(generation: GenerationLike, title: str | None) -> Operation[Generation]:
    return _sent("PATCH", _of(generation), Generation, {"title": title})


def restore(generation: GenerationLike) -> Operation[Generation]:
    return _sent("POST", f"{_of(generation)}/restore", Generation)


def bulk(
    action: BulkAction,
    generations: Iterable[GenerationLike],
    tag: TagLike | None,
    board: BoardLike | None,
) -> Operation[Changed]:
    body: Body = {
        "action": action,
        "ids": [id_of(one) for one in generations],
        "tag_id": None if tag is None else _tag_id(tag),
        "board_id": None if board is None else id_of(board),
    }
    return _sent("POST", "/generations/bulk", Changed, body)


def undo(undo_id: UUID | str) -> Operation[Changed]:
    return _sent("POST", f"/undo/{segment(str(undo_id))}", Changed)


def _board(board: BoardLike) -> str:
    return f"/boards/{segment(id_of(board))}"


def _member(board: BoardLike, user_id: UUID | str) -> str:
    return f"{_board(board)}/members/{segment(str(user_id))}"


def _of(generation: GenerationLike) -> str:
    return f"/generations/{segment(id_of(generation))}"


def _tag_id(tag: TagLike) -> str:
    return str(tag.id) if isinstance(tag, Tag) else str(tag)


def _tag(tag: TagLike) -> str:
    return segment(_tag_id(tag))


def _body(changes: Mapping[str, object]) -> Body:
    return {name: sendable(value, name) for name, value in changes.items()}


def _got(path: str, shape: type[T]) -> Operation[T]:
    return Operation(verb="GET", path=f"{API}{path}", read=one_of(shape))


def _listed(path: str, shape: type[T]) -> Operation[tuple[T, ...]]:
    return Operation(verb="GET", path=f"{API}{path}", read=items_of(shape))


def _sent(verb: Verb, path: str, shape: type[T], body: Body | None = None) -> Operation[T]:
    return Operation(verb=verb, path=f"{API}{path}", read=one_of(shape), body=body)


def _ended(path: str) -> Operation[None]:
    return Operation(verb="DELETE", path=f"{API}{path}", read=nothing)
