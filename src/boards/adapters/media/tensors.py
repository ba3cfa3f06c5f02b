"""Looking into safetensors files, which hold LoRA models: a JSON header, then plain numbers."""

import json
from math import prod
from pathlib import Path

from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput, TooLarge

__all__ = ["tensor_facts"]

MAX_HEADER_BYTES = 16 * 2**20
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "U16": 16, "I16": 16,
    "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip


def tensor_facts(path: Path) -> MediaFacts:
    """Check that the header describes exactly the bytes there are; nothing in it is executed.

    Raises TooLarge for a header above 16 MiB, InvalidInput when file and header do not agree.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MAX_HEADER_BYTES:
            raise TooLarge("The header of this safetensors file is larger than 16 MiB.")
        text = file.read(length)
    if len(text) < length:
        raise _damaged("the header is cut off")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged("the header is not JSON") from None
    if not isinstance(header, dict):
        raise _damaged("the header is not an object")
    header.pop("__metadata__", None)
    if not header:
        raise _damaged("it holds no tensors")
    spans = sorted(_span(name, entry) for name, entry in header.items())
    end = 0
    for start, stop in spans:
        if start != end:
            raise _damaged("its tensors overlap or leave gaps")
        end = stop
    if 8 + length + end != size:
        raise _damaged(f"it has {size:,} bytes and its header describes {8 + length + end:,}")
    return MediaFacts(format="safetensors", mime=mime_for_format("safetensors"))


def _span(name: str, entry: object) -> tuple[int, int]:
    """Give where a tensor's bytes start and stop."""
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(stop)]}:
            sizes = [side for side in shape if isinstance(side, int) and 0 <= side < 2**48]
            is_shape = len(sizes) == len(shape) <= 32
            bits = prod(sizes) * _BITS.get(dtype, 0) if is_shape else 0
            if dtype in _BITS and is_shape and 0 <= start <= stop and bits == (stop - start) * 8:
                return start, stop
    raise _damaged(f"the tensor {name[:80]!r} is described wrongly")


def _damaged(reason: str) -> InvalidInput:
    return InvalidInput(f"This safetensors file is damaged: {reason}. Export or download it again.")
