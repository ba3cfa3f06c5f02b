"""The services of the storyboard studio, put together for the surfaces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from boards.domain.storyboards.themes import Shelf
from boards.services.jobs import JobService
from boards.services.ports.stories import WorkspaceFiles, WorkspaceForm
from boards.services.stories.animatics import AnimaticService
from boards.services.stories.delivery import Delivery
from boards.services.stories.exporting import StoryExportService
from boards.services.stories.jobs import StoryJobService
from boards.services.stories.planning import Defaults, Planner
from boards.services.stories.pruning import Pruning
from boards.services.stories.sheets import Cell, SheetService
from boards.services.stories.takes import TakeService
from boards.services.stories.themes import ThemeService
from boards.services.stories.workspaces import WorkspaceService
from boards.services.submit import SubmitService
from boards.services.uploads import UploadService

__all__ = ["StoryServices", "stories_over"]


@dataclass(frozen=True, kw_only=True)
class StoryServices:
    """What the surfaces ask about stories."""

    workspaces: WorkspaceService
    planner: Planner
    takes: TakeService
    jobs: StoryJobService
    themes: ThemeService
    sheets: SheetService
    animatics: AnimaticService
    exports: StoryExportService
    delivery: Delivery
    pruning: Pruning


def stories_over(
    *,
    forms: Mapping[WorkspaceForm, WorkspaceFiles],
    default_form: WorkspaceForm,
    shelf: Shelf,
    defaults: Defaults,
    submits: SubmitService,
    uploads: UploadService,
    jobs: JobService,
    draw: Callable[[Sequence[Cell]], bytes],
    held: Callable[[], tuple[UUID, ...]] = tuple,
    forget_unused: Callable[[], tuple[UUID, ...]] = tuple,
) -> StoryServices:
    """Put the studio on top of the services that spend, take in and poll."""
    database, clock = uploads.database, uploads.clock
    workspaces = WorkspaceService(
        database=database, clock=clock, forms=forms, shelf=shelf, default_form=default_form
    )
    planner = Planner(
        database=database,
        clock=clock,
        workspaces=workspaces,
        generators=submits.generators,
        uploads=uploads,
        storage=uploads.storage,
        defaults=defaults,
    )
    takes = TakeService(planner=planner, submits=submits)
    delivery = Delivery(database=database, clock=clock, workspaces=workspaces, takes=takes)
    return StoryServices(
        workspaces=workspaces,
        planner=planner,
        takes=takes,
        jobs=StoryJobService(database=database, clock=clock, jobs=jobs, delivery=delivery),
        themes=ThemeService(workspaces=workspaces),
        sheets=SheetService(takes=takes, draw=draw),
        animatics=AnimaticService(planner=planner, submits=submits),
        exports=StoryExportService(delivery=delivery, storage=uploads.storage),
        delivery=delivery,
        pruning=Pruning(
            database=database,
            clock=clock,
            planner=planner,
            held=held,
            forget_unused=forget_unused,
        ),
    )
