"""Composing: from a mood and a seed to a score of notes, with keys, chords, bass and melody.

Times are in beats, pitches are MIDI numbers (60 is middle C), loudness is from 0 to 1.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

__all__ = ["KEYS", "MOODS", "Key", "Mood", "MoodName", "Note", "Score", "Voice", "compose"]

MoodName = Literal["calm", "bright", "dark", "dreamy", "driving"]
Key = Literal["auto", "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
KEYS: tuple[str, ...] = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
Voice = Literal["pad", "keys", "pluck", "lead", "bass", "kick", "snare", "hat", "shaker"]

BAR = 4
"""Beats in a bar."""

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_LYDIAN = (0, 2, 4, 6, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_DORIAN = (0, 2, 3, 5, 7, 9, 10)


@dataclass(frozen=True)
class Note:
    """One note or drum stroke."""

    voice: Voice
    start: float
    length: float
    pitch: int
    loudness: float


@dataclass(frozen=True, kw_only=True)
class Mood:
    """What makes a mood: scale, tempo, chord progressions (degrees from 0), and who plays."""

    name: MoodName
    bpm: int
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]
    bars_per_chord: int
    sevenths: bool
    melody: Voice
    melody_octave: int
    melody_density: float
    bass: Literal["long", "halves", "eighths", "dotted"]
    figure: Literal["none", "broken", "offbeat", "sixteenths", "rising"]
    drums: Literal["none", "soft", "light", "full"]
    minor: bool


MOODS: dict[MoodName, Mood] = {
    mood.name: mood
    for mood in (
        Mood(
            name="calm", bpm=68, scale=_MAJOR, minor=False,
            progressions=((0, 5, 3, 4), (0, 2, 3, 0), (0, 3, 5, 4), (3, 0, 4, 5)),
            bars_per_chord=1, sevenths=True, melody="keys", melody_octave=5, melody_density=0.45,
            bass="long", figure="broken", drums="none",
        ),
        Mood(
            name="bright", bpm=112, scale=_MAJOR, minor=False,
            progressions=((0, 4, 5, 3), (0, 3, 4, 3), (5, 3, 0, 4), (0, 2, 3, 4)),
            bars_per_chord=1, sevenths=False, melody="pluck", melody_octave=6, melody_density=0.8,
            bass="halves", figure="offbeat", drums="light",
        ),
        Mood(
            name="dark", bpm=72, scale=_MINOR, minor=True,
            progressions=((0, 5, 3, 4), (0, 3, 0, 5), (0, 6, 5, 6), (0, 1, 0, 4)),
            bars_per_chord=2, sevenths=False, melody="lead", melody_octave=4, melody_density=0.35,
            bass="long", figure="none", drums="soft",
        ),
        Mood(
            name="dreamy", bpm=84, scale=_LYDIAN, minor=False,
            progressions=((0, 1, 5, 0), (0, 4, 1, 5), (5, 1, 0, 4), (0, 2, 1, 4)),
            bars_per_chord=1, sevenths=True, melody="lead", melody_octave=5, melody_density=0.5,
            bass="dotted", figure="rising", drums="soft",
        ),
        Mood(
            name="driving", bpm=124, scale=_DORIAN, minor=True,
            progressions=((0, 6, 3, 0), (0, 2, 6, 3), (0, 3, 6, 2), (0, 0, 2, 6)),
            bars_per_chord=1, sevenths=False, melody="lead", melody_octave=5, melody_density=0.65,
            bass="eighths", figure="sixteenths", drums="full",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Score:
    """A composed piece. `tonic` is the key's pitch class, `chords` one degree for each bar."""

    mood: Mood
    key: str
    tonic: int
    bpm: float
    chords: tuple[int, ...]
    notes: tuple[Note, ...] = field(repr=False)


def degree_pitch(mood: Mood, tonic: int, degree: int, octave: int) -> int:
    """The pitch of a scale degree, counted from 0 and on into further octaves."""
    turn, step = divmod(degree, 7)
    return 12 * (octave + 1) + tonic + mood.scale[step] + 12 * turn


def chord_classes(mood: Mood, tonic: int, degree: int) -> list[int]:
    """The pitch classes of the chord on a degree: thirds above each other."""
    steps = (0, 2, 4, 6) if mood.sevenths else (0, 2, 4)
    return [degree_pitch(mood, tonic, degree + step, 0) % 12 for step in steps]


def _voicings(classes: list[int], low: int, high: int) -> list[list[int]]:
    """All close positions of a chord between two pitches."""
    out: list[list[int]] = []
    for bottom in range(low, high - 11):
        if bottom % 12 not in classes:
            continue
        first = classes.index(bottom % 12)
        chord = [bottom]
        for pitch_class in classes[first + 1 :] + classes[:first]:
            chord.append(chord[-1] + (pitch_class - chord[-1]) % 12)
        if chord[-1] <= high:
            out.append(chord)
    return out


def _led(classes: list[int], before: list[int] | None) -> list[int]:
    """The close position that is nearest to the chord before."""
    choices = _voicings(classes, 50, 74)
    if before is None:
        return min(choices, key=lambda chord: abs(sum(chord) / len(chord) - 60))
    return min(
        choices, key=lambda chord: sum(abs(a - b) for a, b in zip(chord, before, strict=True))
    )


class _Writer:
    """Writes the parts of one piece, bar by bar."""

    def __init__(self, mood: Mood, tonic: int, random: Random) -> None:
        self.mood = mood
        self.tonic = tonic
        self.random = random
        self.notes: list[Note] = []
        self.last_melody = degree_pitch(mood, tonic, 4, mood.melody_octave)
        self.rhythms = [self._rhythm() for _ in range(3)]

    def add(self, voice: Voice, start: float, length: float, pitch: int, loudness: float) -> None:
        wobble = self.random.uniform(0.88, 1.0)
        self.notes.append(Note(voice, start, length, pitch, loudness * wobble))

    def _rhythm(self) -> list[tuple[float, float]]:
        """Starts and lengths of one bar of melody, in half beats at the finest."""
        out: list[tuple[float, float]] = []
        at = 0.0
        while at < BAR:
            dense = self.mood.melody_density
            length = self.random.choice(
                (0.5, 1.0, 1.0, 1.5) if dense > 0.6 else (1.0, 1.5, 2.0, 3.0)
            )
            length = min(length, BAR - at)
            if at == 0 or self.random.random() < 0.45 + dense / 2:
                out.append((at, length))
            at += length
        return out

    def pad(self, chord: list[int], start: float, beats: float, loudness: float) -> None:
        for pitch in chord:
            self.add("pad", start, beats, pitch, loudness)

    def bass(self, degree: int, following: int, start: float, loudness: float) -> None:
        """One bar of bass on the chord's root, leading to the next one."""
        root = degree_pitch(self.mood, self.tonic, degree, 2)
        while root > 47:
            root -= 12
        fifth = root + 7 if (root + 7) % 12 in self._scale_classes() else root + 12
        match self.mood.bass:
            case "long":
                self.add("bass", start, 3.9, root, loudness)
            case "halves":
                self.add("bass", start, 1.4, root, loudness)
                self.add("bass", start + 1.5, 0.45, root, loudness * 0.7)
                self.add("bass", start + 2, 1.4, fifth, loudness * 0.9)
                if degree != following:
                    step = degree_pitch(self.mood, self.tonic, following - 1, 2)
                    self.add("bass", start + 3.5, 0.45, 36 + step % 12, loudness * 0.7)
            case "dotted":
                self.add("bass", start, 1.4, root, loudness)
                self.add("bass", start + 1.5, 2.4, root, loudness * 0.8)
            case "eighths":
                for n in range(8):
                    pitch = root + (12 if n in (3, 6) else 0)
                    self.add(
                        "bass", start + n / 2, 0.42, pitch, loudness * (1.0 if n % 2 else 0.85)
                    )

    def _scale_classes(self) -> set[int]:
        return {(self.tonic + step) % 12 for step in self.mood.scale}

    def figure(self, chord: list[int], start: float, loudness: float) -> None:
        """The moving part between chords and melody."""
        high = [pitch + 12 for pitch in chord]
        match self.mood.figure:
            case "broken":
                order = [chord[0], chord[2], high[1], chord[-1]]
                for n, pitch in enumerate(order):
                    self.add("keys", start + n, 1.8, pitch, loudness * (1.0 if n == 0 else 0.75))
            case "offbeat":
                for beat in (0.5, 1.5, 2.5, 3.5):
                    for pitch in chord:
                        self.add("pluck", start + beat, 0.4, pitch + 12, loudness * 0.6)
            case "rising":
                tones = [*high, high[0] + 12, *reversed(high)]
                for n in range(8):
                    self.add("pluck", start + n / 2, 0.9, tones[n % len(tones)], loudness * 0.75)
            case "sixteenths":
                tones = [high[0], high[2], high[1], high[2]]
                for n in range(16):
                    accent = 1.0 if n % 4 == 0 else 0.7 if n % 2 == 0 else 0.5
                    self.add("pluck", start + n / 4, 0.24, tones[n % 4], loudness * accent * 0.75)
            case "none":
                pass

    def melody(self, bar: int, degree: int, start: float, loudness: float) -> None:
        """One bar of melody: chord notes on the beat, steps of the scale between them."""
        pattern = self.rhythms[(0, 1, 0, 2)[bar % 4]]
        classes = chord_classes(self.mood, self.tonic, degree)
        centre = degree_pitch(self.mood, self.tonic, 2, self.mood.melody_octave)
        scale = [p for p in range(centre - 9, centre + 13) if p % 12 in self._scale_classes()]
        for at, length in pattern:
            strong = at in (0.0, 2.0)
            choices = [p for p in scale if p % 12 in classes] if strong else scale
            near = sorted(choices, key=lambda p: abs(p - self.last_melody) + 0.15 * abs(p - centre))
            pitch = self.random.choice(near[: 3 if strong else 4])
            self.last_melody = pitch
            self.add(self.mood.melody, start + at, length * 0.94, pitch, loudness)

    def drums(self, kind: str, bar: int, start: float, loudness: float) -> None:
        """One bar of drums; every eighth bar ends in a small fill."""
        fill = bar % 8 == 7
        strokes: dict[str, list[tuple[Voice, float, float]]] = {
            "none": [],
            "soft": [("kick", 0, 0.8), ("shaker", 1, 0.5), ("shaker", 3, 0.6), ("kick", 2.5, 0.45)],
            "light": [
                ("kick", 0, 0.9), ("kick", 2, 0.8), ("snare", 1, 0.5), ("snare", 3, 0.6),
                *[("hat", n / 2, 0.5 if n % 2 else 0.35) for n in range(8)],
            ],
            "full": [
                *[("kick", n, 1.0) for n in range(4)],
                ("snare", 1, 0.75), ("snare", 3, 0.8),
                *[("hat", n + 0.5, 0.7) for n in range(4)],
                *[("shaker", n / 4, 0.35) for n in range(16)],
            ],
        }  # fmt: skip
        for voice, beat, strength in strokes[kind]:
            self.add(voice, start + beat, 0.4, 0, loudness * strength)
        if fill and kind in ("light", "full"):
            for n in range(3):
                self.add("snare", start + 3.25 + n / 4, 0.2, 0, loudness * (0.35 + 0.12 * n))


def _layers(bar: int, bars: int) -> tuple[bool, bool, bool, bool]:
    """Whether bass, figure, melody and drums play in a bar: a piece opens up and thins out."""
    if bars < 6:
        return True, True, True, True
    intro = 2 if bars < 24 else 4
    last = bar >= bars - 1
    bridge = bars >= 20 and (bar // 4) % 5 == 3
    return (
        bar >= intro // 2,
        not last,
        bar >= intro and not bridge and not last,
        bar >= intro and not last and not (bridge and bar % 4 < 2),
    )


def compose(
    mood_name: MoodName,
    *,
    seconds: float,
    bpm: float | None,
    seed: int,
    key: str = "auto",
    drums: Literal["auto", "on", "off"] = "auto",
    watch: Callable[[float], None] = lambda _: None,
) -> Score:
    """Write a piece that fills so many seconds; its last bar rests on the tonic."""
    mood = MOODS[mood_name]
    random = Random(f"{seed}\n{mood_name}")
    chosen = random.choice(KEYS)
    key = chosen if key == "auto" else key
    tonic = KEYS.index(key)
    tempo = float(bpm if bpm is not None else mood.bpm)
    writer = _Writer(mood, tonic, random)
    verse, bridge = random.sample(mood.progressions, 2)
    bars = max(1, -(-int(seconds * tempo / 60 * 1000) // (BAR * 1000)))
    kit = {"auto": mood.drums, "off": "none", "on": mood.drums if mood.drums != "none" else "soft"}
    chords: list[int] = []
    for bar in range(bars):
        progression = bridge if bars >= 12 and (bar // 8) % 3 == 2 else verse
        chords.append(progression[(bar // mood.bars_per_chord) % len(progression)])
    if bars > 2:
        chords[-1] = 0
    before: list[int] | None = None
    for bar, degree in enumerate(chords):
        watch(bar / bars)
        start = float(bar * BAR)
        chord = _led(chord_classes(mood, tonic, degree), before)
        before = chord
        bass, figure, melody, beat = _layers(bar, bars)
        if bar == 0 or degree != chords[bar - 1] or bar % mood.bars_per_chord == 0:
            held = 1
            while (
                bar + held < bars
                and chords[bar + held] == degree
                and ((bar + held) % mood.bars_per_chord)
            ):
                held += 1
            writer.pad(chord, start, held * BAR, 0.5)
        if bass:
            writer.bass(degree, chords[(bar + 1) % bars], start, 0.8)
        if figure:
            writer.figure(chord, start, 0.55)
        if melody:
            writer.melody(bar, degree, start, 0.7)
        if beat:
            writer.drums(kit[drums], bar, start, 0.8)
    return Score(
        mood=mood, key=key, tonic=tonic, bpm=tempo, chords=tuple(chords), notes=tuple(writer.notes)
    )
