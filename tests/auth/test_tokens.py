"""Which bearer tokens are taken, for every kind of provider."""

import base64
import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey

from boards.adapters.auth.auth0 import auth0_verifier
from boards.adapters.auth.bearer import BearerVerifier, JwksKeys, Rules, key_set_at
from boards.adapters.auth.clerk import clerk_verifier
from boards.adapters.auth.jwt import jwt_verifier
from boards.adapters.auth.oidc import oidc_verifier
from boards.adapters.auth.supabase import supabase_verifier
from boards.errors import Broken, ConfigError, Unauthenticated
from boards.outbound.client import GuardedClient
from tests.auth.idp import AUDIENCE, IdentityProvider, made_key, pem_of, secret_key, signed_with

SECRET = "a-secret-of-forty-characters-and-no-less"
PAGE = "https://studio.example"
PROVIDERS = ("jwt", "oidc", "auth0", "clerk", "supabase")


class Case:
    """One provider's verifier, and how a good token of it looks."""

    def __init__(self, name: str, idp: IdentityProvider, client: GuardedClient) -> None:
        self.name, self.idp = name, idp
        self.good: dict[str, Any] = {}
        if name == "jwt":
            pem = pem_of(idp.keys[0]).decode()
            self.verifier = jwt_verifier(
                algorithm="RS256", issuer=idp.url, audience=AUDIENCE, public_key_pem=pem
            )
        elif name == "oidc":
            self.verifier = oidc_verifier(
                client, issuer=idp.url, audience=AUDIENCE, parties=(AUDIENCE,)
            )
            self.good = {"azp": AUDIENCE}
        elif name == "auth0":
            self.verifier = auth0_verifier(
                client, domain="boards.eu.auth0.example", audience=AUDIENCE, base_url=idp.url
            )
            self.good = {"iss": "https://boards.eu.auth0.example/"}
        elif name == "clerk":
            self.verifier = clerk_verifier(
                client, issuer="https://clerk.example", parties=(PAGE,), base_url=idp.url
            )
            self.good = {"iss": "https://clerk.example", "azp": PAGE, "aud": None}
        else:
            self.verifier = supabase_verifier(
                client, url="https://project.supabase.example", base_url=idp.url
            )
            self.good = {
                "iss": "https://project.supabase.example/auth/v1",
                "aud": "authenticated",
                "role": "authenticated",
                "user_metadata": {"full_name": "Ann", "email_verified": True},
            }

    def token(self, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
        return self.idp.sign(self.idp.claims(**{**self.good, **changes}), **(header or {}))

    @property
    def has_key_set(self) -> bool:
        return self.name != "jwt"


@pytest.fixture(params=PROVIDERS)
def case(request: pytest.FixtureRequest, idp: IdentityProvider, client: GuardedClient) -> Case:
    return Case(request.param, idp, client)


async def refused(case: Case, token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await case.verifier.verify(token)
    assert token not in refusal.value.message
    return refusal.value.message


class TestGood:
    async def test_a_good_token_names_its_person(self, case: Case) -> None:
        principal = await case.verifier.verify(case.token())
        assert (principal.provider, principal.subject) == (case.name, "user-1")
        assert principal.email == "ann@studio.example"
        assert principal.display_name == "Ann"

    async def test_an_address_is_verified_only_if_the_provider_says_so(self, case: Case) -> None:
        unsaid = await case.verifier.verify(case.token(email_verified=None))
        assert not unsaid.email_verified
        said = await case.verifier.verify(case.token())
        assert said.email_verified is (case.name != "supabase")  # theirs is the user's own word

    async def test_one_of_several_audiences_is_enough(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        verifier = oidc_verifier(client, issuer=idp.url, audience=AUDIENCE)
        token = idp.sign(idp.claims(aud=["other", AUDIENCE]))
        assert (await verifier.verify(token)).subject == "user-1"


class TestRefused:
    async def test_an_expired_token(self, case: Case) -> None:
        token = case.token(exp=int(time.time()) - 60)
        assert "expired" in await refused(case, token)

    async def test_a_token_that_never_ends(self, case: Case) -> None:
        assert "never ends" in await refused(case, case.token(exp=None))

    async def test_a_token_of_tomorrow(self, case: Case) -> None:
        assert "not good yet" in await refused(case, case.token(nbf=int(time.time()) + 600))

    @pytest.mark.parametrize("value", ["soon", True, [1], {}])
    async def test_a_time_that_is_none(self, case: Case, value: object) -> None:
        await refused(case, case.token(exp=value))

    async def test_another_issuer(self, case: Case) -> None:
        assert "issuer" in await refused(case, case.token(iss="https://evil.example"))

    async def test_another_audience_or_application(self, case: Case) -> None:
        await refused(case, case.token(aud="others", azp="https://evil.example"))

    async def test_no_audience_at_all(self, case: Case) -> None:
        await refused(case, case.token(aud=None, azp=None))

    @pytest.mark.parametrize("subject", [None, "", 7, "x" * 300])
    async def test_a_token_for_nobody(self, case: Case, subject: object) -> None:
        claims = case.idp.claims(**case.good)
        claims["sub"] = subject
        await refused(case, case.idp.sign(claims))

    async def test_a_forged_signature(self, case: Case) -> None:
        claims = case.idp.claims(**case.good)
        await refused(case, case.idp.sign(claims, key=made_key("forger"), kid="first"))

    async def test_a_changed_claim(self, case: Case) -> None:
        head, _, signature = case.token().split(".")
        claims = json.dumps(case.idp.claims(**case.good, email="eve@evil.example"))
        body = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
        await refused(case, f"{head}.{body}.{signature}")

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "nOnE"])
    async def test_no_signature(self, case: Case, algorithm: str) -> None:
        _, body, _ = case.token().split(".")
        head = json.dumps({"alg": algorithm, "typ": "JWT", "kid": "first"}).encode()
        encoded = base64.urlsafe_b64encode(head).decode().rstrip("=")
        await refused(case, f"{encoded}.{body}.")

    async def test_a_public_key_taken_for_a_shared_secret(self, case: Case) -> None:
        pem = pem_of(case.idp.keys[0])
        token = signed_with(pem, case.idp.claims(**case.good), kid="first")
        assert "not signed by" in await refused(case, token)

    @pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "....", "é.è.ê", "x" * 20_000])
    async def test_no_token(self, case: Case, token: str) -> None:
        with pytest.raises(Unauthenticated):
            await case.verifier.verify(token)

    async def test_a_token_of_another_kind(self, case: Case) -> None:
        await refused(case, case.token(header={"typ": "logout+jwt"}))


class TestKeySets:
    async def test_a_new_key_is_found_at_once(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        clock = [0.0]
        keys, verifier = made(idp, client, clock)
        await verifier.verify(idp.sign(idp.claims()))
        second = idp.add_key("second")
        clock[0] += keys.floor_seconds
        assert (await verifier.verify(idp.sign(idp.claims(), key=second))).subject == "user-1"
        assert idp.asked == 2

    async def test_made_up_key_ids_do_not_make_us_ask_and_ask(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        _, verifier = made(idp, client, [0.0])
        stranger = made_key("stranger")
        for each in range(20):
            token = idp.sign(idp.claims(), key=stranger, kid=f"made-up-{each}")
            with pytest.raises(Unauthenticated, match="not known"):
                await verifier.verify(token)
        assert idp.asked == 1

    async def test_a_key_that_was_taken_away_is_refused(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        clock = [0.0]
        keys, verifier = made(idp, client, clock)
        token = idp.sign(idp.claims())
        await verifier.verify(token)
        idp.keys.clear()
        idp.add_key("second")
        clock[0] += keys.keep_seconds + 1
        with pytest.raises(Unauthenticated, match="not known"):
            await verifier.verify(token)

    async def test_keys_go_on_for_a_while_without_the_provider(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        clock = [0.0]
        keys, verifier = made(idp, client, clock)
        token = idp.sign(idp.claims())
        await verifier.verify(token)
        idp.status = 503
        clock[0] += keys.keep_seconds + 1
        assert (await verifier.verify(token)).subject == "user-1"
        clock[0] += keys.stale_seconds
        with pytest.raises(Broken, match="cannot be had"):
            await verifier.verify(token)

    async def test_without_keys_nobody_comes_in(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        idp.status = 500
        _, verifier = made(idp, client, [0.0])
        with pytest.raises(Broken):
            await verifier.verify(idp.sign(idp.claims()))

    async def test_a_shared_secret_in_a_key_set_checks_nothing(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        secret = secret_key(SECRET)
        idp.extra.append({**secret.as_dict(private=True), "kid": "shared"})
        _, verifier = made(idp, client, [0.0], algorithms=("RS256", "HS256"))
        with pytest.raises(Unauthenticated):
            await verifier.verify(idp.sign(idp.claims(), key=secret, kid="shared"))

    async def test_a_key_for_encryption_signs_nothing(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        other = made_key("enc")
        idp.extra.append({**other.as_dict(private=False), "use": "enc"})
        _, verifier = made(idp, client, [0.0])
        with pytest.raises(Unauthenticated):
            await verifier.verify(idp.sign(idp.claims(), key=other))

    async def test_a_key_checks_only_its_own_algorithm(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        key = made_key("other")
        idp.extra.append({**key.as_dict(private=False), "alg": "RS512"})
        _, verifier = made(idp, client, [0.0], algorithms=("RS256", "RS512"))
        with pytest.raises(Unauthenticated):
            await verifier.verify(idp.sign(idp.claims(), key=key, alg="RS256"))

    async def test_elliptic_keys_are_taken_too(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        key = idp.add_key("elliptic", ECKey)
        verifier = oidc_verifier(client, issuer=idp.url, audience=AUDIENCE)
        assert (await verifier.verify(idp.sign(idp.claims(), key=key))).subject == "user-1"

    async def test_an_issuer_that_calls_itself_otherwise_is_not_believed(
        self, idp: IdentityProvider, client: GuardedClient
    ) -> None:
        idp.calls_itself = "https://evil.example"
        verifier = oidc_verifier(client, issuer=idp.url, audience=AUDIENCE)
        with pytest.raises(Broken):
            await verifier.verify(idp.sign(idp.claims()))
        assert idp.asked == 0


class TestSharedSecret:
    async def test_a_token_by_secret_is_taken(self, idp: IdentityProvider) -> None:
        verifier = jwt_verifier(algorithm="HS256", issuer=idp.url, audience=AUDIENCE, secret=SECRET)
        token = idp.sign(idp.claims(), key=secret_key(SECRET))
        assert (await verifier.verify(token)).subject == "user-1"

    async def test_a_key_pair_is_not_taken_instead(self, idp: IdentityProvider) -> None:
        verifier = jwt_verifier(algorithm="HS256", issuer=idp.url, audience=AUDIENCE, secret=SECRET)
        with pytest.raises(Unauthenticated):
            await verifier.verify(idp.sign(idp.claims()))

    def test_a_short_secret_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="shorter than 32 bytes"):
            jwt_verifier(algorithm="HS256", issuer="i", audience="a", secret="short")

    def test_a_private_key_is_refused(self, idp: IdentityProvider) -> None:
        pem = pem_of(idp.keys[0], private=True).decode()
        with pytest.raises(ConfigError, match="private"):
            jwt_verifier(algorithm="RS256", issuer="i", audience="a", public_key_pem=pem)

    def test_a_key_must_fit_the_algorithm(self, idp: IdentityProvider) -> None:
        pem = pem_of(idp.keys[0]).decode()
        with pytest.raises(ConfigError, match="ES256"):
            jwt_verifier(algorithm="ES256", issuer="i", audience="a", public_key_pem=pem)

    def test_without_audience_and_parties_there_are_no_rules(self) -> None:
        with pytest.raises(ValueError, match="audience"):
            Rules(issuer="i", algorithms=("RS256",))


def made(
    idp: IdentityProvider,
    client: GuardedClient,
    clock: list[float],
    *,
    algorithms: tuple[str, ...] = ("RS256",),
) -> tuple[JwksKeys, BearerVerifier]:
    """A verifier over the key set alone, with a clock that the test moves."""
    keys = key_set_at(client, f"{idp.url}/keys")
    keys.now = lambda: clock[0]
    whole = oidc_verifier(client, issuer=idp.url, audience=AUDIENCE, algorithms=algorithms)
    return keys, BearerVerifier(keys=keys, rules=whole.rules, read=whole.read)
