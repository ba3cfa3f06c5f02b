"""Rights on a workspace: they are those on its board."""

from boards.domain.access import Action, Actor
from boards.errors import NotFound
from boards.services.ports import Tx
from boards.services.ports.stories import StoryJob, Workspace
from boards.services.rights import board_for

__all__ = ["job_to_cancel", "workspace_for"]


def workspace_for(tx: Tx, actor: Actor, slug: str, action: Action) -> Workspace:
    """Give the workspace if the actor may do `action` on its board.

    A storyboard is a recipe: whoever may only look at the board may not read it. NotFound when
    there is none or its board may not even be seen, else Forbidden.
    """
    workspace = tx.stories.named(slug)
    missing = NotFound(f"Workspace {slug!r:.80} not found")
    if workspace is None:
        raise missing
    try:
        board_for(tx, actor, workspace.board_id, Action.VIEW)
    except NotFound:
        raise missing from None
    board_for(tx, actor, workspace.board_id, Action.VIEW_RECIPES)
    board_for(tx, actor, workspace.board_id, action)
    return workspace


def job_to_cancel(tx: Tx, actor: Actor, slug: str, job: StoryJob) -> StoryJob:
    """Give the job if the actor may cancel it: their own, or as an administrator of the board
    anybody's. Forbidden otherwise."""
    is_own = job.user_id == actor.user_id
    workspace_for(tx, actor, slug, Action.GENERATE if is_own else Action.CANCEL)
    return job
