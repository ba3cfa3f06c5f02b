"""Composes what shows outputs and says how they were made."""

from contextlib import AsyncExitStack
from datetime import timedelta

from boards import __version__
from boards.adapters.media.embedding.files import RecipeFiles
from boards.adapters.media.probe import MediaProbe
from boards.api.services import ShowingServices
from boards.generators.registry import GeneratorRegistry
from boards.services.chores import Chore
from boards.services.previews import PreviewService
from boards.services.provenance import RecipeWriter
from boards.services.recipes import RecipeService
from boards.services.uploads import UploadService

__all__ = ["showing_in"]

_MINUTE = timedelta(minutes=1)


async def showing_in(
    stack: AsyncExitStack,
    uploads: UploadService,
    registry: GeneratorRegistry,
    media: MediaProbe,
    chores: list[Chore],
) -> ShowingServices:
    """Begin to make previews in this process; the chore finds what others have left undone."""
    database = uploads.database
    writer = RecipeWriter(registry=registry, made_with=f"Boards {__version__}")
    previews = PreviewService(
        database=database,
        storage=uploads.storage,
        media=media,
        recipes=writer,
        clock=uploads.clock,
        scratch=uploads.scratch,
    )
    database.listen(previews.heard)
    chores.append(Chore(name="make_previews", every=_MINUTE, work=previews.look))
    stack.callback(media.close)
    await previews.start()
    stack.push_async_callback(previews.stop)
    recipes = RecipeService(
        database=database,
        storage=uploads.storage,
        registry=registry,
        writer=writer,
        files=RecipeFiles(),
        media=media,
        scratch=uploads.scratch,
        max_bytes=uploads.max_bytes,
    )
    return ShowingServices(previews=previews, recipes=recipes)
