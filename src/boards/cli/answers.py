"""What the REST API answers, as far as the command line looks at it."""

from typing import NotRequired, TypedDict

from pydantic import JsonValue

__all__ = [
    "AttentionJson",
    "BoardJson",
    "BudgetJson",
    "CheckedJson",
    "CostJson",
    "DeliveryJson",
    "EndpointJson",
    "EstimateJson",
    "EstimatePartJson",
    "FailureJson",
    "FaultJson",
    "FileJson",
    "GenerationJson",
    "GeneratorJson",
    "JobJson",
    "KeyJson",
    "LedgerRowJson",
    "LineageJson",
    "NewEndpointJson",
    "NodeJson",
    "ProviderJson",
    "RotatedJson",
    "SpendJson",
    "SpendRowJson",
    "SubmissionJson",
    "VerifiedJson",
    "WarningJson",
]


class CostJson(TypedDict):
    """A cost; `amount` is a plain decimal, or null while nobody knows."""

    amount: str | None
    currency: str
    known: bool
    confidence: str
    cached_units: int


class BudgetJson(TypedDict):
    """A budget with what counts against it. Amounts are USD as plain decimals."""

    id: str
    scope: str
    subject_id: str
    period: str
    strictness: str
    amount: str
    spent: str
    held: str
    left: str
    resets_at: str | None


class WarningJson(TypedDict):
    """What a soft budget says."""

    message: str


class EstimatePartJson(TypedDict):
    """One request of a plan."""

    generator: str
    takes: int
    cost_estimate: CostJson


class EstimateJson(TypedDict):
    """What a plan would cost, and what the budgets would say to it."""

    cost_estimate: CostJson
    takes: int
    parts: list[EstimatePartJson]
    budget: BudgetJson | None
    warnings: list[WarningJson]
    refusal: WarningJson | None


class SpendRowJson(TypedDict):
    """Sums over runs. Amounts are USD as plain decimals."""

    key: str
    label: str
    runs: int
    spent: str
    estimated: str
    held: str
    unpriced: int
    measured: int
    ratio: str | None
    drifting: bool
    spent_shown: str | None


class SpendJson(TypedDict):
    """A report."""

    by: str
    first: str
    last: str
    time_zone: str
    display: dict[str, str] | None
    rows: list[SpendRowJson]
    total: SpendRowJson


class LedgerRowJson(TypedDict):
    """A row of the ledger."""

    number: int
    kind: str
    amount: str
    source: str | None
    cause: str
    generation_id: str
    created_at: str


class FaultJson(TypedDict):
    """Something that is wrong in the ledger."""

    kind: str
    generation_id: str | None
    budget_id: str | None
    message: str


class VerifiedJson(TypedDict):
    """What an examination of the ledger came to."""

    sound: bool
    complete: bool
    accounts: int
    held: str
    spent: str
    faults: list[FaultJson]


class FileJson(TypedDict):
    """A stored file."""

    format: str
    mime: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    duration: float | None
    fps: float | None
    sample_rate: int | None
    channels: int | None
    has_alpha: bool | None
    codec: str | None
    frames: int | None
    orientation: int | None
    is_signed: bool | None
    url: str


class FailureJson(TypedDict):
    """Why a generation failed."""

    code: str
    message: str
    error_id: str | None


class GenerationJson(TypedDict):
    """A generation."""

    id: str
    job_id: str | None
    board_id: str
    batch_index: int
    generator: str
    provider: str
    artifact_type: str
    status: str
    phase: str
    needs_attention: bool
    progress: float
    message: str
    inputs: dict[str, JsonValue]
    output_metadata: dict[str, JsonValue]
    error: FailureJson | None
    cost_estimate: CostJson
    cost: CostJson | None
    file: FileJson | None
    content: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None


class AttentionJson(TypedDict):
    """A generation that waits for a decision."""

    generation: GenerationJson
    reason: str
    external_id: str | None
    ways: list[str]


class CheckedJson(TypedDict):
    """What asking the provider came to."""

    outcome: str
    message: str
    generation: GenerationJson


class SubmissionJson(TypedDict):
    """What a submit wrote."""

    job_id: str
    state: str
    generations: list[GenerationJson]
    warnings: NotRequired[list[WarningJson]]


class JobJson(SubmissionJson):
    """A job."""

    partial: bool
    needs_attention: bool
    progress: float
    cost_estimate: CostJson
    cost_actual: CostJson


class GeneratorJson(TypedDict):
    """A generator and the form of its inputs."""

    name: str
    artifact_type: str
    description: str
    provider: str
    unavailable: str | None
    input_schema: dict[str, JsonValue]


class KeyJson(TypedDict):
    """What is shown of a key."""

    provider: str
    ending: str
    set_at: str
    set_by: str | None
    set_by_name: str | None


class RotatedJson(TypedDict):
    """What encrypting keys anew came to."""

    rotated: int
    current: int
    unreadable: int


class ProviderJson(TypedDict):
    """A provider and how it stands."""

    name: str
    title: str
    configured: bool
    needs: str | None
    key_name: str | None
    own_key: bool
    max_running: int
    max_per_tenant: int | None
    per_minute: int | None
    paused: bool
    paused_by_settings: bool
    running: int
    parked: int
    waiting: int


class EndpointJson(TypedDict):
    """An address that is told when jobs end."""

    id: str
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_reason: str | None
    note: str
    failing_since: str | None


class NewEndpointJson(TypedDict):
    """An endpoint and its secret."""

    endpoint: EndpointJson
    secret: str


class DeliveryJson(TypedDict):
    """One message to one endpoint."""

    id: str
    type: str
    state: str
    attempts: int
    http_status: int | None
    error: str
    created_at: str


class BoardJson(TypedDict):
    """A board."""

    id: str
    title: str
    description: str | None
    updated_at: str


class NodeJson(TypedDict):
    """One generation in a tree of lineage."""

    generation_id: str
    known: bool
    generator: str | None
    artifact_type: str | None
    status: str | None
    role: str | None
    repeated: bool
    branches: list["NodeJson"]


class LineageJson(TypedDict):
    """What a generation was made from, and what was made from it."""

    generation_id: str
    ancestors: NodeJson
    descendants: NodeJson
