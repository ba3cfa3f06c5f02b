"""Sign-in by a browser: the authorization code flow of OpenID Connect with PKCE (RFC 7636)."""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import structlog
from pydantic import JsonValue

from boards.adapters.auth.bearer.keys import JwksKeys
from boards.adapters.auth.bearer.tokens import Rules, check
from boards.domain.identities import Principal
from boards.errors import BoardsError, Broken, Unauthenticated
from boards.outbound.client import GuardedClient
from boards.services.ports.identities import CodeAnswer

__all__ = ["CodeFlow"]

log = structlog.get_logger(__name__)

SCOPE = "openid email profile"
_MAX_BYTES = 256 * 1024
_SECONDS = 15.0
_AGAIN = "Sign in again."

Claims = Mapping[str, JsonValue]


@dataclass(kw_only=True)
class CodeFlow:
    """Signs people in at one issuer as the application `client_id`.

    `document` gives what the issuer says of itself; `rules` are for its id tokens. Without a
    `client_secret` we are a public client, which PKCE protects all the same.
    """

    client: GuardedClient
    document: Callable[[], Awaitable[Claims]]
    client_id: str
    client_secret: str | None = field(repr=False)
    rules: Rules
    read: Callable[[Claims], Principal]
    title: str
    _keys: JwksKeys = field(init=False)

    def __post_init__(self) -> None:
        self._keys = JwksKeys(client=self.client, url=lambda: self._endpoint("jwks_uri"))

    async def address(self, *, callback: str, state: str, nonce: str, challenge: str) -> str:
        """Where to send the browser."""
        base = await self._endpoint("authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": callback,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{base}{'&' if urlsplit(base).query else '?'}{urlencode(asked)}"

    async def verify(self, answer: CodeAnswer) -> Principal:
        """Exchange the code and check the id token: issuer, audience, nonce and the rest."""
        said = answer.issuer
        if said is not None and said != self.rules.issuer:
            raise Unauthenticated(f"Another identity provider answered. {_AGAIN}")
        tokens = await self._exchange(answer)
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise Unauthenticated(f"The identity provider did not say who you are. {_AGAIN}")
        claims = await check(token, self._keys, self.rules)
        if claims.get("nonce") != answer.nonce:
            raise Unauthenticated(f"The answer is of another sign-in. {_AGAIN}")
        audience = claims.get("aud")
        party = claims.get("azp")
        if (isinstance(audience, list) and len(audience) > 1 and party is None) or (
            party is not None and party != self.client_id
        ):
            raise Unauthenticated(f"The token was given to another application. {_AGAIN}")
        if not isinstance(claims.get("email"), str):
            # What a person consented to may stand at the userinfo endpoint alone.
            claims = {**await self._more_of(tokens, str(claims["sub"])), **claims}
        return self.read(claims)

    async def _exchange(self, answer: CodeAnswer) -> Claims:
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": answer.callback,
            "code_verifier": answer.verifier,
        }
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
        }
        if self.client_secret is None:
            form["client_id"] = self.client_id
        else:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        response = await self.client.request(
            "POST",
            await self._endpoint("token_endpoint"),
            headers=headers,
            content=urlencode(form).encode(),
            max_bytes=_MAX_BYTES,
            total_seconds=_SECONDS,
        )
        tokens = _object(response.body)
        if response.status >= 500:
            raise Broken("The identity provider failed; try again in a minute.")
        if response.status != 200 or tokens is None:
            error = (tokens or {}).get("error")
            log.info("code_refused", status=response.status, error=str(error)[:80])
            raise Unauthenticated(f"The identity provider did not take the code. {_AGAIN}")
        return tokens

    async def _more_of(self, tokens: Claims, subject: str) -> Claims:
        access = tokens.get("access_token")
        endpoint = (await self.document()).get("userinfo_endpoint")
        if not isinstance(access, str) or not isinstance(endpoint, str):
            return {}
        try:
            response = await self.client.request(
                "GET",
                endpoint,
                headers={"accept": "application/json", "authorization": f"Bearer {access}"},
                max_bytes=_MAX_BYTES,
                total_seconds=_SECONDS,
            )
        except BoardsError as error:
            log.warning("userinfo_unreachable", error=error.message)
            return {}
        more = _object(response.body) if response.status == 200 else None
        # Whose it is stands in it as well; anybody else's could be slipped in otherwise.
        return more if more is not None and more.get("sub") == subject else {}

    async def _endpoint(self, name: str) -> str:
        found = (await self.document()).get(name)
        if not isinstance(found, str) or urlsplit(found).scheme not in {"http", "https"}:
            raise Broken(f"The identity provider {self.rules.issuer!r} names no {name}.")
        return found


def _object(body: bytes) -> Claims | None:
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
