"""The client library: a server of Boards from Python, typed, in two kinds.

    from boards.client import Boards

    with Boards("http://127.0.0.1:8088") as boards:
        job = boards.generate("local-poster", {"prompt": "Night train to the sea"})
        boards.download(job.generations[0], "poster.png")

`AsyncBoards` has the same methods to be awaited. `boards client stubs` writes a module with a typed
function for each generator of a server. See docs/client.md.
"""

from boards.client.answers import (
    ArtifactType,
    AttentionItem,
    Board,
    Budget,
    Checked,
    Cost,
    Estimate,
    Event,
    Failure,
    File,
    Generation,
    Generator,
    Job,
    JobState,
    Lineage,
    Snapshot,
    Status,
    Submission,
)
from boards.client.asynchronous import AsyncBoards
from boards.client.errors import (
    AnswerLost,
    Busy,
    ClientError,
    Conflict,
    DownloadBroken,
    Forbidden,
    InvalidInput,
    JobError,
    JobFailed,
    Misused,
    NeedsAttention,
    NotBoards,
    NotFound,
    OverBudget,
    Problem,
    ProblemError,
    ProviderFailed,
    Refused,
    ServerFailed,
    StillRunning,
    SubmitUnknown,
    TooLarge,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from boards.client.sending import Artifact, Request
from boards.client.synchronous import Boards

__all__ = [
    "AnswerLost",
    "Artifact",
    "ArtifactType",
    "AsyncBoards",
    "AttentionItem",
    "Board",
    "Boards",
    "Budget",
    "Busy",
    "Checked",
    "ClientError",
    "Conflict",
    "Cost",
    "DownloadBroken",
    "Estimate",
    "Event",
    "Failure",
    "File",
    "Forbidden",
    "Generation",
    "Generator",
    "InvalidInput",
    "Job",
    "JobError",
    "JobFailed",
    "JobState",
    "Lineage",
    "Misused",
    "NeedsAttention",
    "NotBoards",
    "NotFound",
    "OverBudget",
    "Problem",
    "ProblemError",
    "ProviderFailed",
    "Refused",
    "Request",
    "ServerFailed",
    "Snapshot",
    "Status",
    "StillRunning",
    "Submission",
    "SubmitUnknown",
    "TooLarge",
    "Unauthenticated",
    "Unreachable",
    "Unsupported",
]
