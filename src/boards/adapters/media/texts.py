"""Looking into text files."""

import json
from pathlib import Path

from boards.domain.artifacts import MediaFacts, mime_for_format
from boards.errors import InvalidInput, TooLarge

__all__ = ["MAX_TEXT_BYTES", "text_facts"]

MAX_TEXT_BYTES = 8 * 2**20


def text_facts(path: Path, name: str) -> MediaFacts:
    """Check that a file is UTF-8 throughout; plain text that parses as JSON is named so.

    Raises TooLarge above 8 MiB, InvalidInput for another encoding.
    """
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise TooLarge(f"This text is larger than the {MAX_TEXT_BYTES // 2**20} MiB allowed.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("This text is not UTF-8 throughout; save it as UTF-8.") from None
    if "\x00" in text:
        raise InvalidInput("This text has NUL characters in it; save it as UTF-8.")
    if name == "plain" and _is_json(text):
        name = "json"
    return MediaFacts(format=name, mime=mime_for_format(name))


def _is_json(text: str) -> bool:
    # A bare number or word is JSON as well, and still somebody's text.
    if text.strip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
