"""Sizes as people write them: `100MB` is a hundred million bytes, `100MiB` is 100 times 2**20."""

import re

__all__ = ["read_size"]

_SIZE = re.compile(r"(\d{1,18}) ?([kKMGT]i?B)?")
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}


def read_size(text: str) -> int | None:
    """Give the bytes of a size, or None when it is none."""
    found = _SIZE.fullmatch(text.strip())
    return None if found is None else int(found[1]) * _UNITS[(found[2] or "").upper()]
