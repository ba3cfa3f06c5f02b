"""One transaction: a door to its scope's rows, and the repositories that go through it."""

from collections.abc import Sequence
from functools import cached_property

from boards.adapters.db.accounts import AccountRows
from boards.adapters.db.agents import AgentRows
from boards.adapters.db.audit import AuditRows
from boards.adapters.db.blobs import BlobRows
from boards.adapters.db.boards import BoardRows
from boards.adapters.db.budgets import BudgetRows
from boards.adapters.db.door import Door
from boards.adapters.db.events import EventRows
from boards.adapters.db.gauges import GaugeRows
from boards.adapters.db.generations import GenerationRows
from boards.adapters.db.jobs import JobRows
from boards.adapters.db.keys import KeyRows
from boards.adapters.db.ledger import LedgerRows
from boards.adapters.db.lineage import LineageRows
from boards.adapters.db.lookups import LookupRows
from boards.adapters.db.people import PeopleRows
from boards.adapters.db.prepared import Wire
from boards.adapters.db.previews import PreviewRows
from boards.adapters.db.providers import ProviderRows
from boards.adapters.db.replays import ReplayRows
from boards.adapters.db.search import SearchRows
from boards.adapters.db.sharing import InvitationRows, ShareLinkRows
from boards.adapters.db.shelf import ShelfRows
from boards.adapters.db.spending import SpendingRows
from boards.adapters.db.stories import StoryRows
from boards.adapters.db.tags import FavouriteRows, NoteRows, TagRows
from boards.adapters.db.tokens import TokenRows
from boards.adapters.db.trash import TrashRows
from boards.adapters.db.turns import TurnRows
from boards.adapters.db.undos import UndoRows
from boards.adapters.db.uploads import UploadRows
from boards.adapters.db.waits import InputWaitRows
from boards.adapters.db.webhooks import ReceiptRows, WebhookRows
from boards.services import outbox
from boards.services.ports import Event, Scope

__all__ = ["SqlTx"]


class SqlTx:
    """What a unit of work is called with. It must not be used after the work has returned."""

    def __init__(self, wire: Wire, scope: Scope) -> None:
        self._scope = scope
        self._door = Door(wire, scope)

    @property
    def scope(self) -> Scope:
        return self._scope

    @cached_property
    def generations(self) -> GenerationRows:
        return GenerationRows(self._door)

    @cached_property
    def jobs(self) -> JobRows:
        return JobRows(self._door)

    @cached_property
    def lineage(self) -> LineageRows:
        return LineageRows(self._door)

    @cached_property
    def lookups(self) -> LookupRows:
        return LookupRows(self._door)

    @cached_property
    def boards(self) -> BoardRows:
        return BoardRows(self._door)

    @cached_property
    def invitations(self) -> InvitationRows:
        return InvitationRows(self._door)

    @cached_property
    def share_links(self) -> ShareLinkRows:
        return ShareLinkRows(self._door)

    @cached_property
    def tags(self) -> TagRows:
        return TagRows(self._door)

    @cached_property
    def favourites(self) -> FavouriteRows:
        return FavouriteRows(self._door)

    @cached_property
    def notes(self) -> NoteRows:
        return NoteRows(self._door)

    @cached_property
    def trash(self) -> TrashRows:
        return TrashRows(self._door)

    @cached_property
    def shelf(self) -> ShelfRows:
        return ShelfRows(self._door)

    @cached_property
    def undos(self) -> UndoRows:
        return UndoRows(self._door)

    @cached_property
    def accounts(self) -> AccountRows:
        return AccountRows(self._door)

    @cached_property
    def people(self) -> PeopleRows:
        return PeopleRows(self._door)

    @cached_property
    def tokens(self) -> TokenRows:
        return TokenRows(self._door)

    @cached_property
    def replays(self) -> ReplayRows:
        return ReplayRows(self._door)

    @cached_property
    def agents(self) -> AgentRows:
        return AgentRows(self._door)

    @cached_property
    def gauges(self) -> GaugeRows:
        return GaugeRows(self._door)

    @cached_property
    def audit(self) -> AuditRows:
        return AuditRows(self._door)

    @cached_property
    def ledger(self) -> LedgerRows:
        return LedgerRows(self._door)

    @cached_property
    def budgets(self) -> BudgetRows:
        return BudgetRows(self._door)

    @cached_property
    def search(self) -> SearchRows:
        return SearchRows(self._door)

    @cached_property
    def spending(self) -> SpendingRows:
        return SpendingRows(self._door)

    @cached_property
    def events(self) -> EventRows:
        return EventRows(self._door)

    @cached_property
    def uploads(self) -> UploadRows:
        return UploadRows(self._door)

    @cached_property
    def previews(self) -> PreviewRows:
        return PreviewRows(self._door)

    @cached_property
    def blobs(self) -> BlobRows:
        return BlobRows(self._door)

    @cached_property
    def waits(self) -> InputWaitRows:
        return InputWaitRows(self._door)

    @cached_property
    def turns(self) -> TurnRows:
        return TurnRows(self._door)

    @cached_property
    def receipts(self) -> ReceiptRows:
        return ReceiptRows(self._door)

    @cached_property
    def stories(self) -> StoryRows:
        return StoryRows(self._door)

    @cached_property
    def webhooks(self) -> WebhookRows:
        return WebhookRows(self._door)

    @cached_property
    def keys(self) -> KeyRows:
        return KeyRows(self._door)

    @cached_property
    def providers(self) -> ProviderRows:
        return ProviderRows(self._door)

    def finish(self) -> Sequence[Event]:
        """Write what waits for the end of the work, and give the events to tell of.

        Raises the first failure of a statement, even when the work has caught it.
        """
        if self._door.failures:
            raise self._door.failures[0]
        if "events" not in self.__dict__:
            return ()
        self.events.write()
        if self.events.to_tell:
            outbox.write(self, self.events.to_tell)
        return self.events.written
