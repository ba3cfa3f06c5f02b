"""A transaction and what calls a unit of work with it."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from boards.services.ports.agents import Agents
from boards.services.ports.blobs import Blobs
from boards.services.ports.boards import Accounts, Boards
from boards.services.ports.budgets import Budgets
from boards.services.ports.events import Event, Events
from boards.services.ports.gauges import Gauges
from boards.services.ports.generations import Generations
from boards.services.ports.jobs import Jobs
from boards.services.ports.keys import Keys
from boards.services.ports.ledger import Ledger
from boards.services.ports.lineage import Lineage
from boards.services.ports.lookups import Lookups
from boards.services.ports.people import Audit, People, Tokens
from boards.services.ports.previews import Previews
from boards.services.ports.providers import Providers
from boards.services.ports.replays import Replays
from boards.services.ports.scope import Scope
from boards.services.ports.search import Search
from boards.services.ports.sharing import Invitations, ShareLinks
from boards.services.ports.spending import Spending
from boards.services.ports.stories import Stories
from boards.services.ports.tags import Favourites, Notes, Tags
from boards.services.ports.trash import Shelf, Trash, Undos
from boards.services.ports.turns import Turns
from boards.services.ports.uploads import Uploads
from boards.services.ports.waits import InputWaits
from boards.services.ports.webhooks import Receipts, Webhooks

__all__ = ["Database", "Tx"]

T = TypeVar("T")


class Tx(Protocol):
    """One transaction and the rows it reaches."""

    @property
    def scope(self) -> Scope: ...
    @property
    def generations(self) -> Generations: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def lineage(self) -> Lineage: ...
    @property
    def lookups(self) -> Lookups: ...
    @property
    def boards(self) -> Boards: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def share_links(self) -> ShareLinks: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def favourites(self) -> Favourites: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def trash(self) -> Trash: ...
    @property
    def shelf(self) -> Shelf: ...
    @property
    def undos(self) -> Undos: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def people(self) -> People: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def gauges(self) -> Gauges: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def search(self) -> Search: ...
    @property
    def spending(self) -> Spending: ...
    @property
    def events(self) -> Events: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def previews(self) -> Previews: ...
    @property
    def blobs(self) -> Blobs: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def waits(self) -> InputWaits: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def providers(self) -> Providers: ...


class Database(Protocol):
    """Runs units of work, each in one transaction."""

    async def write(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """Call `work` in a transaction that may write; commit when it returns, else roll back.

        After a statement has failed nothing is committed, even if `work` goes on. It may be called
        again when the database took the transaction back for no fault of its own. Cancelling the
        caller does not stop it: the cancellation is raised when the transaction has ended.
        """
        ...

    async def read(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """Call `work` in a transaction that only reads, and sees one unchanging state."""
        ...

    async def look(self, work: Callable[[Tx], T], *, scope: Scope) -> T:
        """As `read`, for a few rows found by key: done at once where that is cheaper than to have
        it done. A list, or anything that grows with the database, is a `read`."""
        ...

    def listen(self, listener: Callable[[Sequence[Event]], None]) -> None:
        """Have `listener` called, on the event loop, with the events of each commit."""
        ...
