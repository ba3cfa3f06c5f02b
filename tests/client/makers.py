"""Generators that end in one way every time, loaded by a generators.yaml as any plugin's are."""

from decimal import Decimal

from boards.errors import ContentRefused
from boards.generators.context import GeneratorContext
from boards.testing.generators import FakeInput, FakeOutput, FakePaid

__all__ = ["AlwaysBroken", "AlwaysCoy"]


class AlwaysCoy(FakePaid):
    """Its moderation refuses everything."""

    def __init__(self) -> None:
        super().__init__(name="coy", price=Decimal(0))

    async def generate(self, inputs: FakeInput, context: GeneratorContext) -> FakeOutput:
        raise ContentRefused("Not this.", billed=False)


class AlwaysBroken(FakePaid):
    """Its paid call begins, and breaks off in a way that nobody can judge."""

    def __init__(self) -> None:
        super().__init__(name="broken", price=Decimal("0.25"))

    async def generate(self, inputs: FakeInput, context: GeneratorContext) -> FakeOutput:
        raise OSError("connection reset")
