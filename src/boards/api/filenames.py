"""How a download is named."""

import re
import unicodedata
from urllib.parse import quote

from boards.services.uploads import display_name

__all__ = ["disposition"]

_PLAIN = re.compile(r"[A-Za-z0-9 !#$&+.^_`|~()\[\]{}@,=-]*")


def disposition(name: str, *, inline: bool) -> str:
    """Write a Content-Disposition header (RFC 6266), with `filename*` where ASCII is too poor."""
    shown = display_name(name) or "file"
    kind = "inline" if inline else "attachment"
    if _PLAIN.fullmatch(shown):
        return f'{kind}; filename="{shown}"'
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    plain = "".join(char if _PLAIN.fullmatch(char) else "_" for char in plain)
    return f"{kind}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(shown, safe='')}"
