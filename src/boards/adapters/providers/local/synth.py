"""Sounding a score: voices by numpy, panned, with echo and room, as 16-bit stereo.

Audio is float32, one row per channel, at 44,100 samples per second.
"""

import io
import wave
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boards.adapters.providers.local.harmony import MoodName, Note, Score, Voice
from boards.generators.compute import Tick, no_tick

__all__ = ["RATE", "Audio", "perform", "wav_bytes"]

RATE = 44_100
Audio = NDArray[np.float32]

GAINS: dict[Voice, float] = {
    "pad": 0.085, "keys": 0.21, "pluck": 0.2, "lead": 0.19, "bass": 0.27,
    "kick": 0.58, "snare": 0.28, "hat": 0.15, "shaker": 0.11,
}  # fmt: skip
PANS: dict[Voice, float] = {
    "pad": 0.0, "keys": -0.22, "pluck": 0.28, "lead": 0.1, "bass": 0.0,
    "kick": 0.0, "snare": 0.06, "hat": 0.3, "shaker": -0.34,
}  # fmt: skip
ROOM: dict[Voice, float] = {
    "pad": 0.5, "keys": 0.4, "pluck": 0.35, "lead": 0.45, "bass": 0.03,
    "kick": 0.02, "snare": 0.22, "hat": 0.1, "shaker": 0.15,
}  # fmt: skip
ROOM_SECONDS: dict[MoodName, float] = {
    "calm": 2.4, "bright": 1.3, "dark": 3.0, "dreamy": 3.2, "driving": 1.2,
}  # fmt: skip
DAMPED: dict[MoodName, float] = {"dark": 900.0, "calm": 2600.0, "dreamy": 4200.0}
"""Hz above which a mood's tones (not its drums) are muffled; the others stay open."""

DRUMS = frozenset({"kick", "snare", "hat", "shaker"})


def _time(samples: int) -> Audio:
    return np.arange(samples, dtype=np.float32) / np.float32(RATE)


def _envelope(samples: int, attack: float, release: float) -> Audio:
    """Rise, hold, fall; in seconds."""
    out = np.ones(samples, np.float32)
    up, down = min(samples, max(8, int(attack * RATE))), min(samples, max(8, int(release * RATE)))
    out[:up] *= np.sin(np.linspace(0, np.pi / 2, up, dtype=np.float32)) ** 2
    out[-down:] *= np.cos(np.linspace(0, np.pi / 2, down, dtype=np.float32)) ** 2
    return out


def _partials(
    pitch: int, t: Audio, levels: Sequence[tuple[float, float]], detune: float = 1.0
) -> Audio:
    """A sum of sines; levels are (multiple of the pitch, loudness). None above 15 kHz."""
    base = 440.0 * 2 ** ((pitch - 69) / 12) * detune
    out = np.zeros_like(t)
    for multiple, level in levels:
        if base * multiple < 15_000:
            out += np.float32(level) * np.sin(np.float32(2 * np.pi * base * multiple) * t)
    return out


def _pad(pitch: int, samples: int) -> Audio:
    t = _time(samples)
    levels = [(k, 1 / k**1.7) for k in range(1, 6)]
    slow = 1 + np.float32(0.12) * np.sin(np.float32(2 * np.pi * 0.23) * t + pitch)
    shape = _envelope(samples, min(0.55, samples / RATE / 3), min(0.9, samples / RATE / 3)) * slow
    left = _partials(pitch, t, levels, 1.0016)
    right = _partials(pitch, t, levels, 1 / 1.0016)
    return np.stack([left * shape, right * shape])


def _keys(pitch: int, samples: int) -> Audio:
    """An electric piano: one sine bends another, less and less as the note dies away."""
    t = _time(samples)
    base = np.float32(2 * np.pi * 440.0 * 2 ** ((pitch - 69) / 12))
    bend = np.exp(-t * np.float32(3.2)) * np.float32(1.1)
    tone = np.sin(base * t + bend * np.sin(base * t))
    tine = np.float32(0.09) * np.sin(base * 4 * t) * np.exp(-t * np.float32(14))
    fade = np.exp(-t * np.float32(1.5 + pitch / 60))
    return np.asarray((tone + tine) * fade * _envelope(samples, 0.004, 0.06), np.float32)


def _pluck(pitch: int, samples: int) -> Audio:
    """A string: the higher a partial, the sooner it is gone."""
    t = _time(samples)
    out = np.zeros_like(t)
    for k in range(1, 8):
        decay = np.exp(-t * np.float32(3.0 + 2.2 * k))
        out += _partials(pitch, t, [(k, 1 / k**1.15)]) * decay
    return out * _envelope(samples, 0.003, 0.03) * np.float32(0.7)


def _lead(pitch: int, samples: int) -> Audio:
    """A flute-like voice whose vibrato sets in late."""
    t = _time(samples)
    base = 440.0 * 2 ** ((pitch - 69) / 12)
    onset = np.clip((t - np.float32(0.25)) / np.float32(0.4), 0, 1)
    phase = np.float32(2 * np.pi * base) * t + onset * np.float32(0.16) * np.sin(
        np.float32(2 * np.pi * 5.1) * t
    )
    tone = (
        np.sin(phase) + np.float32(0.28) * np.sin(2 * phase) + np.float32(0.12) * np.sin(3 * phase)
    )
    return np.asarray(tone * _envelope(samples, 0.045, 0.12) * np.float32(0.75), np.float32)


def _bass(pitch: int, samples: int) -> Audio:
    t = _time(samples)
    tone = _partials(pitch, t, [(1, 1.0), (2, 0.42), (3, 0.16), (4, 0.06)])
    fade = np.exp(-t * np.float32(0.7)) * _envelope(samples, 0.008, 0.05)
    return np.asarray(np.tanh(tone * np.float32(1.3)) * fade, np.float32)


def _noise(samples: int, seed: int, low: float, high: float) -> Audio:
    """Noise between two frequencies."""
    raw = np.random.default_rng(seed).standard_normal(samples)
    spectrum = np.fft.rfft(raw)
    at = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum *= 1 / (1 + (low / np.maximum(at, 1)) ** 6) / (1 + (at / high) ** 6)
    out = np.fft.irfft(spectrum, samples)
    return np.asarray(out / np.abs(out).max(), np.float32)


def _drum(voice: Voice) -> Audio:
    match voice:
        case "kick":
            t = _time(int(0.32 * RATE))
            sweep = 46 * t + (118 / 34) * (1 - np.exp(-34 * t))
            tone = np.sin(np.float32(2 * np.pi) * sweep) * np.exp(-t * np.float32(11))
            click = _noise(len(t), 1, 900, 5000) * np.exp(-t * np.float32(220)) * np.float32(0.25)
            return np.asarray((tone + click) * _envelope(len(t), 0.001, 0.05), np.float32)
        case "snare":
            t = _time(int(0.24 * RATE))
            body = np.sin(np.float32(2 * np.pi * 186) * t) * np.exp(-t * np.float32(28))
            rattle = _noise(len(t), 2, 1100, 7500) * np.exp(-t * np.float32(19))
            return np.asarray((0.45 * body + rattle) * _envelope(len(t), 0.001, 0.04), np.float32)
        case "hat":
            t = _time(int(0.09 * RATE))
            hiss = _noise(len(t), 3, 6500, 13_000)
            return np.asarray(hiss * np.exp(-t * np.float32(60)), np.float32)
        case _:
            t = _time(int(0.11 * RATE))
            return _noise(len(t), 4, 4200, 9500) * _envelope(len(t), 0.03, 0.07)


_TONES = {"pad": _pad, "keys": _keys, "pluck": _pluck, "lead": _lead, "bass": _bass}


@lru_cache(maxsize=384)
def _sound(voice: Voice, pitch: int, samples: int) -> Audio:
    """The sound of a note, stereo or mono; pieces repeat themselves, so most are heard again."""
    return _drum(voice) if voice in DRUMS else _TONES[voice](pitch, samples)


def _place(bus: Audio, sound: Audio, at: int, gain: float, pan: float) -> None:
    """Add a sound to a stereo bus, with constant power from left (-1) to right (1)."""
    length = min(sound.shape[-1], bus.shape[1] - at)
    if length <= 0:
        return
    angle = (pan + 1) * np.pi / 4
    for channel, level in ((0, np.cos(angle)), (1, np.sin(angle))):
        row = sound if sound.ndim == 1 else sound[channel]
        bus[channel, at : at + length] += row[:length] * np.float32(gain * level * np.sqrt(2))


def _tail(voice: Voice) -> float:
    """Seconds that a voice may sound beyond its written length."""
    return {"pad": 0.5, "keys": 0.5, "pluck": 0.35, "lead": 0.08, "bass": 0.05}.get(voice, 0.0)


def _echo(bus: Audio, delay: int, feedback: float, level: float) -> Audio:
    """Repeats that go from side to side, each quieter."""
    out = bus.copy()
    gain = level
    for n in range(1, 5):
        shift = delay * n
        if shift >= bus.shape[1]:
            break
        source = bus[::-1] if n % 2 else bus
        out[:, shift:] += source[:, :-shift] * np.float32(gain)
        gain *= feedback
    return out


def _room_response(seconds: float) -> Audio:
    """Two seconds of a room: noise that dies away, its treble first."""
    samples = int(seconds * RATE)
    t = _time(samples)
    random = np.random.default_rng(11)
    raw = random.standard_normal((2, samples)).astype(np.float32)
    dull = np.cumsum(raw, axis=1)
    dull -= np.stack([np.convolve(row, np.ones(64, np.float32) / 64, "same") for row in dull])
    blend = np.exp(-t * np.float32(9))
    response = (raw * blend * np.float32(0.7) + dull * (1 - blend) * np.float32(0.35)) * np.exp(
        -t * np.float32(6.2 / seconds)
    )
    response[:, : int(0.012 * RATE)] *= np.linspace(0, 1, int(0.012 * RATE), dtype=np.float32)
    return np.asarray(response / np.sqrt((response**2).sum(axis=1, keepdims=True)), np.float32)


def _muffle(cutoff: float) -> Audio:
    """A gentle low pass without a delay to speak of (3 ms)."""
    n = np.arange(-128, 129)
    kernel = np.sinc(2 * cutoff / RATE * n) * np.hanning(257)
    # A share of the open sound stays: a wall, not a telephone.
    kernel = 0.82 * kernel / kernel.sum()
    kernel[128] += 0.18
    return np.asarray(np.stack([kernel, kernel]), np.float32)


def _convolved(bus: Audio, response: Audio, tick: Tick, first: float, last: float) -> Audio:
    """Overlap-add convolution, block by block."""
    block = 1 << 17
    size = 1 << int(np.ceil(np.log2(block + response.shape[1])))
    filters = np.fft.rfft(response, size)
    out = np.zeros((2, bus.shape[1] + size), np.float32)
    for at in range(0, bus.shape[1], block):
        tick(first + (last - first) * at / bus.shape[1], "Adding the room")
        part = np.fft.rfft(bus[:, at : at + block], size)
        out[:, at : at + size] += np.fft.irfft(part * filters, size).astype(np.float32)
    return out[:, : bus.shape[1]]


def _ducked(bus: Audio, beats: list[int]) -> None:
    """Give way to the kick, as a compressor would."""
    length = int(0.22 * RATE)
    dip = np.float32(1) - np.float32(0.55) * np.exp(-_time(length) * np.float32(13))
    for at in beats:
        end = min(bus.shape[1], at + length)
        bus[:, at:end] *= dip[: end - at]


def _mastered(mix: Audio, seconds: float) -> Audio:
    """Even loudness, no clipping, and a fade at both ends."""
    level = float(np.sqrt((mix**2).mean())) or 1.0
    mix *= np.float32(min(0.16 / level, 1.4 / (float(np.abs(mix).max()) or 1.0)))
    np.tanh(mix, out=mix)
    mix *= np.float32(min(1.0, 0.94 / (float(np.abs(mix).max()) or 1.0)))
    samples = mix.shape[1]
    rise, fall = min(samples, int(0.01 * RATE)), min(samples, int(min(3.0, seconds * 0.2) * RATE))
    mix[:, :rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    mix[:, samples - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))
    return mix


def perform(score: Score, seconds: float, tick: Tick = no_tick) -> Audio:
    """Play a score for exactly so many seconds."""
    samples = round(seconds * RATE)
    beat = 60 / score.bpm * RATE
    dry = np.zeros((2, samples), np.float32)
    soft = np.zeros_like(dry)
    wet = np.zeros_like(dry)
    kicks: list[int] = []
    ducks = score.mood.drums == "full"
    for n, note in enumerate(score.notes):
        if n % 16 == 0:
            tick(0.05 + 0.6 * n / len(score.notes), "Playing")
        at = round(note.start * beat)
        if at >= samples:
            continue
        if note.voice == "kick":
            kicks.append(at)
        _sing(note, at, beat, dry if note.voice in DRUMS else soft, wet)
    if ducks:
        _ducked(soft, kicks)
        _ducked(wet, kicks)
    tick(0.68, "Adding echo")
    if score.mood.figure in ("rising", "sixteenths"):
        wet = _echo(wet, round(beat * 0.75), 0.55, 0.5)
    cutoff = DAMPED.get(score.mood.name)
    if cutoff is not None:
        soft = _convolved(soft, _muffle(cutoff), tick, 0.68, 0.74)
        wet = _convolved(wet, _muffle(cutoff), tick, 0.74, 0.8)
    response = _room_response(ROOM_SECONDS[score.mood.name])
    room = _convolved(wet, response, tick, 0.8, 0.94)
    tick(0.94, "Mastering")
    dry += soft
    dry += room * np.float32(0.85)
    return _mastered(dry, seconds)


def _sing(note: Note, at: int, beat: float, bus: Audio, wet: Audio) -> None:
    """Put one note on its bus, and its share into the room."""
    samples = max(64, round(note.length * beat + _tail(note.voice) * RATE))
    sound = _sound(note.voice, note.pitch, samples)
    gain, pan = GAINS[note.voice] * note.loudness, PANS[note.voice]
    _place(bus, sound, at, gain, pan)
    _place(wet, sound, at, gain * ROOM[note.voice], -pan * 0.5)


def wav_bytes(audio: Audio) -> bytes:
    """Write 16-bit stereo WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((audio.T * 32767).round().astype("<i2").tobytes())
    return out.getvalue()
