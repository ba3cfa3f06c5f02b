"""Slows down whoever guesses: a few tries at once, then one in a while. Nothing is locked for good.

It counts in the memory of one process, which is enough against guessing: with several processes
somebody has so many times the tries.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from boards.errors import Throttled

__all__ = ["Allowance", "Throttle", "network_of"]


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """So many tries at once, and one more each so many seconds."""

    tries: int
    seconds: float


@dataclass(kw_only=True)
class Throttle:
    """Counts tries by any name, such as an address. It remembers at most `most` names, and forgets
    the one that was silent longest."""

    allowance: Allowance
    most: int = 20_000
    now: Callable[[], float] = time.monotonic
    _used: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    """Tries that were used, and when that was right."""

    def take(self, name: str) -> None:
        """Use a try before its outcome is known, so that many at once cannot be more than allowed.

        Throttled when there is none left.
        """
        self.check(name)
        self._keep(name, self._used_now(name) + 1)

    def check(self, name: str) -> None:
        """Refuse as `take` would, and use nothing."""
        used = self._used_now(name)
        if used + 1 > self.allowance.tries:
            wait = (used + 1 - self.allowance.tries) * self.allowance.seconds
            raise Throttled(
                f"Too many tries; wait {wait:.0f} s before the next.", retry_after=max(wait, 1.0)
            )

    def count(self, name: str) -> None:
        """Use a try, whether or not there is one left."""
        self._keep(name, min(self._used_now(name) + 1, float(self.allowance.tries)))

    def left(self, name: str) -> tuple[int, float]:
        """How many tries there are now, and in how many seconds all of them."""
        used = self._used_now(name)
        return max(int(self.allowance.tries - used), 0), used * self.allowance.seconds

    def give_back(self, name: str) -> None:
        """The try was none that counts: it succeeded."""
        self._keep(name, max(self._used_now(name) - 1, 0.0))

    def _used_now(self, name: str) -> float:
        used, at = self._used.get(name, (0.0, self.now()))
        return max(used - (self.now() - at) / self.allowance.seconds, 0.0)

    def _keep(self, name: str, used: float) -> None:
        self._used[name] = (used, self.now())
        self._used.move_to_end(name)
        while len(self._used) > self.most:
            self._used.popitem(last=False)


def network_of(address: str | None) -> str:
    """The name by which an address is counted: whoever has one address of version 6 has billions,
    and they begin alike."""
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read)
