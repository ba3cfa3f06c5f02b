"""Generators for the tests of the command line, loaded by a generators.yaml as any plugin's are."""

from decimal import Decimal

from boards.errors import ContentRefused
from boards.testing.generators import FakePaid, FakeProvider, FakeProviderGenerator

__all__ = ["Broken", "Coy", "Forgetful", "Priced", "Unpriced"]


class Priced(FakePaid):
    """Costs 0.25 USD an image."""

    def __init__(self) -> None:
        super().__init__(name="priced", price=Decimal("0.25"))


class Unpriced(FakePaid):
    """Nobody knows what it costs."""

    def __init__(self) -> None:
        super().__init__(name="unpriced", price=None)


class Coy(FakePaid):
    """Free, and its moderation refuses everything."""

    def __init__(self) -> None:
        super().__init__(ContentRefused("Not this.", billed=False), name="coy", price=Decimal(0))


class Broken(FakePaid):
    """Its paid call begins, and breaks off in a way that nobody can judge."""

    def __init__(self) -> None:
        super().__init__(OSError("connection reset"), name="broken", price=Decimal("0.25"))


class Forgetful(FakeProviderGenerator):
    """Loses the answer to each submit; its provider outlives the command, and can look jobs up."""

    service_of_all = FakeProvider()

    def __init__(self) -> None:
        super().__init__(self.service_of_all, idempotency="lookup", name="forgetful")
