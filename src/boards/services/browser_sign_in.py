"""Sign-in at an identity provider by a browser, from the redirect there to the session here.

What must be known when the browser comes back (state, nonce, the PKCE verifier, where to go on) is
kept by the browser itself, signed; so any process can take it up, and none remembers anything.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from boards.errors import Forbidden, NotConfigured, Unauthenticated
from boards.services.ports import BrowserVerifier, CodeAnswer, Keepsakes
from boards.services.sessions import NewSession, SessionService, Visitor
from boards.services.sign_in import SignInService

__all__ = ["KEPT_SECONDS", "Begun", "BrowserSignInService", "CameBack", "SignedIn", "local_path"]

KEPT_SECONDS = 600
"""How long somebody may take at the identity provider."""
HOME = "/"
_LONGEST_PATH = 2000
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without the backslash, which browsers take for a slash."""
_AGAIN = "Sign in again."


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Where the browser goes, and what it is to keep meanwhile."""

    address: str
    keepsake: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """What the browser brings back: the query of the callback, and what it kept."""

    state: str | None
    code: str | None = field(repr=False)
    error: str | None = None
    issuer: str | None = None
    keepsake: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session, and the page to go on to."""

    session: NewSession
    next: str


@dataclass(frozen=True, kw_only=True)
class BrowserSignInService:
    """Sends browsers to the identity provider, and signs in who comes back.

    Without a `provider` there is none to be sent to, without `keepsakes` no secret to sign with.
    """

    sign_in: SignInService
    sessions: SessionService
    provider: BrowserVerifier | None
    keepsakes: Keepsakes | None

    @property
    def title(self) -> str | None:
        """What the provider is called; None when nobody can sign in this way."""
        return None if self.provider is None or self.keepsakes is None else self.provider.title

    async def begin(self, *, callback: str, next: str | None) -> Begun:  # noqa: A002 - as asked
        """Say where the browser is to go. Broken or TimedOut when the provider cannot be asked."""
        provider, keepsakes = self._parts()
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        address = await provider.address(
            callback=callback,
            state=state,
            nonce=nonce,
            challenge=base64.urlsafe_b64encode(digest).decode().rstrip("="),
        )
        values = {
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "callback": callback,
            "next": local_path(next),
        }
        return Begun(address=address, keepsake=keepsakes.keep(values, seconds=KEPT_SECONDS))

    async def finish(self, back: CameBack, visitor: Visitor) -> SignedIn:
        """Sign in who came back, as a member of their tenant if they have one.

        Raises Unauthenticated for an answer that is not of the sign-in that this browser began, or
        that the provider does not stand by, Forbidden for who may not come in.
        """
        provider, keepsakes = self._parts()
        kept = keepsakes.read(back.keepsake) if back.keepsake else None
        if kept is None:
            raise Unauthenticated(f"It took too long, or this browser keeps no cookies. {_AGAIN}")
        if not hmac.compare_digest((back.state or "").encode(), kept["state"].encode()):
            raise Unauthenticated(f"The answer is of another sign-in. {_AGAIN}")
        if back.error is not None:
            if back.error == "access_denied":
                raise Forbidden(
                    "The identity provider did not let you in, or you changed your mind."
                )
            raise Unauthenticated(
                f"The identity provider refused. {_AGAIN}", detail=back.error[:200]
            )
        if not back.code:
            raise Unauthenticated(f"The identity provider sent no code. {_AGAIN}")
        principal = await provider.verify(
            CodeAnswer(
                code=back.code,
                callback=kept["callback"],
                verifier=kept["verifier"],
                nonce=kept["nonce"],
                issuer=back.issuer,
            )
        )
        identity_id = await self.sign_in.welcome(principal)
        session = await self.sessions.start(identity_id, visitor)
        return SignedIn(session=session, next=local_path(kept.get("next")))

    def _parts(self) -> tuple[BrowserVerifier, Keepsakes]:
        if self.provider is None:
            raise Forbidden("Nobody is sent to an identity provider from here.")
        if self.keepsakes is None:
            raise NotConfigured("Signing in needs BOARDS_SECRET_KEY; ask who runs this server.")
        return self.provider, self.keepsakes


def local_path(text: str | None) -> str:
    """Give a path of this server to go on to; `/` for whatever else is asked for."""
    if text is None or len(text) > _LONGEST_PATH or not _PLAIN.fullmatch(text):
        return HOME
    if not text.startswith("/") or text.startswith("//"):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else text
