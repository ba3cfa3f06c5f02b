"""How one signed token (RFC 7519) is checked."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from pydantic import JsonValue

from boards.adapters.auth.bearer.keys import Keys
from boards.errors import Unauthenticated

__all__ = ["ASYMMETRIC", "Rules", "check"]

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""What a key set may be used with: nothing where the key that checks could also sign."""
LEEWAY_SECONDS = 30
MAX_TOKEN_BYTES = 16 * 1024
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_AGAIN = "Sign in again."


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a token must say to be taken.

    At least one of `audience` and `parties` is set: without either, a token that was made for
    another application of the same provider would be good here.
    """

    issuer: str
    algorithms: tuple[str, ...]
    audience: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    """Who may have asked for the token (`azp`); empty for anybody."""
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if not self.audience and not self.parties:
            raise ValueError("Name an audience or the authorized parties.")


async def check(token: str, keys: Keys, rules: Rules) -> Mapping[str, JsonValue]:
    """Give the claims of a token that holds.

    Raises Unauthenticated for every other; the text says what is wrong and never quotes the token.
    """
    if len(token) > MAX_TOKEN_BYTES:
        raise Unauthenticated("The token is longer than a token can be.")
    try:
        header = extract_compact(token.encode("ascii")).protected
    except (JoseError, ValueError):
        raise Unauthenticated(f"This is no signed token. {_AGAIN}") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in rules.algorithms:
        allowed = " or ".join(rules.algorithms)
        raise Unauthenticated(f"The token is not signed by {allowed}. {_AGAIN}")
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise Unauthenticated(f"This token is of another kind. {_AGAIN}")
    key = await keys.find(kid if isinstance(kid, str) else None, str(algorithm))
    if key is None:
        raise Unauthenticated(f"The token is signed by a key that is not known. {_AGAIN}")
    try:
        claims = jwt.decode(token, key, algorithms=list(rules.algorithms)).claims
    except (JoseError, ValueError):
        raise Unauthenticated(f"The token's signature does not hold. {_AGAIN}") from None
    _hold(claims, rules)
    return claims


def _hold(claims: Mapping[str, JsonValue], rules: Rules) -> None:
    now = rules.now()
    expires = _instant(claims, "exp")
    if expires is None:
        raise Unauthenticated(f"The token never ends, so it is not taken. {_AGAIN}")
    if expires + LEEWAY_SECONDS <= now:
        raise Unauthenticated(f"The token has expired. {_AGAIN}")
    if any((_instant(claims, name) or 0.0) - LEEWAY_SECONDS > now for name in ("nbf", "iat")):
        raise Unauthenticated(f"The token is not good yet. {_AGAIN}")
    if claims.get("iss") != rules.issuer:
        raise Unauthenticated(f"The token comes from another issuer. {_AGAIN}")
    sent = claims.get("aud")
    audience = sent if isinstance(sent, list) else [sent]
    if rules.audience and not any(each in rules.audience for each in audience):
        raise Unauthenticated(f"The token is meant for another audience. {_AGAIN}")
    party = claims.get("azp")
    if rules.parties and party not in rules.parties:
        raise Unauthenticated(f"The token was given to another application. {_AGAIN}")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Unauthenticated(f"The token names nobody. {_AGAIN}")


def _instant(claims: Mapping[str, JsonValue], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthenticated(f"The token's {name!r} is no time. {_AGAIN}")
    return float(value)
