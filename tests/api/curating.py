"""Doubles of the services around boards: each method gives one answer, whatever it is asked."""

from types import SimpleNamespace
from typing import Any

from boards.domain.access import Actor
from boards.domain.boards import Board, BoardMember, BoardRole, Invitation, ShareLink
from boards.domain.generations import Generation
from boards.domain.tags import Note, Tag
from boards.errors import NotFound
from boards.ids import new_id
from boards.services.bulk import BulkAction, BulkItem, BulkOutcome, BulkResult, Undo
from boards.services.members import Invited, People
from boards.services.ports import Page, TrashedBoard, TrashedGeneration
from boards.services.sharing import NewShareLink

__all__ = ["curation_double"]


class Answers:
    """A service whose methods give these answers."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, method: str) -> Any:
        answer = self._answers[method]

        async def give(*_: object, **__: object) -> Any:
            return answer

        return give


def curation_double(board: Board, generation: Generation) -> Any:
    """Services that have one of everything."""
    at, user = board.created_at, board.owner_id
    member = BoardMember(board_id=board.id, user_id=user, role=BoardRole.EDITOR, joined_at=at)
    invitation = Invitation(
        id=new_id(),
        tenant_id=board.tenant_id,
        board_id=board.id,
        email="ann@studio.example",
        role=BoardRole.VIEWER,
        invited_by=user,
        created_at=at,
        expires_at=at,
    )
    link = ShareLink(
        id=new_id(),
        tenant_id=board.tenant_id,
        board_id=board.id,
        hint="abcd",
        created_by=user,
        created_at=at,
        expires_at=None,
    )
    tag = Tag(
        id=new_id(),
        tenant_id=board.tenant_id,
        name="Sea",
        slug="sea",
        description=None,
        created_at=at,
        updated_at=at,
    )
    note = Note(
        id=new_id(),
        tenant_id=board.tenant_id,
        generation_id=generation.id,
        user_id=user,
        text="Fine",
        created_at=at,
        updated_at=at,
    )
    refused = BulkItem(id=new_id(), outcome=BulkOutcome.REFUSED, error=NotFound("It is not there."))
    result = BulkResult(
        items=(BulkItem(id=generation.id, outcome=BulkOutcome.DONE), refused),
        undo=Undo(id=new_id(), action=BulkAction.TAG, expires_at=at),
    )
    trashed = TrashedGeneration(generation=generation, deleted_at=at)
    return SimpleNamespace(
        members=Answers(
            list=People(owner_id=user, members=(member,), invitations=(invitation,)),
            add=member,
            change_role=member,
            remove=None,
            transfer=board,
            invite=Invited(invitation=invitation, link="text"),
            withdraw=None,
            accept=board,
        ),
        sharing=Answers(
            list=(link,),
            create=NewShareLink(link=link, text="text"),
            revoke=None,
            visitor=Actor(tenant_id=board.tenant_id, user_id=None, linked_board_id=board.id),
        ),
        tags=Answers(
            list=(tag,),
            get=tag,
            create=tag,
            update=tag,
            delete=None,
            attach=tag,
            detach=None,
            of={},
        ),
        favourites=Answers(mark=None, unmark=None, list=Page(items=(generation,), next="more")),
        notes=Answers(list=(note,), add=note, change=note, delete=None),
        titles=Answers(entitle=generation),
        trash=Answers(
            delete_board=None,
            boards=Page(items=(TrashedBoard(board=board, deleted_at=at),), next=None),
            restore_board=board,
            generations=Page(items=(trashed,), next=None),
            restore_generation=generation,
        ),
        bulk=Answers(do=result, undo=result),
    )
