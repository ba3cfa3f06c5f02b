"""What can go wrong between a program and its server, as exceptions.

    ClientError
    ├── Misused          what you passed cannot be sent; also a ValueError
    ├── Unreachable      nobody answers at the address; nothing was asked
    ├── AnswerLost       it was asked, and no answer came
    │   └── SubmitUnknown   the same of a submit: it may be under way; `idempotency_key` asks again
    ├── NotBoards        something answers that is no Boards server
    ├── DownloadBroken   the bytes that came are not those of the file
    ├── JobError         a job came to no good end; `job` is how it stands
    │   ├── JobFailed       it failed, or was cancelled
    │   ├── NeedsAttention  somebody has to decide: it may have cost, and there is no result
    │   └── StillRunning    it had not ended when the wait did; it goes on
    └── ProblemError     the server said no: `code`, `detail`, `problems`, `http_status`
        ├── Refused         by what was asked (4xx)
        │   └── NotFound, Unauthenticated, Forbidden, Conflict, InvalidInput, TooLarge,
        │       Unsupported, OverBudget (amounts in USD)
        ├── Busy            try again after `retry_after` seconds
        ├── ProviderFailed  the provider refused or failed
        └── ServerFailed    the server itself did

Decide by the class, and by `code` where that is too coarse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from boards.client.answers import Job

__all__ = [
    "CODES",
    "AnswerLost",
    "Busy",
    "ClientError",
    "Conflict",
    "DownloadBroken",
    "Forbidden",
    "InvalidInput",
    "JobError",
    "JobFailed",
    "Misused",
    "NeedsAttention",
    "NotBoards",
    "NotFound",
    "OverBudget",
    "Problem",
    "ProblemError",
    "ProviderFailed",
    "Refused",
    "ServerFailed",
    "StillRunning",
    "SubmitUnknown",
    "TooLarge",
    "Unauthenticated",
    "Unreachable",
    "Unsupported",
]


class ClientError(Exception):
    """Something went wrong with a request.

    `idempotency_key` is that of a submit: sent again under it, nothing is made twice.
    """

    idempotency_key: str | None = None


class Misused(ClientError, ValueError):
    """What you passed cannot be sent. Nothing was."""


class Unreachable(ClientError):
    """Nobody answers at the address, so nothing was asked."""


class AnswerLost(ClientError):
    """The request was sent and no answer came, so nobody knows what became of it."""


class SubmitUnknown(AnswerLost):
    """A submit was sent and every answer was lost: it may be under way and may cost."""


class NotBoards(ClientError):
    """What answers is no Boards server. `http_status` is the HTTP status."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.http_status = status


class DownloadBroken(ClientError):
    """The bytes that came are not those of the file; nothing was kept of them."""


class JobError(ClientError):
    """A job has not come to a good end. `job` is how it stands."""

    def __init__(self, message: str, job: Job) -> None:
        super().__init__(message)
        self.job = job


class JobFailed(JobError):
    """The job failed or was cancelled, and gave nothing."""


class NeedsAttention(JobError):
    """It may have cost something and there is no result: look before you ask for it again."""


class StillRunning(JobError):
    """The job had not ended when the wait did. It goes on, and can be waited for again."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault in what was sent: `at` is a dotted path such as `inputs.prompt`."""

    at: str
    message: str


class ProblemError(ClientError):
    """The server answered with a problem (RFC 9457).

    `detail` says what went wrong and what to do next, `error_id` finds the private details in the
    server's log, and `more` holds what else the problem says.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int,
        title: str = "",
        problems: tuple[Problem, ...] = (),
        request_id: str | None = None,
        error_id: str | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.http_status = status
        self.title = title
        self.problems = problems
        self.request_id = request_id
        self.error_id = error_id
        self.more = dict(more or {})


class Refused(ProblemError):
    """What was asked cannot or may not be done."""


class NotFound(Refused):
    """There is no such thing, or you may not see it."""


class Unauthenticated(Refused):
    """No token was sent, or one that does not hold."""


class Forbidden(Refused):
    """You may see it, but not do this."""


class Conflict(Refused):
    """The thing is in another state than the request assumes."""


class InvalidInput(Refused):
    """What was sent is not valid; `problems` says where."""


class TooLarge(Refused):
    """Larger than a limit in bytes, pixels or seconds."""


class Unsupported(Refused):
    """A kind of file or feature that the server does not take."""


class OverBudget(Refused):
    """It would exceed a budget. Amounts are USD; `asked` None is unpriced, and `reason` says so.

    `scope` and `period` say which budget it is; `resets_at` is when that begins anew, None for
    never.
    """

    @property
    def limit(self) -> Decimal:
        return self._amount("limit") or Decimal(0)

    @property
    def spent(self) -> Decimal:
        return self._amount("spent") or Decimal(0)

    @property
    def held(self) -> Decimal:
        return self._amount("held") or Decimal(0)

    @property
    def asked(self) -> Decimal | None:
        return self._amount("asked")

    @property
    def scope(self) -> str | None:
        return self._text("scope")

    @property
    def period(self) -> str | None:
        return self._text("period")

    @property
    def reason(self) -> str | None:
        return self._text("reason")

    @property
    def resets_at(self) -> datetime | None:
        text = self._text("resets_at")
        return None if text is None else datetime.fromisoformat(text)

    def _amount(self, name: str) -> Decimal | None:
        text = self._text(name)
        return None if text is None else Decimal(text)

    def _text(self, name: str) -> str | None:
        value = self.more.get(name)
        return value if isinstance(value, str) else None


class Busy(ProblemError):
    """It can be tried again after `retry_after` seconds. Nothing was spent."""

    retry_after: float | None = None


class ProviderFailed(ProblemError):
    """The provider refused, failed or is not configured; `code` says which."""


class ServerFailed(ProblemError):
    """Something is broken at the server."""


CODES: Mapping[str, type[ProblemError]] = {
    "refused": Refused,
    "not_found": NotFound,
    "unauthenticated": Unauthenticated,
    "forbidden": Forbidden,
    "conflict": Conflict,
    "invalid_input": InvalidInput,
    "too_large": TooLarge,
    "unsupported": Unsupported,
    "over_budget": OverBudget,
    "throttled": Busy,
    "busy": Busy,
    "provider_error": ProviderFailed,
    "not_configured": ProviderFailed,
    "content_refused": ProviderFailed,
    "rejected": ProviderFailed,
    "provider_broken": ProviderFailed,
    "timed_out": ProviderFailed,
    "error": ServerFailed,
    "storage_error": ServerFailed,
    "plugin_error": ServerFailed,
    "config_error": ServerFailed,
}
"""Every code of the error tree. Others, of HTTP or of a newer server, go by their status."""
