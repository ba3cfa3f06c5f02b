"""Workspaces: make, open, find, save, rename, duplicate, delete; one story project each.

What a workspace holds is the truth. Every read reads it anew, so whatever was changed by hand or by
git is seen; every save says which revision it is based on, so that nothing is overwritten unseen.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import JsonValue

from boards.domain.access import Action, Actor, Duty
from boards.domain.storyboards.edits import reordered
from boards.domain.storyboards.prompts import is_made_under_another_theme
from boards.domain.storyboards.scripts import with_script
from boards.domain.storyboards.storyboard import (
    FILE,
    Fault,
    Reading,
    Storyboard,
    StoryType,
    read_storyboard,
    storyboard_of,
    write_storyboard,
)
from boards.domain.storyboards.takes import TAKES, Slot, SlotKind
from boards.domain.storyboards.themes import Shelf
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import SYSTEM, Clock, Database, Scope, Tx
from boards.services.ports.stories import Saved, Workspace, WorkspaceFiles, WorkspaceForm
from boards.services.rights import board_for, require_person, scope_of
from boards.services.stories.rights import workspace_for
from boards.services.submit import default_board

__all__ = ["NewStory", "Story", "WorkspaceService", "check_slug"]

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_FOLDERS = ("", "cards", TAKES, "portrait", "portrait/refs")
_TRIES = 4
_ORPHANS_AT_ONCE = 100
_FAULTS_SHOWN = 5

Edit = Callable[[Storyboard], Storyboard]


def check_slug(slug: str) -> str:
    """Give a name for a workspace. InvalidInput for one that cannot be."""
    if _SLUG.fullmatch(slug) is None:
        message = (
            f"{slug!r:.80} is no name for a workspace: use small letters, digits and hyphens, "
            "such as night-train."
        )
        raise InvalidInput(message, problems=(Problem(at="slug", message=message),))
    return slug


@dataclass(frozen=True, kw_only=True)
class NewStory:
    """What a new workspace begins with. Without a board it is the default one; without a form the
    installation's. `storyboard` is a whole one to begin with; `script` gives it its cards. `git`
    makes a repository."""

    slug: str
    title: str = ""
    type: StoryType = StoryType.REEL
    board_id: UUID | None = None
    form: WorkspaceForm | None = None
    git: bool = True
    storyboard: Mapping[str, JsonValue] | None = None
    script: str | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """A workspace as it was just read or saved. `flagged` are the slots whose picked medium was
    made under another theme than the one of now; `problems` are broken rules, with their lines.
    `saved` tells of the save, if there was one. `where` is the folder, if it has one."""

    workspace: Workspace
    storyboard: Storyboard
    revision: str
    problems: tuple[Fault, ...] = ()
    flagged: tuple[Slot, ...] = ()
    saved: Saved | None = None
    where: str | None = None


@dataclass(frozen=True, kw_only=True)
class WorkspaceService:
    """Keeps story projects. `forms` are those that there are here, `shelf` the themes."""

    database: Database
    clock: Clock
    forms: Mapping[WorkspaceForm, WorkspaceFiles]
    shelf: Shelf
    default_form: WorkspaceForm = field(default=WorkspaceForm.FOLDER)

    def files(self, workspace: Workspace) -> WorkspaceFiles:
        """Where a workspace is kept. NotFound when this installation has no such place."""
        found = self.forms.get(workspace.form)
        if found is None:
            raise NotFound(
                f"The workspace {workspace.slug!r} is kept in the form {workspace.form.value!r}, "
                "which is not set up here."
            )
        return found

    async def new(self, actor: Actor, asked: NewStory) -> Story:
        """Make a workspace on a board that the actor may upload to.

        Conflict when there is one of that name, InvalidInput for a storyboard that is none, or
        for a script without scenes, with its line.
        """
        storyboard = Storyboard(title=asked.title, type=asked.type)
        if asked.storyboard is not None:
            storyboard = _accepted(storyboard_of(asked.storyboard))
        if asked.script is not None:
            storyboard = with_script(storyboard, asked.script)
        workspace = await self._register(actor, asked.slug, asked.board_id, asked.form)
        try:
            saved = await self.files(workspace).create(
                workspace, write_storyboard(storyboard), git=asked.git
            )
        except BaseException:
            await self._forget(workspace)
            raise
        return self._story(workspace, Reading(storyboard=storyboard), saved.revision, saved)

    async def open(self, actor: Actor, slug: str, *, board_id: UUID | None = None) -> Story:
        """Give a workspace, and take a folder in that somebody has put there by hand or by git.

        Only for somebody of the tenant who may use the board. NotFound when there is none.
        """
        check_slug(slug)
        try:
            return await self.get(actor, slug)
        except NotFound:
            if await self.database.read(
                lambda tx: tx.stories.named(slug) is not None, scope=scope_of(actor)
            ):
                raise
        workspace = await self._register(actor, slug, board_id, WorkspaceForm.FOLDER)
        files = self.files(workspace)
        if not await files.is_there(workspace):
            await self._forget(workspace)
            # Where the server keeps things is for those who run it.
            where = f": nothing is at {files.where(workspace)}" if actor.is_platform_admin else ""
            raise NotFound(f"There is no workspace {slug!r}{where}.")
        return await self.get(actor, slug)

    async def list(self, actor: Actor, *, board_id: UUID | None = None) -> tuple[Workspace, ...]:
        """List the workspaces of one board, or of all the actor's, the last changed first."""

        def look(tx: Tx) -> tuple[Workspace, ...]:
            if board_id is not None:
                board_for(tx, actor, board_id, Action.VIEW_RECIPES)
                return tx.stories.list([board_id])
            user_id = require_person(actor, Duty.SEE_OWN)
            boards = tx.boards.ids_visible_to(user_id)
            return tx.stories.list(boards) if boards else ()

        found = await self.database.read(look, scope=scope_of(actor))
        # What was in the memory of a process that has ended is nowhere.
        return tuple(
            [
                one
                for one in found
                if one.form is not WorkspaceForm.MEMORY or await self.files(one).is_there(one)
            ]
        )

    async def find(self, actor: Actor, slug: str, action: Action) -> Workspace:
        """Give the workspace if the actor may do `action` on its board; see `workspace_for`."""
        return await self.database.look(
            lambda tx: workspace_for(tx, actor, slug, action), scope=scope_of(actor)
        )

    async def get(self, actor: Actor, slug: str) -> Story:
        """Read a workspace. Conflict, with the line, when its file is no storyboard."""
        return await self.read(await self.find(actor, slug, Action.VIEW_RECIPES))

    async def read(self, workspace: Workspace) -> Story:
        """Read a workspace that was found already."""
        document = await self.files(workspace).read(workspace)
        reading = read_storyboard(document.text)
        if reading.storyboard is None:
            said = "; ".join(map(str, reading.faults[:_FAULTS_SHOWN]))
            raise Conflict(
                f"{FILE} of {workspace.slug!r} is no storyboard, {said} Mend it by hand; it was "
                "not touched."
            )
        return self._story(workspace, reading, document.revision, None)

    async def save(
        self, actor: Actor, slug: str, data: Mapping[str, JsonValue], *, revision: str
    ) -> Story:
        """Replace the whole storyboard. Conflict when it is not at `revision` any more,
        InvalidInput when what is sent breaks a rule; nothing is changed then."""
        storyboard = _accepted(storyboard_of(data))
        return await self.change(
            actor, slug, lambda _: storyboard, revision=revision, message="Edit the storyboard"
        )

    async def reorder(
        self, actor: Actor, slug: str, ids: Sequence[int], *, revision: str | None = None
    ) -> Story:
        """Bring the cards into another order. Their ids, media and takes stay with them."""
        return await self.change(
            actor,
            slug,
            lambda board: reordered(board, ids),
            revision=revision,
            message="Reorder the cards",
        )

    async def change(
        self,
        actor: Actor,
        slug: str,
        edit: Edit,
        *,
        message: str,
        revision: str | None = None,
        files: Sequence[str] = (),
    ) -> Story:
        """Apply a change to what is there, and save it with the files that belong to it.

        With a `revision` it must still be that one (Conflict); without, the change is applied to
        whatever is there, again if somebody else saves in between.
        """
        workspace = await self.find(actor, slug, Action.UPLOAD)
        return await self.apply(workspace, edit, message=message, revision=revision, files=files)

    async def apply(
        self,
        workspace: Workspace,
        edit: Edit,
        *,
        message: str,
        revision: str | None = None,
        files: Sequence[str] = (),
    ) -> Story:
        """The same for a workspace on which the right to it was asked already."""
        text = ""
        saved: Saved | None = None
        for left in reversed(range(_TRIES)):
            story = await self.read(workspace)
            if revision is not None and story.revision != revision:
                raise Conflict(
                    f"The storyboard {workspace.slug!r} was changed meanwhile: you have "
                    f"{revision!r:.40}, it is at {story.revision!r}. Read it again; nothing was "
                    "overwritten."
                )
            text = write_storyboard(edit(story.storyboard))
            try:
                saved = await self.files(workspace).save(
                    workspace, text, expected=story.revision, message=message, files=files
                )
            except Conflict:
                if revision is not None or left == 0:
                    raise
            else:
                break
        await self._touch(workspace)
        reading = read_storyboard(text)
        return self._story(workspace, reading, saved.revision if saved else "", saved)

    async def rename(self, actor: Actor, slug: str, new_slug: str) -> Story:
        """Give it another name. Conflict when that one is taken."""
        check_slug(new_slug)
        before = await self.find(actor, slug, Action.UPLOAD)
        if new_slug == slug:
            return await self.read(before)
        now = self.clock.now()
        await self.database.write(
            lambda tx: tx.stories.rename(before.id, new_slug, now=now), scope=scope_of(actor)
        )
        try:
            await self.files(before).rename(before, new_slug)
        except BaseException:
            await self.database.write(
                lambda tx: tx.stories.rename(before.id, slug, now=now), scope=scope_of(actor)
            )
            raise
        return await self.read(replace(before, slug=new_slug))

    async def duplicate(self, actor: Actor, slug: str, new_slug: str) -> Story:
        """Make a copy on the same board, with all takes; what was made is not paid for again."""
        source = await self.find(actor, slug, Action.UPLOAD)
        story = await self.read(source)
        copy = await self._register(actor, new_slug, source.board_id, source.form)
        here = self.files(source)
        try:
            text = write_storyboard(story.storyboard)
            saved = await here.create(copy, text, git=False)
            for folder in _FOLDERS:
                for file in await here.list(source, folder):
                    if file.path != FILE:
                        await here.copy(source, file.path, copy)
        except BaseException:
            await self._forget(copy)
            await here.discard(copy)
            raise
        return self._story(copy, read_storyboard(text), saved.revision, saved)

    async def delete(self, actor: Actor, slug: str) -> None:
        """Delete one's own, or as an administrator of its board anybody's. What was made for it
        stays on the board; a folder is put aside and not removed."""
        now = self.clock.now()

        def work(tx: Tx) -> Workspace:
            workspace = workspace_for(tx, actor, slug, Action.UPLOAD)
            if workspace.created_by != actor.user_id:
                try:
                    board_for(tx, actor, workspace.board_id, Action.UPDATE_BOARD)
                except Forbidden:
                    raise Forbidden(
                        f"The workspace {slug!r} is somebody else's; ask an administrator of its "
                        "board to delete it."
                    ) from None
            tx.stories.delete(workspace.id, now=now)
            note(tx, actor, "workspace.delete", target=("workspace", workspace.id), now=now)
            return workspace

        workspace = await self.database.write(work, scope=scope_of(actor))
        await self.files(workspace).discard(workspace)

    async def held_bytes(self, workspace: Workspace) -> int | None:
        """How many bytes the takes of a workspace in memory have; None for any other."""
        if workspace.form is not WorkspaceForm.MEMORY:
            return None
        return sum([one.size for one in await self.files(workspace).list(workspace, TAKES)])

    async def discard_orphans(self) -> int:
        """Discard what belongs to boards that are gone for good, as a chore; give how many."""
        found = await self.database.read(
            lambda tx: tx.stories.orphans(limit=_ORPHANS_AT_ONCE), scope=SYSTEM
        )
        for workspace in found:
            await self._forget(workspace)
            if workspace.form in self.forms:
                await self.files(workspace).discard(workspace)
        return len(found)

    def themes_of(self, storyboard: Storyboard) -> Shelf:
        """The themes that a story can choose from."""
        return self.shelf.with_own(storyboard.themes)

    async def _register(
        self, actor: Actor, slug: str, board_id: UUID | None, form: WorkspaceForm | None
    ) -> Workspace:
        check_slug(slug)
        user_id, now = require_person(actor, Duty.UPLOAD), self.clock.now()
        chosen = form or self.default_form
        if chosen not in self.forms:
            known = ", ".join(one.value for one in self.forms)
            raise InvalidInput(f"Workspaces are not kept in {chosen.value!r} here; use {known}.")

        def work(tx: Tx) -> Workspace:
            if board_id is None:
                board = default_board(tx, actor, self.clock)
            else:
                board = board_for(tx, actor, board_id, Action.UPLOAD).board
            workspace = Workspace(
                id=new_id(),
                tenant_id=actor.tenant_id,
                board_id=board.id,
                created_by=user_id,
                slug=slug,
                form=chosen,
                created_at=now,
                updated_at=now,
            )
            tx.stories.insert(workspace)
            return workspace

        return await self.database.write(work, scope=scope_of(actor))

    async def _forget(self, workspace: Workspace) -> None:
        now = self.clock.now()
        await self.database.write(
            lambda tx: tx.stories.delete(workspace.id, now=now), scope=_scope(workspace)
        )

    async def _touch(self, workspace: Workspace) -> None:
        now = self.clock.now()
        await self.database.write(
            lambda tx: tx.stories.touch(workspace.id, now=now), scope=_scope(workspace)
        )

    def _story(
        self, workspace: Workspace, reading: Reading, revision: str, saved: Saved | None
    ) -> Story:
        board = reading.storyboard or Storyboard()
        shelf = self.themes_of(board)
        slots = [
            *(Slot(kind=SlotKind.CARD, card_id=card.id) for card in board.cards),
            Slot(kind=SlotKind.COVER),
            Slot(kind=SlotKind.PORTRAIT),
        ]
        return Story(
            workspace=workspace,
            storyboard=board,
            revision=revision,
            problems=reading.problems,
            flagged=tuple(
                slot for slot in slots if is_made_under_another_theme(board, shelf, slot)
            ),
            saved=saved,
            where=self.files(workspace).where(workspace),
        )


def _scope(workspace: Workspace) -> Scope:
    return Scope(tenant_id=workspace.tenant_id)


def _accepted(reading: Reading) -> Storyboard:
    faults = (*reading.faults, *reading.problems)
    if reading.storyboard is None or faults:
        problems = tuple(Problem(at=one.at, message=one.message) for one in faults)
        said = "; ".join(f"{one.at}: {one.message}" for one in faults[:_FAULTS_SHOWN])
        raise InvalidInput(f"This is no storyboard: {said}", problems=problems)
    return reading.storyboard
