"""Speech: as long as its text, faster and higher on demand, one voice unlike the other."""

import io
import wave

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from boards.adapters.providers.local.speech import LocalSpeech, SpeechInput, render_speech
from boards.errors import InvalidInput
from boards.generators.compute import Stopped
from tests.local.conftest import Run

TEXT = "The old keeper climbed the stairs of the lighthouse for the last time."


def say(text: str = TEXT, **more: object) -> NDArray[np.float64]:
    data, seconds, rate = render_speech(SpeechInput.model_validate({"text": text, **more}))
    with wave.open(io.BytesIO(data)) as file:
        assert file.getframerate() == rate == 22_050
        assert file.getnframes() == round(seconds * rate)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def test_is_loud_enough_and_not_clipped():
    spoken = say()

    assert 2 < len(spoken) / 22_050 < 8
    assert 0.2 < np.abs(spoken).max() < 1


def test_a_longer_text_takes_longer():
    assert len(say(TEXT * 3)) > 2.5 * len(say(TEXT))


def test_a_higher_rate_is_faster():
    assert len(say(rate=320)) < 0.7 * len(say(rate=160))


def test_a_higher_pitch_is_higher():
    def fundamental(spoken: NDArray[np.float64]) -> float:
        """The median pitch of voiced pieces, by autocorrelation, in Hz."""
        found = []
        lags = np.arange(22_050 // 400, 22_050 // 60)
        for at in range(0, len(spoken) - 2048, 2048):
            piece = spoken[at : at + 2048]
            match = np.correlate(piece, piece, "full")[2047:]
            best = int(lags[match[lags].argmax()])
            if match[0] > 5 and match[best] > match[0] / 2:
                found.append(22_050 / best)
        return float(np.median(found))

    assert fundamental(say(pitch=95)) > 1.5 * fundamental(say(pitch=5))


def test_voices_and_languages_differ():
    plain = say("one two three")

    assert len({len(say("one two three", language=tongue)) for tongue in ("de", "fr", "es")}) == 3
    assert np.abs(say("one two three", voice="woman")[:8000] - plain[:8000]).mean() > 0.01


@pytest.mark.parametrize(
    "language", SpeechInput.model_json_schema()["properties"]["language"]["enum"]
)
def test_every_language_on_offer_speaks(language):
    assert len(say("1 2 3", language=language)) > 4000


@pytest.mark.parametrize("voice", SpeechInput.model_json_schema()["properties"]["voice"]["enum"])
def test_every_voice_on_offer_speaks(voice):
    assert np.abs(say("one", voice=voice)).max() > 0.05


def test_markup_is_no_command():
    assert len(say('<audio src="file:///etc/passwd"/> hello')) > 8000


def test_a_nought_does_not_end_the_text():
    assert len(say("hello\0there my friend")) > 1.5 * len(say("hello"))


def test_a_cancel_stops_the_voice():
    seen = 0

    def tick(fraction: float, message: str = "") -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise Stopped

    with pytest.raises(Stopped):
        render_speech(SpeechInput(text=TEXT * 20), tick)
    assert seen == 3
    assert len(say()) > 0  # the library is in order again


async def test_makes_a_wav(make: Run):
    ran = await make(LocalSpeech(), {"text": "Hello there."})

    assert (ran.primary.facts.format, ran.primary.facts.sample_rate) == ("wav", 22_050)
    assert ran.output.audio.duration == pytest.approx(ran.primary.facts.duration, abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": " \n "},
        {"text": "x" * 5001},
        {"text": "x", "language": "tlh"},
        {"text": "x", "voice": "robot"},
        {"text": "x", "rate": 1000},
        {"text": "x", "pitch": 101},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        SpeechInput.model_validate(wrong)


def test_silence_is_refused(monkeypatch):
    from boards.adapters.providers.local import speech

    monkeypatch.setattr(speech, "speak", lambda *_, **__: (b"", 22_050))

    with pytest.raises(InvalidInput, match="nothing in this text"):
        render_speech(SpeechInput(text="x"))
