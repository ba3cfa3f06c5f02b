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
    are files to download. With `one_question` status and result are one and the same address.
    """

    provider: str
    generator: str
    inputs: dict[str, JsonValue] = field(default_factory=dict)
    makes: str = "image"
    synchronous: bool = False
    one_question: bool = False

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
    Sample(
        provider="replicate",
        generator="replicate-flux-schnell",
        inputs={"prompt": "a lighthouse", "output_format": "png"},
        one_question=True,
    ),
    Sample(
        provider="gemini",
        generator="gemini-3.1-flash-image",
        inputs={"prompt": "a paper boat"},
        synchronous=True,
    ),
    Sample(
        provider="kie",
        generator="kie-veo3",
        inputs={"prompt": "a dog runs through a park", "model": "veo3_fast"},
        makes="video",
        one_question=True,
    ),
    Sample(
        provider="elevenlabs",
        generator="elevenlabs-multilingual-v2",
        inputs={"text": "The tide turns at six.", "output_format": "wav_44100"},
        makes="audio",
        synchronous=True,
    ),
    Sample(
        provider="runway",
        generator="runway-gen4-image",
        inputs={"prompt": "a diver", "ratio": "720:720"},
        one_question=True,
    ),
    Sample(
        provider="luma",
        generator="luma-photon-1",
        inputs={"prompt": "a heron", "format": "png"},
        one_question=True,
    ),
)
