"""Drafts: declarations made out of the documents in which providers describe their models."""

from boards.catalog.drafts.documents import MAX_BYTES
from boards.catalog.drafts.draft import Draft, GivenPrice, Said, make_draft
from boards.catalog.drafts.guesses import Guess
from boards.catalog.drafts.publishers import PUBLISHERS, Source, read_source

__all__ = [
    "MAX_BYTES",
    "PUBLISHERS",
    "Draft",
    "GivenPrice",
    "Guess",
    "Said",
    "Source",
    "make_draft",
    "read_source",
]
