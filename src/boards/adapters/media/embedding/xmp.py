"""The packet of XMP that says what a file is and how it was made, and reading it back.

The kind of source is the IPTC's `DigitalSourceType`, which search engines and social networks look
for; the recipe stands beside it as one text. A packet of a stranger is never parsed as XML.
"""

import re
from xml.sax.saxutils import escape, quoteattr, unescape

from boards.adapters.media.embedding.parts import Found
from boards.domain.provenance import Recipe, dump_recipe

__all__ = ["NAMESPACE", "find_in_packet", "packet"]

NAMESPACE = "urn:boards:recipe:1"

_START = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = '<?xpacket end="r"?>'
_RECIPE = re.compile(rb"<boards:recipe>([^<]{2,1048576})</boards:recipe>")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def packet(recipe: Recipe, *, max_bytes: int | None = None) -> bytes:
    """Write the packet; without the recipe itself where that would be more than `max_bytes`."""
    text = _NOT_IN_XML.sub("\ufffd", dump_recipe(recipe).decode())
    whole = _packet(recipe, f"<boards:recipe>{escape(text)}</boards:recipe>")
    return whole if max_bytes is None or len(whole) <= max_bytes else _packet(recipe, "")


def find_in_packet(data: bytes, found: Found) -> None:
    """Read our recipe out of a packet, if it is there."""
    match = _RECIPE.search(data)
    if match is not None:
        found.add("boards_recipe", unescape(match[1].decode("utf-8", "replace")))


def _packet(recipe: Recipe, inner: str) -> bytes:
    system = "/".join(part for part in (recipe.provider, recipe.model) if part)
    return (
        f"{_START}"
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about=""'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f" xmlns:boards={quoteattr(NAMESPACE)}"
        f" Iptc4xmpExt:DigitalSourceType={quoteattr(recipe.digital_source_type)}"
        f" Iptc4xmpExt:AISystemUsed={quoteattr(_NOT_IN_XML.sub('', system))}"
        f" xmp:CreatorTool={quoteattr(recipe.made_with)}>"
        f"{inner}"
        f"</rdf:Description></rdf:RDF></x:xmpmeta>{_END}"
    ).encode()
