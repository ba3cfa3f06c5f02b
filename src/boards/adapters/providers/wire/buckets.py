"""Keeps one account to its rate, and quiet while its provider asks for that."""

from collections.abc import Callable

from boards.generators.declared.transport import Rate

__all__ = ["LONGEST_PAUSE", "Bucket"]

LONGEST_PAUSE = 3600.0
"""Seconds; no provider is believed that asks for more."""


class Bucket:
    """A token bucket: `burst` calls at once, `per_second` on average, none during a pause."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = float(rate.burst)
        self._at = clock()
        self._paused_until = 0.0

    def wait(self) -> float:
        """Seconds until a call may be made; 0 for now."""
        if self.pause_left() > 0:
            return self.pause_left()
        now = self._clock()
        self._tokens = min(
            self._rate.burst, self._tokens + (now - self._at) * self._rate.per_second
        )
        self._at = now
        # A rounding error may not make a call wait for the millionth part of a token.
        return max((1 - self._tokens) / self._rate.per_second, 0.0) if self._tokens < 0.999 else 0.0

    def take(self) -> None:
        self._tokens -= 1

    def pause_left(self) -> float:
        """Seconds for which the provider asked not to be called."""
        return max(self._paused_until - self._clock(), 0.0)

    def pause(self, seconds: float) -> None:
        """Make no call for a while, because the provider asked for it."""
        self._paused_until = max(self._paused_until, self._clock() + min(seconds, LONGEST_PAUSE))
