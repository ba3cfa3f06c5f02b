"""An identity provider for tests: keys, tokens as it would sign them, and its published documents.

It speaks plain HTTP on loopback, counts how often its keys are asked for, and can change them. It
also signs people in by authorization codes, as honestly or not as a test wants it to.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

AUDIENCE = "boards"


@dataclass(kw_only=True)
class Grant:
    """What a code is good for, once."""

    challenge: str
    callback: str
    claims: dict[str, Any]


@dataclass(kw_only=True)
class IdentityProvider:
    """What the tests hold in their hands."""

    url: str = ""
    keys: list[Key] = field(default_factory=list)
    extra: list[dict[str, Any]] = field(default_factory=list)
    """Further entries of the published set, as they are."""
    asked: int = 0
    status: int = 200
    calls_itself: str | None = None
    grants: dict[str, Grant] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None

    def approve(self, address: str, **changes: Any) -> str:
        """Sign somebody in whose browser was sent to `address`; give the code. `changes` are to the
        claims of the id token, which are good without any."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        claims = {"aud": asked["client_id"], "nonce": asked["nonce"], **changes}
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(
            challenge=asked["code_challenge"], callback=asked["redirect_uri"], claims=claims
        )
        return code

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer at the token endpoint."""
        grant = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            grant is None
            or grant.challenge != _encoded(digest)
            or grant.callback != form.get("redirect_uri")
            or form.get("grant_type") != "authorization_code"
        ):
            return 400, {"error": "invalid_grant"}
        token = self.sign(self.claims(**grant.claims))
        return 200, {"id_token": token, "access_token": "opaque", "token_type": "Bearer"}

    def add_key(self, kid: str, kind: type[RSAKey] | type[ECKey] = RSAKey) -> Key:
        key = made_key(kid, kind)
        self.keys.append(key)
        return key

    def claims(self, **changes: Any) -> dict[str, Any]:
        """A good token's claims; a change to None leaves one out."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "sub": "user-1",
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 300,
            "email": "ann@studio.example",
            "email_verified": True,
            "name": "Ann",
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: Key | None = None, **header: Any) -> str:
        key = key or self.keys[0]
        algorithm = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
        head = {"alg": algorithm, **({"kid": key.kid} if key.kid else {}), **header}
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, claims, key, algorithms=[str(head["alg"])])

    def document(self, path: str) -> dict[str, Any] | None:
        if path.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": self.calls_itself or self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/oauth/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
            }
        if path.endswith("/userinfo"):
            return self.userinfo
        if path.endswith(("/keys", "/jwks.json")):
            self.asked += 1
            return {"keys": [*(k.as_dict(private=False) for k in self.keys), *self.extra]}
        return None


@cache
def made_key(kid: str, kind: type[RSAKey] | type[ECKey] = RSAKey) -> Key:
    """A key pair; the same one for the same name, because they take long to make."""
    size: Any = 2048 if kind is RSAKey else "P-256"
    return kind.generate_key(size, {"kid": kid, "use": "sig"})


def signed_with(secret: bytes, claims: dict[str, Any], **header: Any) -> str:
    """A token signed by HS256 with any bytes at all, as a library might be tricked into it."""
    parts = ({"alg": "HS256", "typ": "JWT", **header}, claims)
    text = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def pem_of(key: Key, *, private: bool = False) -> bytes:
    assert not isinstance(key, OctKey)
    return key.as_pem(private=private)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def secret_key(secret: str) -> OctKey:
    return OctKey.import_key(secret)


@contextmanager
def serving() -> Iterator[IdentityProvider]:
    """An identity provider that answers until the end."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = provider.document(self.path)
            self.answer(provider.status if document is not None else 404, document or {})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            form = parse_qs(self.rfile.read(length).decode())
            self.answer(*provider.exchange({name: values[0] for name, values in form.items()}))

        def answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
