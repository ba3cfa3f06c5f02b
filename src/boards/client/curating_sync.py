"""What people do with boards, for programs that wait for each answer: the same calls."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from boards.client import curating
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
from boards.client.curating import TagLike
from boards.client.operations import Operation, Page
from boards.client.sending import BoardLike, GenerationLike

__all__ = ["Curation"]

T = TypeVar("T")


class Curation:
    """The part of a client that is about boards and what is on them."""

    def _send(self, operation: Operation[T]) -> T:
        raise NotImplementedError

    def _pages(
        self, part: Callable[[str | None, int], Operation[Page[T]]], limit: int | None
    ) -> Iterator[T]:
        raise NotImplementedError

    def update_board(self, board: BoardLike, **changes: object) -> Board:
        """Change what is given, such as `title`, `description`, `is_public`, `cover_id`,
        `share_recipes`, `settings` or `metadata`; the rest stays."""
        return self._send(curating.update_board(board, changes))

    def delete_board(self, board: BoardLike) -> None:
        """Put your board with all that is on it into the trash, for 30 days."""
        self._send(curating.delete_board(board))

    def restore_board(self, board: BoardLike) -> Board:
        """Have a board back from the trash."""
        return self._send(curating.restore_board(board))

    def deleted_boards(self, *, limit: int | None = None) -> Iterator[DeletedBoard]:
        """Go through the boards in the trash that you may have back, the last deleted first."""
        return self._pages(curating.deleted_boards, limit)

    def members(self, board: BoardLike) -> BoardPeople:
        """Get who works on a board."""
        return self._send(curating.members(board))

    def add_member(
        self, board: BoardLike, user_id: UUID | str, role: Role = "viewer"
    ) -> BoardMember:
        """Let somebody of the tenant onto a board."""
        return self._send(curating.add_member(board, user_id, role))

    def invite(self, board: BoardLike, email: str, role: Role = "viewer") -> Invited:
        """Let whoever has an address onto a board, now or when they come into the tenant."""
        return self._send(curating.invite(board, email, role))

    def accept_invitation(self, link: str) -> Board:
        """Take an invitation by its one-time link."""
        return self._send(curating.accept_invitation(link))

    def change_member(self, board: BoardLike, user_id: UUID | str, role: Role) -> BoardMember:
        """Give a member another role."""
        return self._send(curating.change_member(board, user_id, role))

    def remove_member(self, board: BoardLike, user_id: UUID | str) -> None:
        """See a member off, or leave."""
        self._send(curating.remove_member(board, user_id))

    def transfer_board(self, board: BoardLike, user_id: UUID | str) -> Board:
        """Pass your board on to one of its members."""
        return self._send(curating.transfer_board(board, user_id))

    def share(self, board: BoardLike, *, expires_days: int | None = None) -> NewShareLink:
        """Make a link by which anybody may look at a board; its text is in this answer only."""
        return self._send(curating.share(board, expires_days))

    def share_links(self, board: BoardLike) -> tuple[ShareLink, ...]:
        """List the links that share a board."""
        return self._send(curating.share_links(board))

    def unshare(self, board: BoardLike, link_id: UUID | str) -> None:
        """End a link."""
        self._send(curating.unshare(board, link_id))

    def tags(self) -> tuple[Tag, ...]:
        """List the tenant's tags, by name."""
        return self._send(curating.tags())

    def create_tag(
        self, name: str, *, slug: str | None = None, description: str | None = None
    ) -> Tag:
        """Make a tag."""
        return self._send(curating.create_tag(name, slug, description))

    def update_tag(self, tag: TagLike, **changes: object) -> Tag:
        """Change what is given, such as `name`, `slug` or `description`; the rest stays."""
        return self._send(curating.update_tag(tag, changes))

    def delete_tag(self, tag: TagLike) -> None:
        """Delete a tag, and take it off everything."""
        self._send(curating.delete_tag(tag))

    def tags_of(self, generation: GenerationLike) -> tuple[Tag, ...]:
        """List the tags of a generation."""
        return self._send(curating.tags_of(generation))

    def tag(self, generation: GenerationLike, tag: TagLike) -> Tag:
        """Put a tag on a generation."""
        return self._send(curating.tag(generation, tag))

    def untag(self, generation: GenerationLike, tag: TagLike) -> None:
        """Take a tag off a generation."""
        self._send(curating.untag(generation, tag))

    def favourites(self, *, limit: int | None = None) -> Iterator[Generation]:
        """Go through your favourites, the last marked first."""
        return self._pages(curating.favourites, limit)

    def favourite(self, generation: GenerationLike) -> None:
        """Mark a generation for yourself."""
        self._send(curating.favourite(generation))

    def unfavourite(self, generation: GenerationLike) -> None:
        """Take your mark off a generation."""
        self._send(curating.unfavourite(generation))

    def notes(self, generation: GenerationLike) -> tuple[Note, ...]:
        """List what members wrote about a generation, the oldest first."""
        return self._send(curating.notes(generation))

    def add_note(self, generation: GenerationLike, text: str) -> Note:
        """Write a note about a generation."""
        return self._send(curating.add_note(generation, text))

    def delete_note(self, note_id: UUID | str) -> None:
        """Delete a note."""
        self._send(curating.delete_note(note_id))

    def entitle(self, generation: GenerationLike, title: str | None) -> Generation:
        """Call a generation something, or with None nothing."""
        return self._send(curating.entitle(generation, title))

    def restore(self, generation: GenerationLike) -> Generation:
        """Have a generation back from the trash."""
        return self._send(curating.restore(generation))

    def bulk(
        self,
        action: BulkAction,
        generations: Iterable[GenerationLike],
        *,
        tag: TagLike | None = None,
        board: BoardLike | None = None,
    ) -> Changed:
        """Do one thing to up to 500 generations; what cannot be done to one is told of it."""
        return self._send(curating.bulk(action, generations, tag, board))

    def undo(self, undo_id: UUID | str) -> Changed:
        """Take back what `bulk` did, once."""
        return self._send(curating.undo(undo_id))
