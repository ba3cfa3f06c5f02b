"""Named rules that count what no input says: the tokens of a video, the pixels that come out."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel

__all__ = ["RULE_INPUTS", "Rule", "count_by"]


class Rule(StrEnum):
    """A way to count units, by name."""

    VIDEO_TOKENS = "video_tokens"
    """width × height × frames / 1024 at 30 frames a second, as ByteDance bills Seedance."""
    UPSCALED_MEGAPIXELS = "upscaled_megapixels"
    """Millions of pixels of the source × the square of the factor by which its sides grow."""


_FACTORS = ("upscale_factor", "scale_factor")
RULE_INPUTS: Mapping[Rule, tuple[tuple[str, ...], ...]] = {
    Rule.VIDEO_TOKENS: (("resolution",), ("aspect_ratio",), ("duration",)),
    Rule.UPSCALED_MEGAPIXELS: (("image_url",), _FACTORS),
}
"""The inputs that a rule reads; a model that is priced by it has one of each group."""

_FRAMES = 30
_HEIGHT = re.compile(r"(\d+)p")
_ASPECT = re.compile(r"(\d+):(\d+)")
_NUMBER = re.compile(r"\d+")
_WIDE = (Decimal(16), Decimal(9))


def count_by(rule: Rule, inputs: BaseModel) -> Decimal | None:
    """Count the units of a run; None when its inputs do not tell."""
    return _COUNTS[rule](inputs)


def _video_tokens(inputs: BaseModel) -> Decimal | None:
    """An aspect ratio that the source decides is taken for 16:9."""
    height_said = _HEIGHT.fullmatch(str(getattr(inputs, "resolution", "")))
    seconds_said = _NUMBER.match(str(getattr(inputs, "duration", "")))
    if height_said is None or seconds_said is None:
        return None
    aspect = _ASPECT.fullmatch(str(getattr(inputs, "aspect_ratio", "")))
    across, down = (Decimal(each) for each in aspect.groups()) if aspect else _WIDE
    height = Decimal(height_said.group(1))
    pixels = height * height * across / down
    return pixels * _FRAMES * Decimal(seconds_said.group()) / 1024


def _upscaled_megapixels(inputs: BaseModel) -> Decimal | None:
    source = getattr(inputs, "image_url", None)
    factor = next((value for name in _FACTORS if (value := getattr(inputs, name, None))), None)
    width, height = getattr(source, "width", None), getattr(source, "height", None)
    if width is None or height is None or factor is None:
        return None
    return Decimal(width) * Decimal(height) * Decimal(str(factor)) ** 2 / 1_000_000


_COUNTS: Mapping[Rule, Callable[[BaseModel], Decimal | None]] = {
    Rule.VIDEO_TOKENS: _video_tokens,
    Rule.UPSCALED_MEGAPIXELS: _upscaled_megapixels,
}
