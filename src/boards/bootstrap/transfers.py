"""Composes what brings much in and out, and its chores."""

from datetime import timedelta

from boards.api.services import TransferServices
from boards.services.chores import Chore
from boards.services.resumable import ResumableService
from boards.services.uploads import UploadService

__all__ = ["transfers_of"]

_HOUR = timedelta(hours=1)


def transfers_of(uploads: UploadService, chores: list[Chore]) -> TransferServices:
    """Put them over what takes single files in."""
    resumable = ResumableService(
        database=uploads.database,
        storage=uploads.storage,
        uploads=uploads,
        clock=uploads.clock,
    )
    chores.append(Chore(name="expire_uploads", every=_HOUR, work=resumable.expire))
    return TransferServices(resumable=resumable)
