"""Composes the storyboard studio."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from boards.adapters.db.urls import asyncpg_dsn
from boards.adapters.workspaces.folder import FolderWorkspaces
from boards.adapters.workspaces.memory import MemoryWorkspaces
from boards.adapters.workspaces.sheet import contact_sheet
from boards.adapters.workspaces.stored import StoredWorkspaces
from boards.services.chores import Chore
from boards.services.jobs import JobService
from boards.services.ports.stories import WorkspaceFiles, WorkspaceForm
from boards.services.stories.planning import Defaults
from boards.services.stories.services import StoryServices, stories_over
from boards.services.stories.themes import read_shelf
from boards.services.submit import SubmitService
from boards.services.uploads import UploadService
from boards.settings import Settings

__all__ = ["stories_in"]

DELIVER_EVERY = timedelta(seconds=10)


async def stories_in(
    stack: AsyncExitStack,
    settings: Settings,
    submits: SubmitService,
    uploads: UploadService,
    jobs: JobService,
    chores: list[Chore],
) -> StoryServices:
    """Open the studio: folders on a machine of one's own, the storage where many share the work.

    ConfigError for a themes file that is not as it should be.
    """
    database, storage, clock = uploads.database, uploads.storage, uploads.clock
    memory = MemoryWorkspaces(storage=storage, clock=clock)
    forms: dict[WorkspaceForm, WorkspaceFiles] = {
        WorkspaceForm.STORAGE: StoredWorkspaces(database=database, storage=storage, clock=clock),
        WorkspaceForm.MEMORY: memory,
    }
    root = settings.workspaces_dir
    if root is None and asyncpg_dsn(settings.database_url) is None:
        root = settings.data_dir / "workspaces"
    if root is not None:
        forms[WorkspaceForm.FOLDER] = FolderWorkspaces(root=root, storage=storage)
    stories = stories_over(
        forms=forms,
        default_form=WorkspaceForm.STORAGE if root is None else WorkspaceForm.FOLDER,
        shelf=await asyncio.to_thread(read_shelf, settings.themes_config_path),
        defaults=Defaults(
            image=settings.story_image_generator, video=settings.story_video_generator
        ),
        submits=submits,
        uploads=uploads,
        jobs=jobs,
        draw=contact_sheet,
        held=memory.held,
        forget_unused=memory.forget_unused,
    )
    chores.append(
        Chore(name="deliver_takes", every=DELIVER_EVERY, work=stories.delivery.deliver_all)
    )
    chores.append(
        Chore(name="forget_story_jobs", every=timedelta(hours=1), work=stories.delivery.forget_jobs)
    )
    chores.append(
        Chore(
            name="discard_orphan_stories",
            every=timedelta(hours=1),
            work=stories.workspaces.discard_orphans,
        )
    )
    await stories.pruning.start()
    stack.push_async_callback(stories.pruning.stop)
    return stories
