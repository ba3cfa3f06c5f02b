"""Small pictures of files, for lists and boards."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from boards.adapters.media.containers import poster
from boards.adapters.media.images import open_image, shrunk
from boards.domain.artifacts import ArtifactType, MediaFacts
from boards.errors import BoardsError, InvalidInput

__all__ = ["thumbnail"]

_QUALITY = 80


def thumbnail(path: Path, facts: MediaFacts, max_edge: int = 512) -> bytes | None:
    """Make a WebP of at most `max_edge` pixels: of a picture, or of a video's first second.

    None where there is nothing to see, or nothing to see it with (videos need PyAV).
    Raises InvalidInput when a picture cannot be decoded.
    """
    kind = facts.artifact_type
    if kind is ArtifactType.VIDEO:
        frame = poster(path, facts.format)
        return None if frame is None else _webp(shrunk(frame, max_edge))
    if kind is not ArtifactType.IMAGE:
        return None
    with open_image(path, facts.format) as image:
        try:
            return _webp(shrunk(image, max_edge))
        except BoardsError:
            raise
        except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
            raise InvalidInput(
                f"This {facts.format} picture cannot be shown small; it may be damaged.",
                detail=f"{type(error).__name__}: {error}",
            ) from None


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    # Fresh pixels only: no EXIF, no comments, no colour profile of the original.
    image.save(out, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=b"")
    return out.getvalue()
