"""Named rules that count what no single input says, such as the tokens of a video."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel

__all__ = ["RULE_INPUTS", "Rule", "count_by"]


class Rule(StrEnum):
    """A way to count units, by name. Another one needs a third model that is billed by it."""

    VIDEO_TOKENS = "video_tokens"
    """width × height × frames / 1024 at 30 frames a second, as ByteDance bills Seedance."""


RULE_INPUTS: Mapping[Rule, frozenset[str]] = {
    Rule.VIDEO_TOKENS: frozenset({"resolution", "aspect_ratio", "duration"}),
}
"""The inputs that a rule reads; a model that is priced by it has them all."""

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


_COUNTS: Mapping[Rule, Callable[[BaseModel], Decimal | None]] = {Rule.VIDEO_TOKENS: _video_tokens}
