"""The ports: what the services need from a database, from storage, from dispatch and from clocks.

A unit of work is a plain function of a `Tx`; a `Database` calls it, in one transaction, and
commits when it returns. It runs on the event loop or in a thread on SQLite, in a greenlet on
PostgreSQL; so it is short, must not await anything, and returns values, never rows.
"""

from boards.services.ports.agents import Agents, AgentSession
from boards.services.ports.blobs import Blob, Blobs, BlobTotals, BlobUse
from boards.services.ports.boards import Accounts, Boards
from boards.services.ports.budgets import Budgets
from boards.services.ports.database import Database, Tx
from boards.services.ports.dispatch import Clock, Dispatch, Dispatcher, Receiver, Taker
from boards.services.ports.events import Event, Events
from boards.services.ports.gauges import Depth, Figures, Gauges
from boards.services.ports.generations import (
    Changes,
    Claim,
    GenerationFilter,
    Generations,
    Limits,
    NewGeneration,
    Renewal,
)
from boards.services.ports.identities import (
    BrowserVerifier,
    CodeAnswer,
    Keepsakes,
    TokenVerifier,
)
from boards.services.ports.jobs import Jobs
from boards.services.ports.keys import KeyInfo, Keys, KeyUse, SealedKey, Sealer
from boards.services.ports.ledger import Ledger, LedgerFilter, LedgerLine
from boards.services.ports.lineage import MOST_WALKED, Lineage
from boards.services.ports.lookups import (
    BoardFilter,
    BoardOrder,
    BoardSeen,
    InputSeen,
    Lookups,
    Profile,
    Whose,
)
from boards.services.ports.passwords import PasswordHasher
from boards.services.ports.people import Audit, AuditRecord, People, Tokens
from boards.services.ports.previews import (
    MadePreviews,
    Preview,
    PreviewMaker,
    Previews,
    Wanted,
)
from boards.services.ports.providers import EVERYTHING, Pause, Providers, Queue
from boards.services.ports.recipes import FilePart, RecipeEmbedding, SignedMedia
from boards.services.ports.replays import Replay, Replays
from boards.services.ports.scope import SYSTEM, Page, Scope
from boards.services.ports.search import Search
from boards.services.ports.sharing import Invitations, ShareLinks
from boards.services.ports.spending import Spending
from boards.services.ports.storage import Media, Storage
from boards.services.ports.tags import Favourites, Notes, Tags
from boards.services.ports.trash import (
    Shelf,
    Trash,
    TrashedBoard,
    TrashedGeneration,
    UndoRecord,
    Undos,
)
from boards.services.ports.turns import Turns
from boards.services.ports.uploads import Part, Resumable, UploadRecord, Uploads
from boards.services.ports.waits import InputWait, InputWaits
from boards.services.ports.webhooks import (
    Delivered,
    Delivery,
    Disabled,
    Endpoint,
    EndpointChanges,
    MessageType,
    Receipts,
    Tried,
    Webhooks,
)

__all__ = [
    "EVERYTHING",
    "MOST_WALKED",
    "SYSTEM",
    "Accounts",
    "AgentSession",
    "Agents",
    "Audit",
    "AuditRecord",
    "Blob",
    "BlobTotals",
    "BlobUse",
    "Blobs",
    "BoardFilter",
    "BoardOrder",
    "BoardSeen",
    "Boards",
    "BrowserVerifier",
    "Budgets",
    "Changes",
    "Claim",
    "Clock",
    "CodeAnswer",
    "Database",
    "Delivered",
    "Delivery",
    "Depth",
    "Disabled",
    "Dispatch",
    "Dispatcher",
    "Endpoint",
    "EndpointChanges",
    "Event",
    "Events",
    "Favourites",
    "Figures",
    "FilePart",
    "Gauges",
    "GenerationFilter",
    "Generations",
    "InputSeen",
    "InputWait",
    "InputWaits",
    "Invitations",
    "Jobs",
    "Keepsakes",
    "KeyInfo",
    "KeyUse",
    "Keys",
    "Ledger",
    "LedgerFilter",
    "LedgerLine",
    "Limits",
    "Lineage",
    "Lookups",
    "MadePreviews",
    "Media",
    "MessageType",
    "NewGeneration",
    "Notes",
    "Page",
    "Part",
    "PasswordHasher",
    "Pause",
    "People",
    "Preview",
    "PreviewMaker",
    "Previews",
    "Profile",
    "Providers",
    "Queue",
    "Receipts",
    "Receiver",
    "RecipeEmbedding",
    "Renewal",
    "Replay",
    "Replays",
    "Resumable",
    "Scope",
    "SealedKey",
    "Sealer",
    "Search",
    "ShareLinks",
    "Shelf",
    "SignedMedia",
    "Spending",
    "Storage",
    "Tags",
    "Taker",
    "TokenVerifier",
    "Tokens",
    "Trash",
    "TrashedBoard",
    "TrashedGeneration",
    "Tried",
    "Turns",
    "Tx",
    "UndoRecord",
    "Undos",
    "UploadRecord",
    "Uploads",
    "Wanted",
    "Webhooks",
    "Whose",
]
