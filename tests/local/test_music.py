"""Music by numbers: exact length, no clipping, in key, on the beat, and a mood one can tell."""

import io
import wave
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from boards.adapters.providers.local.harmony import (
    BAR,
    MOODS,
    MoodName,
    Score,
    chord_classes,
    compose,
)
from boards.adapters.providers.local.music import LocalMusic, MusicInput, render_music
from boards.adapters.providers.local.synth import RATE
from boards.generators.compute import Stopped
from tests.local.conftest import Run

NAMES = sorted(MOODS)


@cache
def played(mood: str, seconds: float = 16, seed: int = 7, **more: object) -> tuple[Score, bytes]:
    inputs = MusicInput.model_validate({"mood": mood, "seconds": seconds, **more})
    return render_music(inputs, seed)


def samples(data: bytes) -> NDArray[np.float64]:
    """Both channels as (2, samples), from -1 to 1."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return np.asarray(raw.reshape(-1, 2).T / 32768, np.float64)


def heard(mood: str, **more: object) -> NDArray[np.float64]:
    return samples(played(mood, **more)[1])


def centroid(audio: NDArray[np.float64]) -> float:
    """Where the middle of the spectrum lies, in Hz; by amplitude, as power is mostly bass."""
    strength = np.abs(np.fft.rfft(audio.mean(axis=0)))
    return float((strength * np.fft.rfftfreq(audio.shape[1], 1 / RATE)).sum() / strength.sum())


def pitch_classes(audio: NDArray[np.float64]) -> NDArray[np.float64]:
    """How strong each of the twelve pitch classes is, between 100 Hz and 1 kHz."""
    power = np.abs(np.fft.rfft(audio.mean(axis=0) * np.hanning(audio.shape[1]))) ** 2
    at = np.fft.rfftfreq(audio.shape[1], 1 / RATE)
    use = (at > 100) & (at < 1000)
    pitch = np.round(69 + 12 * np.log2(at[use] / 440)).astype(int) % 12
    return np.asarray(np.bincount(pitch, weights=power[use], minlength=12), np.float64)


def onsets(audio: NDArray[np.float64], hop: int = 441) -> NDArray[np.float64]:
    """How much new sound each hundredth of a second brings (spectral flux)."""
    mono = audio.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(mono, 2048)[::hop] * np.hanning(2048)
    spectrum = np.log1p(100 * np.abs(np.fft.rfft(windows, axis=1)))
    return np.maximum(0, np.diff(spectrum, axis=0)).sum(axis=1)


@pytest.mark.parametrize("mood", NAMES)
class TestEveryMood:
    @pytest.mark.parametrize("seconds", [1.0, 2.5, 7.77, 16.0])
    def test_lasts_exactly_as_long_as_asked(self, mood, seconds):
        assert heard(mood, seconds=seconds).shape == (2, round(seconds * 44_100))

    def test_is_neither_clipped_nor_faint(self, mood):
        audio = heard(mood)
        level = 20 * np.log10(np.sqrt((audio**2).mean()))

        assert 0.3 < np.abs(audio).max() < 0.98
        assert -22 < level < -12

    def test_has_no_offset(self, mood):
        assert np.abs(heard(mood).mean(axis=1)).max() < 0.003

    def test_begins_and_ends_in_silence(self, mood):
        audio = heard(mood)

        assert np.abs(audio[:, :5]).max() < 0.01
        assert np.abs(audio[:, -5:]).max() < 0.01

    def test_has_no_hole(self, mood):
        audio = heard(mood)[:, RATE // 2 : -3 * RATE]
        quarter = RATE // 4
        loud = np.abs(audio[:, : audio.shape[1] // quarter * quarter]).reshape(2, -1, quarter)

        assert loud.max(axis=(0, 2)).min() > 0.01

    def test_is_stereo_and_sounds_in_mono_too(self, mood):
        left, right = heard(mood)
        together = np.corrcoef(left, right)[0, 1]

        assert 0.1 < together < 0.97
        assert 0.5 < np.sqrt((left**2).mean() / (right**2).mean()) < 2

    def test_every_tone_is_in_the_scale(self, mood):
        score, _ = played(mood)
        scale = {(score.tonic + step) % 12 for step in MOODS[mood].scale}
        tones = {n.pitch % 12 for n in score.notes if n.voice in ("pad", "keys", "pluck", "lead")}

        assert tones <= scale
        assert len(tones) >= 5

    def test_the_chords_are_heard(self, mood):
        """In each bar the chord's pitch classes are stronger than the others, on the average."""
        score, data = played(mood)
        audio = samples(data)
        bar = round(BAR * 60 / score.bpm * RATE)
        wins = 0
        bars = min(len(score.chords), audio.shape[1] // bar)
        for n in range(bars):
            strength = pitch_classes(audio[:, n * bar : (n + 1) * bar])
            chord = chord_classes(score.mood, score.tonic, score.chords[n])
            others = [c for c in range(12) if c not in chord]
            wins += strength[chord].mean() > 2 * strength[others].mean()

        assert bars >= 4
        assert wins >= bars - 1

    def test_the_same_seed_gives_the_same_bytes(self, mood):
        inputs = MusicInput.model_validate({"mood": mood, "seconds": 4})

        assert render_music(inputs, 5)[1] == render_music(inputs, 5)[1]

    def test_another_seed_gives_another_piece(self, mood):
        one, other = (compose(mood, seconds=16, bpm=None, seed=seed).notes for seed in (1, 2))

        assert one != other

    def test_ends_on_the_tonic(self, mood):
        assert compose(mood, seconds=30, bpm=None, seed=7).chords[-1] == 0

    @pytest.mark.parametrize("bpm", [40, 200])
    def test_takes_any_tempo(self, mood, bpm):
        score, data = played(mood, seconds=3, bpm=bpm)

        assert score.bpm == bpm
        assert np.abs(samples(data)).max() > 0.3


class TestMoodsDiffer:
    def test_in_brightness(self):
        by_mood = {mood: centroid(heard(mood, drums="off")) for mood in NAMES}

        assert by_mood["bright"] > 1.2 * max(by_mood["calm"], by_mood["dark"])
        assert by_mood["dark"] == min(by_mood.values())

    def test_in_how_much_happens(self):
        beats = {mood: onsets(heard(mood)).sum() for mood in NAMES}

        assert beats["driving"] > 2 * beats["calm"]
        assert beats["bright"] > 1.5 * beats["dark"]

    def test_in_mode(self):
        def third(mood: MoodName) -> int:
            return MOODS[mood].scale[2]

        assert [third(m) for m in ("calm", "bright", "dreamy")] == [4, 4, 4]
        assert [third(m) for m in ("dark", "driving")] == [3, 3]


class TestBeat:
    @pytest.mark.parametrize("bpm", [90, 124, 150])
    def test_onsets_fall_on_the_grid(self, bpm):
        """Onsets fold onto the beat: at the beat far more happens than between sixteenths."""
        strength = onsets(heard("driving", bpm=bpm))
        # A change shows when half of the window, 23 ms, has passed over it.
        phase = ((np.arange(len(strength)) + 1) * 0.01 + 0.023) / (60 / bpm) % 1
        near = strength[np.minimum(phase, 1 - phase) < 0.035].mean()
        between = strength[np.abs(phase - 0.165) < 0.035].mean()

        assert near > 2.5 * between

    def test_the_tempo_can_be_measured(self):
        strength = onsets(heard("driving", bpm=120))
        strength = strength - strength.mean()
        match = np.correlate(strength, strength, "full")[len(strength) :]

        lags = np.arange(30, 71)
        best = lags[np.argmax(match[lags - 1])]

        assert abs(best - 50) <= 1

    def test_drums_can_be_left_out_and_brought_in(self):
        drums = {"kick", "snare", "hat", "shaker"}

        without = compose("driving", seconds=16, bpm=None, seed=7, drums="off").notes
        brought = compose("calm", seconds=16, bpm=None, seed=7, drums="on").notes

        assert not drums & {n.voice for n in without}
        assert drums & {n.voice for n in brought}


class TestComposing:
    def test_a_piece_opens_up(self):
        notes = compose("driving", seconds=60, bpm=None, seed=1).notes
        first = {n.voice for n in notes if n.start < 2 * BAR}
        later = {n.voice for n in notes if 8 * BAR <= n.start < 10 * BAR}

        assert first < later

    def test_a_short_piece_has_everything_at_once(self):
        notes = compose("bright", seconds=5, bpm=None, seed=1).notes

        assert {"pad", "bass", "pluck", "kick"} <= {n.voice for n in notes}

    def test_the_melody_moves_in_small_steps(self):
        for seed in range(10):
            score = compose("dreamy", seconds=60, bpm=None, seed=seed)
            line = [n.pitch for n in score.notes if n.voice == "lead"]
            steps = np.abs(np.diff(line))

            assert np.median(steps) <= 5

    def test_chords_are_led_smoothly(self):
        score = compose("bright", seconds=40, bpm=None, seed=3)
        by_bar: dict[float, list[int]] = {}
        for note in score.notes:
            if note.voice == "pad":
                by_bar.setdefault(note.start, []).append(note.pitch)
        chords = [sorted(chord) for chord in by_bar.values()]
        moves = [
            max(abs(a - b) for a, b in zip(one, other, strict=True))
            for one, other in pairwise(chords)
        ]

        assert max(moves) <= 7

    def test_the_key_can_be_chosen(self):
        assert compose("calm", seconds=10, bpm=None, seed=1, key="Eb").tonic == 3


class TestRun:
    async def test_makes_a_wav_and_tells_key_and_tempo(self, make: Run):
        ran = await make(LocalMusic(), {"mood": "dreamy", "seconds": 3, "seed": 4, "key": "G"})

        assert (ran.primary.facts.format, ran.primary.facts.duration) == ("wav", 3.0)
        assert (ran.primary.facts.sample_rate, ran.primary.facts.channels) == (44_100, 2)
        assert ran.metadata == {"seed": 4, "key": "G major", "bpm": 84.0}
        assert ran.price == 0

    async def test_without_a_seed_one_is_taken_and_told(self, make: Run):
        ran = await make(LocalMusic(), {"seconds": 1})
        again = await make(LocalMusic(), {"seconds": 1, "seed": ran.metadata["seed"]})

        assert ran.primary.sha256 == again.primary.sha256

    async def test_progress_rises(self, make: Run):
        fractions = [f for f, _ in (await make(LocalMusic(), {"seconds": 8, "seed": 1})).progress]

        assert fractions == sorted(fractions)
        assert len(fractions) >= 2

    @pytest.mark.parametrize("chunks", [1, 5, 9])
    def test_a_cancel_is_noticed_at_the_next_tick(self, chunks):
        seen = 0

        def tick(fraction: float, message: str = "") -> None:
            nonlocal seen
            seen += 1
            if seen == chunks:
                raise Stopped

        with pytest.raises(Stopped):
            render_music(MusicInput(mood="driving", seconds=30), 1, tick)
        assert seen == chunks


@pytest.mark.parametrize(
    "wrong",
    [
        {"mood": "angry"},
        {"seconds": 0},
        {"seconds": 301},
        {"bpm": 10},
        {"bpm": 500},
        {"seed": -1},
        {"seed": 2**32},
        {"key": "H"},
        {"seconds": "nan"},
        {"tempo": 3},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        MusicInput.model_validate(wrong)
