"""Workspaces: story projects, their storyboards and their themes."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from boards.api.links import API
from boards.api.routing import Call, Caller, answered, errors, lay
from boards.api.shapes.base import Asked, Id
from boards.api.shapes.stories import (
    DuplicateRequest,
    NewWorkspace,
    OpenRequest,
    OrderRequest,
    RenameRequest,
    SaveRequest,
    StoryShape,
    ThemeList,
    ThemeRequest,
    WorkspaceList,
    story_shape,
    theme_list,
    workspace_shape,
)
from boards.errors import NotFound
from boards.services.stories.planning import TakesAsked
from boards.services.stories.services import StoryServices
from boards.services.stories.workspaces import Story

__all__ = ["PATH", "Slug", "router", "stories_of"]

PATH = "/workspace"
router = APIRouter(prefix=PATH, tags=["stories"])

Slug = Annotated[str, Path(max_length=100, description="The workspace's name.")]
ThemeName = Annotated[str, Path(max_length=100, description="The theme's name.")]


def stories_of(call: Call) -> StoryServices:
    """The services of the storyboard studio. NotFound where it is left out."""
    if call.services.stories is None:
        raise NotFound("There is no storyboard studio here.")
    return call.services.stories


async def lay_story(call: Call, story: Story, *, status: int = 200) -> Response:
    """Lay a workspace out, with what stands in the way of generating."""
    stories = stories_of(call)
    workspace = story.workspace
    shape = story_shape(
        story,
        stories.workspaces.themes_of(story.storyboard),
        unavailable=await stories.planner.why_unavailable(
            call.actor, story.storyboard, TakesAsked()
        ),
        # Where the server keeps things is for those who run it.
        where=story.where if call.actor.is_platform_admin else None,
        held_bytes=await stories.workspaces.held_bytes(workspace),
    )
    location = f"{call.links.path}{API}{PATH}/{workspace.slug}" if status == 201 else None
    answer = lay(shape, status=status, location=location)
    answer.headers["ETag"] = f'"{story.revision}"'
    return answer


class WorkspacesAsked(Asked):
    """Which workspaces to list."""

    board_id: Id | None = Field(default=None, description="Only those of this board.")


@router.get(
    "",
    operation_id="list_workspaces",
    summary="List workspaces, the last changed first",
    responses=answered(WorkspaceList, "The workspaces.", also=(404,)),
)
async def list_workspaces(call: Caller, asked: Annotated[WorkspacesAsked, Query()]) -> Response:
    found = await stories_of(call).workspaces.list(call.actor, board_id=asked.board_id)
    return lay(WorkspaceList(items=[workspace_shape(one) for one in found]))


@router.post(
    "",
    operation_id="create_workspace",
    summary="Make a workspace",
    status_code=201,
    responses=answered(StoryShape, "The workspace.", status=201, also=(404, 409, 413, 415, 507)),
)
async def create_workspace(call: Caller, body: NewWorkspace) -> Response:
    story = await stories_of(call).workspaces.new(call.actor, body.asked())
    return await lay_story(call, story, status=201)


@router.get(
    "/{slug}",
    operation_id="get_workspace",
    summary="Get a workspace with its storyboard, as it is now",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 507)),
)
async def get_workspace(call: Caller, slug: Slug) -> Response:
    return await lay_story(call, await stories_of(call).workspaces.get(call.actor, slug))


@router.put(
    "/{slug}",
    operation_id="save_workspace",
    summary="Replace the storyboard; 409 when it was changed meanwhile",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 413, 415, 507)),
)
async def save_workspace(call: Caller, slug: Slug, body: SaveRequest) -> Response:
    story = await stories_of(call).workspaces.save(
        call.actor, slug, body.storyboard, revision=body.revision
    )
    return await lay_story(call, story)


@router.delete(
    "/{slug}",
    operation_id="delete_workspace",
    summary="Delete a workspace; what was made for it stays on its board",
    status_code=204,
    responses={204: {"description": "It is deleted."}, **errors(404, 409)},
)
async def delete_workspace(call: Caller, slug: Slug) -> Response:
    await stories_of(call).workspaces.delete(call.actor, slug)
    return Response(status_code=204)


@router.post(
    "/{slug}/open",
    operation_id="open_workspace",
    summary="Open a workspace; a folder that was put there is taken in",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 413, 415, 507)),
)
async def open_workspace(call: Caller, slug: Slug, body: OpenRequest) -> Response:
    story = await stories_of(call).workspaces.open(call.actor, slug, board_id=body.board_id)
    return await lay_story(call, story)


@router.post(
    "/{slug}/rename",
    operation_id="rename_workspace",
    summary="Give a workspace another name",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 413, 415, 507)),
)
async def rename_workspace(call: Caller, slug: Slug, body: RenameRequest) -> Response:
    story = await stories_of(call).workspaces.rename(call.actor, slug, body.slug)
    return await lay_story(call, story)


@router.post(
    "/{slug}/duplicate",
    operation_id="duplicate_workspace",
    summary="Copy a workspace with all of its takes",
    status_code=201,
    responses=answered(StoryShape, "The copy.", status=201, also=(404, 409, 413, 415, 507)),
)
async def duplicate_workspace(call: Caller, slug: Slug, body: DuplicateRequest) -> Response:
    story = await stories_of(call).workspaces.duplicate(call.actor, slug, body.slug)
    return await lay_story(call, story, status=201)


@router.put(
    "/{slug}/order",
    operation_id="reorder_cards",
    summary="Bring the cards into another order; media and takes stay with them",
    responses=answered(StoryShape, "The workspace.", also=(400, 404, 409, 413, 415, 507)),
)
async def reorder_cards(call: Caller, slug: Slug, body: OrderRequest) -> Response:
    story = await stories_of(call).workspaces.reorder(
        call.actor, slug, body.ids, revision=body.revision
    )
    return await lay_story(call, story)


@router.get(
    "/{slug}/themes",
    operation_id="list_themes",
    summary="List the themes that the story can choose from",
    responses=answered(ThemeList, "The themes.", also=(404, 409, 507)),
)
async def list_themes(call: Caller, slug: Slug) -> Response:
    story, shelf = await stories_of(call).themes.list(call.actor, slug)
    return lay(theme_list(story, shelf))


@router.put(
    "/{slug}/themes/{name}",
    operation_id="put_theme",
    summary="Add a theme to the story, or change one for it alone",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 413, 415, 507)),
)
async def put_theme(call: Caller, slug: Slug, name: ThemeName, body: ThemeRequest) -> Response:
    story = await stories_of(call).themes.put(call.actor, slug, name, body.theme())
    return await lay_story(call, story)


@router.delete(
    "/{slug}/themes/{name}",
    operation_id="remove_theme",
    summary="Remove a theme of the story's own",
    responses=answered(StoryShape, "The workspace.", also=(404, 409, 507)),
)
async def remove_theme(call: Caller, slug: Slug, name: ThemeName) -> Response:
    return await lay_story(call, await stories_of(call).themes.remove(call.actor, slug, name))
