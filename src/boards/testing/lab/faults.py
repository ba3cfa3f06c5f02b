"""The script of what goes wrong: which request of which provider, and how."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Fault", "Hold", "Kind", "Script", "Stage"]


class Stage(StrEnum):
    """What a request is for."""

    SUBMIT = "submit"
    POLL = "poll"
    FETCH = "fetch"
    CANCEL = "cancel"
    UPLOAD = "upload"
    FILE = "file"
    WEBHOOK = "webhook"
    """What the provider sends at the end of a job, see `boards.testing.lab.hooks`."""


class Kind(StrEnum):
    """What goes wrong. A provider says it in its own shape where it has one."""

    # The connection
    DROP_BEFORE = "drop_before"
    """The socket goes before anything is accepted."""
    DROP_AFTER = "drop_after"
    """It is accepted, and billed in time; the answer is lost."""
    HOLD_BEFORE = "hold_before"
    """Nothing happens until somebody lets go."""
    HOLD_AFTER = "hold_after"
    """It is accepted; the answer waits until somebody lets go."""
    HOLD_MIDWAY = "hold_midway"
    """Half of the answer comes, the rest when somebody lets go."""
    SLOW = "slow"
    """It is answered as ever, and takes `seconds`, half of them before it is accepted."""

    # The answer
    STATUS = "status"
    """`status` in the provider's shape, or in a gateway's where it has none."""
    BUSY = "busy"
    """429, with `retry_after` seconds where given."""
    AUTH = "auth"
    QUOTA = "quota"
    INPUT = "input"
    """422 (400), and its text says "500": no reason to send it again."""
    MODERATION = "moderation"
    NOT_FOUND = "not_found"
    NONSENSE = "nonsense"
    """200, and a page of HTML."""

    # The job, decided at its submit
    FAILS = "fails"
    """The job ends with an error; `code` is the provider's own."""
    EMPTY = "empty"
    """The job ends well, and has made nothing."""
    NEVER = "never"
    """The job never ends."""
    LATE = "late"
    """The job takes `seconds`."""
    OTHER_ID = "other_id"
    """Later answers call the job by another id than the submit did."""

    # The file
    EXPIRED = "expired"
    SLOW_DRIP = "slow_drip"
    """A byte every `seconds`."""
    OVERSIZED = "oversized"
    WRONG_TYPE = "wrong_type"
    TRUNCATED = "truncated"
    REDIRECT_LOOPBACK = "redirect_loopback"

    # The webhook; NEVER and LATE go with it as well
    TWICE = "twice"
    REPLAYED = "replayed"
    FORGED = "forged"
    WRONG_KEY = "wrong_key"
    CREDENTIALS = "credentials"
    """The file is a PNG that carries content credentials."""


HOLDS = frozenset({Kind.HOLD_BEFORE, Kind.HOLD_AFTER, Kind.HOLD_MIDWAY})
FOR_JOBS = frozenset({Kind.FAILS, Kind.EMPTY, Kind.NEVER, Kind.LATE, Kind.OTHER_ID})


@dataclass(kw_only=True)
class Hold:
    """A request that stands still. `reached` is set when it does; `release` lets it go on."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the request, and later ones of the same fault, go on."""
        self._free.set()

    async def stand(self) -> None:
        """Stand still here until released."""
        self.reached.set()
        await self._free.wait()


@dataclass(kw_only=True)
class Fault:
    """One line of the script: what happens at `stage`, to `times` requests (None: all) after the
    first `skip` ones. Without `provider` it is for all."""

    stage: Stage
    kind: Kind
    provider: str | None = None
    times: int | None = 1
    skip: int = 0
    status: int = 500
    retry_after: float | None = None
    seconds: float = 0.0
    code: str = ""
    hold: Hold = field(default_factory=Hold, repr=False)

    def fits(self, provider: str, stage: Stage) -> bool:
        """Tell whether this is about such requests, and not used up."""
        return self.stage is stage and self.provider in (None, provider) and self.times != 0


class Script:
    """The faults to come, in order; each request meets at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Add a line."""
        self._faults.append(fault)
        return fault

    def take(self, provider: str, stage: Stage) -> Fault | None:
        """Give the fault that the next request of this kind meets, and count it."""
        for fault in self._faults:
            if not fault.fits(provider, stage):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def clear(self) -> None:
        """Forget all faults and let everything go that stands still."""
        for fault in self._faults:
            fault.hold.release()
        self._faults.clear()
