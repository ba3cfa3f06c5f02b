"""Looking over a JPEG before it is decoded, for what its decoders would take minutes over."""

import mmap
from pathlib import Path

from boards.errors import TooLarge

__all__ = ["MAX_HEADER_BYTES", "MAX_SCANS", "check_jpeg"]

MAX_HEADER_BYTES = 16 * 2**20
"""What is said before the picture. Pillow joins its segments one by one, which takes the square of
their number."""
MAX_SEGMENTS = 2000
MAX_SCANS = 100
"""How often a picture may be gone over, first coarsely and then finely; ten times are usual."""


def check_jpeg(path: Path) -> None:
    """Raise TooLarge for more segments, or more scans, than any camera or program writes."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at, count = 2, 0
        while at + 4 <= size:
            file.seek(at)
            head = file.read(4)
            if head[0] != 0xFF or head[1] in (0xDA, 0xD9):
                break
            at += 2 + int.from_bytes(head[2:], "big")
            count += 1
            if count > MAX_SEGMENTS or at > MAX_HEADER_BYTES:
                raise TooLarge(
                    f"This jpg picture says more beside the picture than {MAX_SEGMENTS:,} segments "
                    f"or {MAX_HEADER_BYTES // 2**20} MiB; save it without."
                )
        if size == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            place = data.find(b"\xff\xda")
            for _ in range(MAX_SCANS):
                if place < 0:
                    return
                place = data.find(b"\xff\xda", place + 2)
    if place >= 0:
        raise TooLarge(f"This jpg picture is drawn in more than {MAX_SCANS} scans; save it anew.")
