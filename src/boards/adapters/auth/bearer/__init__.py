"""What all identity providers share: how a signed token is checked, and where its keys come from.

Algorithms are pinned by the installation, never taken from the token or from the key set; a shared
secret and public keys are never tried on the same token; issuer, audience and expiry are required.
"""

from boards.adapters.auth.bearer.code_flow import CodeFlow
from boards.adapters.auth.bearer.discovery import discover, discovered
from boards.adapters.auth.bearer.keys import (
    FixedKey,
    JwksKeys,
    Keys,
    public_key,
    shared_secret,
)
from boards.adapters.auth.bearer.tokens import ASYMMETRIC, Rules
from boards.adapters.auth.bearer.verifier import BearerVerifier, first_text, key_set_at

__all__ = [
    "ASYMMETRIC",
    "BearerVerifier",
    "CodeFlow",
    "FixedKey",
    "JwksKeys",
    "Keys",
    "Rules",
    "discover",
    "discovered",
    "first_text",
    "key_set_at",
    "public_key",
    "shared_secret",
]
