"""The real clock."""

from datetime import UTC, datetime

__all__ = ["SystemClock"]


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)
