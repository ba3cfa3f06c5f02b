"""Reading and writing images for the local generators: bounded, upright, in sRGB."""

import io
import warnings
from pathlib import Path
from typing import Literal

from PIL import Image, ImageCms, ImageOps

from boards.errors import InvalidInput, TooLarge

__all__ = [
    "ASPECTS",
    "HEX_COLOUR",
    "AspectRatio",
    "ImageFormat",
    "checked_pixels",
    "colour_bytes",
    "encoded",
    "flattened",
    "opened",
    "sides",
]

MOST_PIXELS = 64_000_000
"""The most an image may have, read or written: 64 megapixels are 256 MB in memory."""

AspectRatio = Literal["1:1", "4:5", "3:4", "2:3", "9:16", "5:4", "4:3", "3:2", "16:9"]
ASPECTS: dict[str, float] = {
    text: int(text.partition(":")[0]) / int(text.partition(":")[2])
    for text in ("1:1", "4:5", "3:4", "2:3", "9:16", "5:4", "4:3", "3:2", "16:9")
}

ImageFormat = Literal["png", "jpg", "webp"]

HEX_COLOUR = r"^#[0-9a-fA-F]{6}$"


def sides(aspect: AspectRatio, longest: int, *, even: bool = False) -> tuple[int, int]:
    """Width and height of a picture from its aspect ratio and its longest side, in pixels."""
    ratio = ASPECTS[aspect]
    width, height = (longest, longest / ratio) if ratio >= 1 else (longest * ratio, longest)
    if even:
        return max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)
    return max(1, round(width)), max(1, round(height))


def colour_bytes(code: str) -> tuple[int, int, int]:
    """Read `#rrggbb` as three numbers from 0 to 255."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def checked_pixels(width: int, height: int, what: str) -> None:
    """Raise TooLarge for a picture that would not fit in memory."""
    if width * height > MOST_PIXELS:
        raise TooLarge(
            f"{what} would have {width} x {height} pixels; the most is "
            f"{MOST_PIXELS // 1_000_000} megapixels. Choose a smaller size."
        )


def opened(path: str, field: str) -> Image.Image:
    """Read an image upright as RGB or RGBA in sRGB; of an animation the first frame.

    Raises InvalidInput for a file that is no whole image, TooLarge above 64 megapixels, both
    naming the input field.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns before it refuses; our own limit lies above the first of the two.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(Path(path)) as image:
                checked_pixels(*image.size, f"The image of {field!r}")
                image.load()
                return _in_srgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        raise TooLarge(f"The image of {field!r} has too many pixels.") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput(
            f"The file of {field!r} cannot be read as an image; choose another one.",
            detail=str(error),
        ) from error


def _in_srgb(image: Image.Image) -> Image.Image:
    """Bring any mode to 8-bit RGB or RGBA, and any colour profile to sRGB."""
    if image.mode.startswith("I") or image.mode == "F":
        # 16-bit grey: Pillow would clip it, not scale it.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            changed = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            image = changed or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile says nothing; the bare colours are what is left
    return image.convert("RGBA" if see_through else "RGB")


def flattened(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """Put what is see-through on a background."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, background)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def encoded(image: Image.Image, format: ImageFormat) -> bytes:
    """Write an image as bytes, without metadata; JPEG gets a white ground for what is clear."""
    out = io.BytesIO()
    match format:
        case "png":
            # Level 4 is near the smallest size at a third of the time of the default.
            image.save(out, "PNG", compress_level=4)
        case "jpg":
            flattened(image, (255, 255, 255)).save(out, "JPEG", quality=92, subsampling=0)
        case "webp":
            image.save(out, "WEBP", quality=90, method=4)
    return out.getvalue()
