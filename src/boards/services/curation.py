"""What people do with boards and with what is on them, in one place for the surfaces."""

from dataclasses import dataclass

from boards.services.bulk import BulkService
from boards.services.favourites import FavouriteService
from boards.services.members import MemberService
from boards.services.notes import NoteService
from boards.services.ports import Clock, Database, Dispatch
from boards.services.sharing import SharingService
from boards.services.tags import TagService
from boards.services.titles import TitleService
from boards.services.trash import TrashService

__all__ = ["CurationServices", "curation_over"]


@dataclass(frozen=True, kw_only=True)
class CurationServices:
    """The services around boards."""

    members: MemberService
    sharing: SharingService
    tags: TagService
    favourites: FavouriteService
    notes: NoteService
    titles: TitleService
    trash: TrashService
    bulk: BulkService


def curation_over(database: Database, dispatch: Dispatch, clock: Clock) -> CurationServices:
    """Put them over one database."""
    return CurationServices(
        members=MemberService(database=database, clock=clock),
        sharing=SharingService(database=database, clock=clock),
        tags=TagService(database=database, clock=clock),
        favourites=FavouriteService(database=database, clock=clock),
        notes=NoteService(database=database, clock=clock),
        titles=TitleService(database=database, clock=clock),
        trash=TrashService(database=database, dispatch=dispatch, clock=clock),
        bulk=BulkService(database=database, clock=clock),
    )
