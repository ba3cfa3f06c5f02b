"""The closed sets of the domain, made known to the schema. Take them from here."""

import strawberry

from boards.domain.access import TenantRole
from boards.domain.artifacts import ArtifactType
from boards.domain.boards import BoardRole
from boards.domain.costs import Confidence, CostSource
from boards.domain.generations import Phase, Status
from boards.domain.jobs import JobState
from boards.domain.search import Order as GenerationOrder
from boards.services.bulk import BulkAction, BulkOutcome
from boards.services.ports import BoardOrder

__all__ = [
    "ArtifactType",
    "BoardOrder",
    "BoardRole",
    "BulkAction",
    "BulkOutcome",
    "Confidence",
    "CostSource",
    "GenerationOrder",
    "JobState",
    "Phase",
    "Status",
    "TenantRole",
]

strawberry.enum(
    ArtifactType, description="What an artifact is. MODEL is only read, never produced."
)
strawberry.enum(
    BoardRole, description="What a member may do on a board. Its owner is not one of them."
)
strawberry.enum(BoardOrder, name="SortOrder", description="In which order to list.")
strawberry.enum(BulkAction, description="What can be done to many at once.")
strawberry.enum(BulkOutcome, description="What became of one of many.")
strawberry.enum(JobState, description="How a job stands; the last three are final.")
strawberry.enum(
    GenerationOrder, name="GenerationOrder", description="In which order generations come."
)
strawberry.enum(TenantRole, name="UserRole", description="What somebody is in a tenant.")
strawberry.enum(Status, name="GenerationStatus", description="How a generation stands.")
strawberry.enum(Phase, name="GenerationPhase", description="Where exactly a run stands.")
strawberry.enum(CostSource, description="Where the amount of a settlement comes from.")
strawberry.enum(
    Confidence,
    name="CostConfidence",
    description="How sure a figure is: billed, read from a price list, guessed, or unknown.",
)
