"""One run of each transport, for the tables that all of them go through.

A new provider adds a row: from then on the fault table and the kill matrix hold it to the promise.
"""

from dataclasses import dataclass, field

from pydantic import JsonValue

__all__ = ["SAMPLES", "Sample"]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A declared model and inputs that need no artifact.

    `synchronous` ones answer a submit with the result; the others are polled, and their results
    are files to download.
    """

    provider: str
    generator: str
    inputs: dict[str, JsonValue] = field(default_factory=dict)
    synchronous: bool = False

    def __str__(self) -> str:
        return self.provider


SAMPLES = (
    Sample(
        provider="fal",
        generator="fal-flux-2-pro",
        inputs={"prompt": "a lighthouse", "output_format": "png", "sync_mode": False},
    ),
    Sample(
        provider="openai",
        generator="openai-gpt-image-1-mini",
        inputs={"prompt": "a paper boat", "quality": "low"},
        synchronous=True,
    ),
)
