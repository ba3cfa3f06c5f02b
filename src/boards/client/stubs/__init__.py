"""Types of the inputs of each generator, written from what a server says about them.

`boards client stubs --out models.py` and `python -m boards.client.stubs` write a Python module with
a TypedDict and a typed function for each generator.
"""

from boards.client.stubs.forms import Described, Field, read_fields
from boards.client.stubs.module import module_of

__all__ = ["Described", "Field", "module_of", "read_fields"]
