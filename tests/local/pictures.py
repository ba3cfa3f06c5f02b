"""Pictures for tests of the local generators, and how far apart two of them are."""

import io

import numpy as np
from PIL import Image


def picture(data: bytes) -> Image.Image:
    """Read an image whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, from 0 to 255."""
    a, b = (np.asarray(image.convert("RGB"), np.float64) for image in (one, other))
    return float(np.abs(a - b).mean())


def scene(width: int = 96, height: int = 64, *, seed: int = 0) -> Image.Image:
    """A picture with large shapes and fine detail, different on every side."""
    random = np.random.default_rng(seed)
    x = np.linspace(0, 1, width)[None, :, None]
    y = np.linspace(0, 1, height)[:, None, None]
    base = np.concatenate([x + 0 * y, y + 0 * x, 0 * x + 0 * y + random.random()], axis=2)
    fine = random.normal(0, 0.05, (height, width, 3))
    return Image.fromarray((np.clip(base + fine, 0, 1) * 255).astype(np.uint8), "RGB")
