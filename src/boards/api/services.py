"""What the surfaces need of the rest of Boards; the bootstrap hands it in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from boards.api.people import PeopleServices
from boards.domain.access import Actor
from boards.services.attention import AttentionService
from boards.services.boards import BoardService
from boards.services.budgets import BudgetService
from boards.services.curation import CurationServices
from boards.services.exporting import ExportService
from boards.services.generations import GenerationService
from boards.services.generators import GeneratorService
from boards.services.health import HealthService
from boards.services.hooks import HookService
from boards.services.importing import ImportService
from boards.services.jobs import JobService
from boards.services.keys import KeyService
from boards.services.ledger import LedgerService
from boards.services.ports import Storage
from boards.services.previews import PreviewService
from boards.services.providers import ProviderService
from boards.services.recipes import RecipeService
from boards.services.resumable import ResumableService
from boards.services.spending import SpendingService
from boards.services.storage_check import StorageService
from boards.services.storage_links import FileLinkService
from boards.services.stories.services import StoryServices
from boards.services.submit import SubmitService
from boards.services.uploads import UploadService
from boards.services.webhooks import WebhookService

__all__ = ["ActorFor", "MoneyServices", "Services", "ShowingServices", "TransferServices"]

ActorFor = Callable[[HTTPConnection], Awaitable[Actor]]
"""Tells who sent a request. Forbidden when they may not come in."""


@dataclass(frozen=True, kw_only=True)
class MoneyServices:
    """What the surfaces say about money."""

    budgets: BudgetService
    spending: SpendingService
    ledger: LedgerService


@dataclass(frozen=True, kw_only=True)
class TransferServices:
    """What brings much in and out: files in pieces, and whole boards."""

    resumable: ResumableService
    exports: ExportService
    imports: ImportService


@dataclass(frozen=True, kw_only=True)
class ShowingServices:
    """What shows an output, and how it was made."""

    previews: PreviewService
    recipes: RecipeService


@dataclass(frozen=True, kw_only=True)
class Services:
    """The services behind every surface, and who is asking."""

    generators: GeneratorService
    submit: SubmitService
    generations: GenerationService
    attention: AttentionService
    jobs: JobService
    boards: BoardService
    curation: CurationServices
    uploads: UploadService
    transfers: TransferServices
    money: MoneyServices
    showing: ShowingServices
    keys: KeyService
    providers: ProviderService
    storage: Storage
    keeping: StorageService
    file_links: FileLinkService
    actor_for: ActorFor
    stories: StoryServices | None = None
    health: HealthService | None = None
    people: PeopleServices | None = None
    hooks: HookService | None = None
    webhooks: WebhookService | None = None
