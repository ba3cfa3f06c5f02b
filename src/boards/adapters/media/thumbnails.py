"""Small pictures of files, for lists and boards."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import blurhash
from PIL import Image

from boards.adapters.media.containers import poster
from boards.adapters.media.images import open_image, shrunk
from boards.adapters.media.waveforms import drawn, peaks_of, wave_peaks, written
from boards.domain.artifacts import ArtifactType, MediaFacts
from boards.errors import BoardsError, InvalidInput
from boards.services.ports import MadePreviews

__all__ = ["SIZES", "previews", "thumbnail"]

SIZES: Mapping[str, int] = {"small": 256, "medium": 512, "large": 1024}
"""The longer edge of each size, in pixels."""

_QUALITY = 80
_HASHED = 32
"""A blurhash of a larger picture takes longer and looks the same."""

NEEDS_AV = "needs FFmpeg, which is not installed: pip install 'boards-studio[media]'"


def previews(path: Path, facts: MediaFacts) -> MadePreviews:
    """Make all there is to show a file: pictures in three sizes, a waveform, a blurhash.

    Raises InvalidInput when a picture cannot be decoded, or a video or sound is damaged.
    """
    match facts.artifact_type:
        case ArtifactType.IMAGE:
            return _shown(_image(path, facts, SIZES["large"]))
        case ArtifactType.VIDEO:
            frame = poster(path, facts.format)
            if frame is None:
                return MadePreviews(note=f"A poster of a video {NEEDS_AV}")
            return _shown(shrunk(frame, SIZES["large"]))
        case ArtifactType.AUDIO:
            peaks = wave_peaks(path) if facts.format == "wav" else None
            peaks = peaks or peaks_of(path, facts.format)
            if peaks is None:
                return MadePreviews(note=f"A waveform of {facts.format} {NEEDS_AV}")
            return MadePreviews(
                small=_webp(drawn(peaks, SIZES["small"])),
                medium=_webp(drawn(peaks, SIZES["medium"])),
                large=_webp(drawn(peaks, SIZES["large"])),
                waveform=written(peaks, facts.duration),
            )
    return MadePreviews()


def thumbnail(path: Path, facts: MediaFacts, max_edge: int = 512) -> bytes | None:
    """Make one WebP of at most `max_edge` pixels: of a picture, or of a video's first second.

    None where there is nothing to see, or nothing to see it with (videos need PyAV).
    Raises InvalidInput when a picture cannot be decoded.
    """
    kind = facts.artifact_type
    if kind is ArtifactType.VIDEO:
        frame = poster(path, facts.format)
        return None if frame is None else _webp(shrunk(frame, max_edge))
    return _webp(_image(path, facts, max_edge)) if kind is ArtifactType.IMAGE else None


def _image(path: Path, facts: MediaFacts, max_edge: int) -> Image.Image:
    with open_image(path, facts.format) as image:
        try:
            return shrunk(image, max_edge)
        except BoardsError:
            raise
        except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
            raise InvalidInput(
                f"This {facts.format} picture cannot be shown small; it may be damaged.",
                detail=f"{type(error).__name__}: {error}",
            ) from None


def _shown(large: Image.Image) -> MadePreviews:
    """Each size from the next larger one, which costs a third of beginning anew."""
    made: dict[str, bytes] = {}
    image = large
    for name in ("large", "medium", "small"):
        if max(image.size) > SIZES[name]:
            image = image.copy()
            image.thumbnail((SIZES[name], SIZES[name]), Image.Resampling.LANCZOS)
        elif made:
            # As small as that already: the same bytes stand for both.
            made[name] = next(reversed(made.values()))
            continue
        made[name] = _webp(image)
    return MadePreviews(
        small=made["small"],
        medium=made["medium"],
        large=made["large"],
        blurhash=_blurhash(image),
    )


def _blurhash(image: Image.Image) -> str:
    tiny = image.copy()
    tiny.thumbnail((_HASHED, _HASHED))
    if tiny.mode == "RGBA":
        # What shows through is taken for the middle between a light and a dark page.
        ground = Image.new("RGBA", tiny.size, (128, 128, 128, 255))
        tiny = Image.alpha_composite(ground, tiny)
    tiny = tiny.convert("RGB")
    data = tiny.tobytes()
    width, height = tiny.size
    rows = [
        [list(data[at : at + 3]) for at in range(y * width * 3, (y + 1) * width * 3, 3)]
        for y in range(height)
    ]
    # More letters for the longer edge.
    across, down = (4, 3) if width >= height else (3, 4)
    return str(blurhash.encode(rows, components_x=across, components_y=down))


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    # Fresh pixels only: no EXIF, no comments, no colour profile of the original.
    # Method 4, the usual, takes twice as long for a file that is as large to a few percent.
    image.save(out, "WEBP", quality=_QUALITY, method=2, exif=b"", icc_profile=b"")
    return out.getvalue()
