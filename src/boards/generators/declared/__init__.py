"""Declared generators: a provider's model as data, and the transport that speaks for it.

A model is a `Declaration`; a provider is a `Transport`; `DeclaredGenerator` is both together.
"""

from boards.generators.declared.declaration import Declaration
from boards.generators.declared.generator import DeclaredGenerator
from boards.generators.declared.schema import DeclaredInputs
from boards.generators.declared.transport import (
    Answer,
    Call,
    Carry,
    Count,
    InputFile,
    Job,
    Made,
    Outcome,
    Rate,
    Traits,
    Transport,
    Way,
    Webhook,
)

__all__ = [
    "Answer",
    "Call",
    "Carry",
    "Count",
    "Declaration",
    "DeclaredGenerator",
    "DeclaredInputs",
    "InputFile",
    "Job",
    "Made",
    "Outcome",
    "Rate",
    "Traits",
    "Transport",
    "Way",
    "Webhook",
]
