"""Reading and writing video and audio files with PyAV, which is only imported when it is used.

Inputs are opened by the format their first bytes show, never by FFmpeg's own guess: it would also
accept playlists, and those can name other files and addresses.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from boards.errors import InvalidInput

if TYPE_CHECKING:
    from av import AudioFrame, VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = [
    "AUDIO_RATE",
    "AudioSource",
    "Mp4Writer",
    "Samples",
    "audio_frame",
    "demuxer",
    "faded",
    "image_of",
    "opened_media",
    "video_stream",
]

AUDIO_RATE = 48_000
Samples = NDArray[np.float32]
"""Audio as (2, samples), float32."""

X264 = {"preset": "veryfast", "crf": "20", "x264-params": "mbtree=0"}
"""Settings of the encoder. Its macroblock tree reads unset memory on AVX-512 machines (x264 165,
seen with MALLOC_PERTURB_): the same pictures would give other bytes now and then."""

ONE_THREAD = 1
"""FFmpeg 8 converts colours a little differently now and then when it uses several threads."""

_SEAM = 480
"""Samples (10 ms) that are faded where a loop begins again."""


def demuxer(head: bytes) -> str | None:
    """Name FFmpeg's demuxer for a file by its first 16 bytes, or None for anything else."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    for start, name in (
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"OggS", "ogg"),
        (b"fLaC", "flac"),
        (b"ID3", "mp3"),
    ):
        if head.startswith(start):
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Both are frames that begin with set bits; AAC has no layer.
        return "mp3" if head[1] & 0x06 else "aac"
    return None


@contextlib.contextmanager
def opened_media(path: str, field: str) -> Iterator["InputContainer"]:
    """Open a media file. InvalidInput, naming the input field, when it cannot be read."""
    import av

    with Path(path).open("rb") as file:
        name = demuxer(file.read(16))
    if name is None:
        raise InvalidInput(f"The file of {field!r} is no video or audio that can be read.")
    try:
        with av.open(path, format=name, options={"protocol_whitelist": "file"}) as container:
            yield container
    except av.FFmpegError as error:
        raise InvalidInput(
            f"The file of {field!r} is damaged or cannot be decoded; choose another one.",
            detail=str(error),
        ) from error


def video_stream(container: "InputContainer", field: str) -> "VideoStream":
    """The picture of a file. InvalidInput when it has none."""
    if not container.streams.video:
        raise InvalidInput(f"The file of {field!r} has no video in it.")
    return container.streams.video[0]


def image_of(frame: "VideoFrame") -> Image.Image:
    """A decoded picture as an image."""
    return Image.fromarray(frame.to_ndarray(format="rgb24", threads=ONE_THREAD), "RGB")


class AudioSource:
    """The sound of a file as a stream of samples at 48 kHz stereo, silent or looped at its end."""

    def __init__(self, path: str, field: str, *, loop: bool = False, gain: float = 1.0) -> None:
        self._path = path
        self._field = field
        self._loop = loop
        self._gain = np.float32(gain)
        self._ready: Samples = np.zeros((2, 0), np.float32)
        self._source: Iterator[Samples] | None = self._decoded()
        self._heard = False

    def _decoded(self) -> Iterator[Samples]:
        import av

        with opened_media(self._path, self._field) as container:
            if not container.streams.audio:
                raise InvalidInput(f"The file of {self._field!r} has no sound in it.")
            stream = container.streams.audio[0]
            resampler = av.AudioResampler(format="fltp", layout="stereo", rate=AUDIO_RATE)
            # FFmpeg lowers mono by 3 dB when it gives it to both sides; how loud is ours to say.
            gain = self._gain * np.float32(2**0.5 if stream.channels == 1 else 1.0)
            for frame in container.decode(stream):
                frame.pts = None
                for part in resampler.resample(frame):
                    yield np.asarray(part.to_ndarray(), np.float32) * gain
            for part in resampler.resample(None):
                yield np.asarray(part.to_ndarray(), np.float32) * gain

    def _fill(self, samples: int) -> None:
        """Decode until so many samples and the seam are there, or the sound is over."""
        while self._source is not None and self._ready.shape[1] < samples + _SEAM:
            part = next(self._source, None)
            if part is not None:
                self._heard = self._heard or part.shape[1] > 0
                self._ready = np.concatenate([self._ready, part], axis=1)
                continue
            again = self._loop and self._heard
            if again:
                seam = min(_SEAM, self._ready.shape[1])
                self._ready[:, self._ready.shape[1] - seam :] *= np.linspace(
                    1, 0, seam, dtype=np.float32
                )
            self._source = self._decoded() if again else None

    def read(self, samples: int) -> Samples:
        """The next samples, exactly so many; silence once the sound is over."""
        self._fill(samples)
        out = self._ready[:, :samples]
        self._ready = self._ready[:, samples:]
        if out.shape[1] < samples:
            out = np.pad(out, ((0, 0), (0, samples - out.shape[1])))
        return out


def faded(samples: Samples, at: int, total: int, *, fade_in: float, fade_out: float) -> Samples:
    """Fade a piece that begins at sample `at` of `total`; fades are in seconds."""
    t = np.arange(at, at + samples.shape[1], dtype=np.float64) / AUDIO_RATE
    whole = total / AUDIO_RATE
    gain = np.ones_like(t)
    if fade_in > 0:
        gain *= np.clip(t / fade_in, 0, 1)
    if fade_out > 0:
        gain *= np.clip((whole - t) / fade_out, 0, 1)
    return (samples * gain).astype(np.float32)


def audio_frame(samples: Samples, at: int) -> "AudioFrame":
    """Samples as a frame for an encoder, beginning at sample `at` of the whole."""
    from av import AudioFrame

    clipped = np.ascontiguousarray(np.clip(samples, -1, 1), np.float32)
    frame = AudioFrame.from_ndarray(clipped, format="fltp", layout="stereo")
    frame.sample_rate = AUDIO_RATE
    frame.pts = at
    frame.time_base = Fraction(1, AUDIO_RATE)
    return frame


class Mp4Writer:
    """Writes H.264 and AAC into an mp4 that plays everywhere and begins before it is loaded.

    Audio is written along as far as the pictures have come, so that players need not jump.
    """

    def __init__(self, path: Path, *, width: int, height: int, fps: Fraction, sound: bool) -> None:
        import av

        self._fps = fps
        # Bit-exact: without the date and the writer's version in the file.
        self._container = av.open(
            str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        video = self._container.add_stream("libx264", rate=fps, options=X264)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        context = video.codec_context
        # A fixed number: x264's choices depend on it.
        context.thread_count = 2
        context.time_base = 1 / fps
        # HD players take untagged video for BT.709; say so and convert by it.
        context.color_range, context.colorspace = 1, 1
        context.color_primaries, context.color_trc = 1, 1
        self._video: VideoStream = video
        self._audio: AudioStream | None = None
        if sound:
            audio = self._container.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
            audio.bit_rate = 192_000
            self._audio = audio
        self._frames = 0
        self._samples = 0

    @property
    def samples_wanted(self) -> int:
        """How many samples of audio lie between what was written and the last picture's end."""
        return int(self._frames / self._fps * AUDIO_RATE) - self._samples

    def picture(self, image: Image.Image) -> None:
        """Write the next frame."""
        from av import VideoFrame
        from av.video.reformatter import Colorspace

        frame = VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
        frame = frame.reformat(
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            threads=ONE_THREAD,
        )
        frame.pts = self._frames
        frame.time_base = 1 / self._fps
        self._container.mux(self._video.encode(frame))
        self._frames += 1

    def sound(self, samples: Samples) -> None:
        """Write the next samples."""
        if self._audio is None or samples.shape[1] == 0:
            return
        self._container.mux(self._audio.encode(audio_frame(samples, self._samples)))
        self._samples += samples.shape[1]

    def close(self) -> None:
        """Finish the file."""
        self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Close without finishing, after a fault or a cancel."""
        with contextlib.suppress(Exception):
            self._container.close()
