"""Looking into pictures, with Pillow."""

from pathlib import Path

from PIL import Image, ImageOps

from boards.adapters.media.gifs import animation
from boards.adapters.media.jpegs import check_jpeg
from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput, TooLarge, Unsupported

__all__ = ["MAX_PIXELS", "image_facts", "open_image", "shrunk"]

MAX_PIXELS = 100_000_000
"""Above this a picture is refused by its header alone: decoded, it takes 400 MB."""
MAX_BYTES = 256 * 2**20
"""Above this a picture's file is refused unread: some decoders take it into memory as it is, with
all that is said in it beside the picture."""

# Only the decoder of the sniffed format ever sees the bytes.
_DECODERS = {
    "png": "PNG",
    "jpg": "JPEG",
    "webp": "WEBP",
    "gif": "GIF",
    "avif": "AVIF",
    "bmp": "BMP",
}
_ORIENTATION = 0x0112
_TURNED = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
"""EXIF's orientations, in degrees clockwise; what is mirrored besides is not said."""

# Pillow checks this number before it decodes, also where no header tells the size early.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def image_facts(path: Path, name: str) -> MediaFacts:
    """Decode a picture once, to know that it is whole, and say what it is.

    Only the first frame of an animation is decoded; the others are counted, within a bound.
    Raises TooLarge before decoding, InvalidInput when it is damaged, Unsupported without a decoder.
    """
    with open_image(path, name) as image:
        try:
            image.verify()
        except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
            raise _damaged(name, error) from None
    with open_image(path, name) as image:
        try:
            image.load()
            width, height = image.size
            turned = _TURNED.get(image.getexif().get(_ORIENTATION, 1), 0)
            if turned % 180:
                width, height = height, width
            frames, duration = _animated(path, name, image)
            return MediaFacts(
                format=name,
                mime=mime_for_format(name),
                width=width,
                height=height,
                duration=duration,
                fps=frames / duration if frames and duration else None,
                has_alpha=image.has_transparency_data,
                frames=frames,
                orientation=turned,
            )
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_large() from None
        except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
            raise _damaged(name, error) from None


def open_image(path: Path, name: str) -> Image.Image:
    """Open a picture of a known format without decoding it; use it in a `with`."""
    decoder = _DECODERS.get(name)
    if decoder is None:
        raise Unsupported(f"Pictures in {name!r} cannot be read here; save it as PNG or JPEG.")
    if path.stat().st_size > MAX_BYTES:
        raise TooLarge(
            f"This picture's file is larger than the {MAX_BYTES // 2**20} MiB allowed; "
            "save it with less in it."
        )
    if name == "jpg":
        check_jpeg(path)
    try:
        image = Image.open(path, formats=[decoder])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception as error:  # noqa: BLE001 - decoders fail in any way on hostile bytes
        raise _damaged(name, error) from None
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _too_large()
    return image


def shrunk(image: Image.Image, max_edge: int) -> Image.Image:
    """Give an upright copy whose longer edge has at most `max_edge` pixels, as RGB or RGBA."""
    # A JPEG can be decoded at an eighth of its size, which is most of the work saved.
    image.draft("RGB", (max_edge, max_edge))
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == mode else image.convert(mode)
    small.thumbnail((max_edge, max_edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return ImageOps.exif_transpose(small)


def _animated(path: Path, name: str, image: Image.Image) -> tuple[int | None, float | None]:
    """How many frames and seconds; None for a picture that stands still, or goes on too long."""
    if name == "gif":
        # Pillow would go through all of them.
        found = animation(path)
        if found.frames < 2 or not found.is_whole:
            return None, None
        return found.frames, found.duration or None
    frames = getattr(image, "n_frames", 1)
    return (frames, None) if frames > 1 else (None, None)


def _too_large() -> TooLarge:
    return TooLarge(
        f"This picture has more than the {MAX_PIXELS // 1_000_000} million pixels allowed; "
        "make it smaller first."
    )


def _damaged(name: str, error: Exception) -> InvalidInput:
    return InvalidInput(
        f"This {name} picture is damaged or cut off; export or download it again.",
        detail=f"{type(error).__name__}: {error}",
    )
