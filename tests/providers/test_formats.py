"""Files are stored under the ending of what they are."""

from typing import Any

import pytest

from boards.testing.lab import Lab
from tests.providers.parts import facts_of
from tests.services.studio import Studio

SPEECH: dict[str, dict[str, Any]] = {
    "openai-tts-1": {"text": "x", "response_format": "wav"},
    "elevenlabs-multilingual-v2": {"text": "x", "output_format": "wav_44100"},
}


@pytest.mark.parametrize("model", SPEECH)
async def test_speech_that_comes_as_bytes_is_not_stored_as_a_png(studio: Studio, lab: Lab, model):
    async with studio.process():
        view = await studio.make(model, **SPEECH[model])

    (generation,) = view.generations
    assert facts_of(generation).format == "wav"
    assert generation.file is not None
    assert generation.file.key.endswith(".wav")
