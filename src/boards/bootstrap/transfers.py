"""Composes what brings much in and out, and its chores."""

from datetime import timedelta

from boards import __version__
from boards.api.services import TransferServices
from boards.generators.registry import GeneratorRegistry
from boards.services.chores import Chore
from boards.services.exporting import ExportService
from boards.services.importing import ImportService
from boards.services.provenance import RecipeWriter
from boards.services.resumable import ResumableService
from boards.services.uploads import UploadService

__all__ = ["transfers_of"]

_HOUR = timedelta(hours=1)


def transfers_of(
    uploads: UploadService,
    registry: GeneratorRegistry,
    chores: list[Chore],
    *,
    max_import_bytes: int,
) -> TransferServices:
    """Put them over what takes single files in."""
    made_by = f"Boards {__version__}"
    resumable = ResumableService(
        database=uploads.database,
        storage=uploads.storage,
        uploads=uploads,
        clock=uploads.clock,
    )
    chores.append(Chore(name="expire_uploads", every=_HOUR, work=resumable.expire))
    return TransferServices(
        resumable=resumable,
        exports=ExportService(
            database=uploads.database,
            storage=uploads.storage,
            recipes=RecipeWriter(registry=registry, made_with=made_by),
            clock=uploads.clock,
            made_by=made_by,
        ),
        imports=ImportService(
            database=uploads.database,
            storage=uploads.storage,
            media=uploads.media,
            clock=uploads.clock,
            scratch=uploads.scratch,
            max_bytes=max_import_bytes,
            quota=uploads.quota,
        ),
    )
