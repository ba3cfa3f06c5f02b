"""Telling what a file is from its first bytes; names and claimed types are never looked at."""

import codecs

import filetype

__all__ = ["HEAD_BYTES", "sniff"]

HEAD_BYTES = 8192
"""How much of a file `sniff` wants to see."""

_MAX_TENSOR_HEADER = 100 * 2**20
_HTML = ("<!doctype html", "<html", "<head", "<body", "<script", "<iframe")
_XML = ("<svg", "<?xml", "<!--", "<!doctype svg")
# Characters that no text has: C0 controls but tab, line ends, form feed and escape.
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\x1b")


def sniff(head: bytes) -> str | None:
    """Name what a file is: a format of `boards.domain.artifacts`, or another kind we only refuse.

    `svg`, `pickle`, `zip`, `pdf` and the like are of the second sort; None means unknown.
    """
    for recognise in (_picture, _riff, _iso_media, _matroska, _sound, _tensors, _text):
        found = recognise(head)
        if found is not None:
            return found
    # What is left is refused; this only gives the refusal a name.
    guessed = filetype.guess(bytearray(head))
    return None if guessed is None else str(guessed.extension)


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    # "BM" alone begins many a text: the reserved bytes and the header's length must fit as well.
    if head.startswith(b"BM") and head[6:10] == bytes(4) and head[15:18] == bytes(3):
        return "bmp"
    return None


def _riff(head: bytes) -> str | None:
    if head[:4] in {b"RIFF", b"RF64"}:
        return {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    return None


def _iso_media(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    end = max(16, min(int.from_bytes(head[:4], "big"), 256))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    for brand in brands:
        if brand in {b"avif", b"avis"}:
            return "avif"
        if brand in {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}:
            return "heic"
    if brands[0] in {b"mif1", b"msf1"}:
        return "heic"
    if brands[0] == b"qt  ":
        return "mov"
    return "m4a" if brands[0] in {b"M4A ", b"M4B ", b"F4A "} else "mp4"


def _matroska(head: bytes) -> str | None:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    return "webm" if b"webm" in head[:64] else "mkv"


def _sound(head: bytes) -> str | None:
    if head.startswith(b"OggS"):
        first_page = head[:128]
        if b"\x80theora" in first_page:
            return "ogv"
        return "opus" if b"OpusHead" in first_page else "ogg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"ID3") and head[3:4] in {b"\x02", b"\x03", b"\x04"}:
        return "mp3"
    if len(head) >= 7 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
        if head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13:
            return "aac"
        # Only layer III (1): the first bytes of UTF-16 text read as layer I.
        if layer == 1 and version != 1 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3:
            return "mp3"
    return None


def _tensors(head: bytes) -> str | None:
    if 2 <= int.from_bytes(head[:8], "little") <= _MAX_TENSOR_HEADER and head[8:9] == b"{":
        return "safetensors"
    if len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return "pickle"
    return None


def _text(head: bytes) -> str | None:
    if not head:
        return None
    try:
        # A full head may end in the middle of a character.
        is_whole = len(head) < HEAD_BYTES
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head, is_whole)
    except UnicodeDecodeError:
        return None
    if not _CONTROLS.isdisjoint(text):
        return None
    start = text.lstrip().lower()
    if start.startswith(_HTML):
        return "html"
    if start.startswith(_XML) and "<svg" in start:
        return "svg"
    return "plain"
