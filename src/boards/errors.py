"""The error tree of Boards, drawn once.

    BoardsError
    ├── Refused             the caller asked for something that cannot or may not be done
    │   ├── NotFound        also what another tenant's id looks like
    │   ├── Unauthenticated who is asking is not known: no credential, or one that does not hold
    │   ├── Forbidden
    │   ├── Conflict        the thing is in another state than the request assumes
    │   ├── InvalidInput    what was sent is wrong; `problems` says where
    │   ├── TooLarge        a size limit in bytes, pixels or seconds
    │   ├── Unsupported     a media type or a feature that is not installed
    │   ├── Throttled       too often; `retry_after` seconds
    │   └── OverBudget      limit, spent, held and asked amounts, which budget, when it resets
    ├── ProviderError       a provider refused or failed; `billed` says what it may have cost
    │   ├── NotConfigured   the key or setting that is missing, by name
    │   ├── ContentRefused  moderation; final
    │   ├── Busy            rate limit; `retry_after` seconds
    │   ├── Rejected        the provider understood and said no; final
    │   ├── Broken          the provider failed or answered nonsense
    │   └── TimedOut        no answer before the deadline
    ├── StorageError        bytes could not be written or read
    ├── PluginError         a generator's own code is at fault
    └── ConfigError         settings or config files; lists every fault at once

Each class has a stable `code`, by which every surface translates (HTTP status, GraphQL
`extensions.code`, exit code, MCP error). The text is public; `detail` is for the log only.
The docstring of a class is its default message.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from inspect import getdoc
from typing import ClassVar

__all__ = [
    "BoardsError",
    "Broken",
    "Busy",
    "ConfigError",
    "Conflict",
    "ContentRefused",
    "Forbidden",
    "InvalidInput",
    "NotConfigured",
    "NotFound",
    "OverBudget",
    "PluginError",
    "Problem",
    "ProviderError",
    "Refused",
    "Rejected",
    "StorageError",
    "Throttled",
    "TimedOut",
    "TooLarge",
    "Unauthenticated",
    "Unsupported",
    "all_errors",
]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault in an input: `at` is a dotted path such as `inputs.image_source`."""

    at: str
    message: str


class BoardsError(Exception):
    """Something went wrong in Boards."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str | None = None, *, detail: str | None = None) -> None:
        # Inherited where a subclass has none: a plugin's bare error must not fail while it is made.
        self.message = message or (getdoc(type(self)) or type(self).__name__).splitlines()[0]
        self.detail = detail
        super().__init__(self.message)


class Refused(BoardsError):
    """The request was refused."""

    code = "refused"


class NotFound(Refused):
    """There is no such thing, or you may not see it."""

    code = "not_found"


class Unauthenticated(Refused):
    """Sign in first, or send a token that is still good."""

    code = "unauthenticated"


class Forbidden(Refused):
    """You may not do this."""

    code = "forbidden"


class Conflict(Refused):
    """The thing is in another state than this request assumes; read it again."""

    code = "conflict"


class InvalidInput(Refused):
    """The input is not valid."""

    code = "invalid_input"

    def __init__(
        self,
        message: str | None = None,
        *,
        problems: tuple[Problem, ...] = (),
        detail: str | None = None,
    ) -> None:
        super().__init__(message, detail=detail)
        self.problems = problems


class TooLarge(Refused):
    """This is larger than the limit."""

    code = "too_large"


class Unsupported(Refused):
    """This kind of file or feature is not supported here."""

    code = "unsupported"


class Throttled(Refused):
    """This was tried too often; wait before trying again. `retry_after` is in seconds."""

    code = "throttled"
    retryable = True

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: float = 1.0,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class OverBudget(Refused):
    """This would exceed the budget. Amounts are USD.

    `asked` None is unpriced. `scope` and `period` say which budget it is, such as `board` and
    `day`; `resets_at` is when that begins anew, None for never; `reason` is `exceeded` or
    `unpriced`.
    """

    code = "over_budget"

    def __init__(
        self,
        message: str | None = None,
        *,
        limit: Decimal,
        spent: Decimal,
        held: Decimal,
        asked: Decimal | None,
        scope: str | None = None,
        period: str | None = None,
        resets_at: datetime | None = None,
        reason: str = "exceeded",
        detail: str | None = None,
    ) -> None:
        super().__init__(message, detail=detail)
        self.limit = limit
        self.spent = spent
        self.held = held
        self.asked = asked
        self.scope = scope
        self.period = period
        self.resets_at = resets_at
        self.reason = reason


class ProviderError(BoardsError):
    """The provider could not make this.

    `billed` is False when the provider certainly charged nothing, True when it charged,
    None when nobody knows; `cost` is what it charged in USD, where it said so. `provider_code` is
    the provider's own code, as it gave it.
    """

    code = "provider_error"

    def __init__(
        self,
        message: str | None = None,
        *,
        billed: bool | None = None,
        cost: Decimal | None = None,
        provider_code: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, detail=detail)
        self.billed = billed
        self.cost = cost
        self.provider_code = provider_code


class NotConfigured(ProviderError):
    """The provider is not configured."""

    code = "not_configured"

    def __init__(self, message: str | None = None, *, detail: str | None = None) -> None:
        super().__init__(message, billed=False, detail=detail)


class ContentRefused(ProviderError):
    """The provider's moderation refused this content."""

    code = "content_refused"


class Busy(ProviderError):
    """The provider is busy; it can be tried again later. `retry_after` is in seconds."""

    code = "busy"
    retryable = True

    def __init__(
        self,
        message: str | None = None,
        *,
        retry_after: float | None = None,
        provider_code: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, billed=False, provider_code=provider_code, detail=detail)
        self.retry_after = retry_after


class Rejected(ProviderError):
    """The provider rejected the request."""

    code = "rejected"


class Broken(ProviderError):
    """The provider failed or gave an answer that makes no sense."""

    code = "provider_broken"
    retryable = True


class TimedOut(ProviderError):
    """The provider did not answer before the deadline."""

    code = "timed_out"


class StorageError(BoardsError):
    """The file could not be stored or read."""

    code = "storage_error"
    retryable = True


class PluginError(BoardsError):
    """The generator's own code failed."""

    code = "plugin_error"


class ConfigError(BoardsError):
    """The configuration has faults; `faults` lists each with its fix."""

    code = "config_error"

    def __init__(self, message: str | None = None, *, faults: tuple[str, ...] = ()) -> None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        text = message or "The configuration has faults:"
        super().__init__(f"{text}\n{lines}" if faults else text)
        self.faults = faults


def all_errors() -> tuple[type[BoardsError], ...]:
    """List every class of the tree; a surface's table is complete when it covers these."""
    found: list[type[BoardsError]] = []
    todo: list[type[BoardsError]] = [BoardsError]
    while todo:
        error = todo.pop()
        found.append(error)
        todo.extend(sorted(error.__subclasses__(), key=lambda sub: sub.__name__))
    return tuple(found)
