"""How hooks are verified: what the real signers make passes, and whatever is changed does not."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from boards.adapters.hooks import make_readers
from boards.adapters.hooks.fal import KEYS_LIVE, LEAST_PAUSE, FalHooks
from boards.errors import Broken, Busy, ConfigError, Forbidden
from boards.outbound.answers import Response
from boards.outbound.client import GuardedClient
from boards.services.hooks import Hook, HookReader, HookSaid
from boards.testing.lab.hooks import (
    ElevenLabsSigner,
    FalSigner,
    KieSigner,
    Message,
    Signer,
    StandardSigner,
)

WHSEC = "whsec_" + base64.b64encode(b"k" * 32).decode()
OLD_WHSEC = "whsec_" + base64.b64encode(b"o" * 32).decode()
SECRETS = {
    "replicate": f"{OLD_WHSEC} {WHSEC}",
    "openai": WHSEC,
    "elevenlabs": "eleven",
    "kie": "kie-key",
}
BODIES: dict[str, Any] = {
    "fal": {"request_id": "r-1", "gateway_request_id": "g-1", "status": "OK", "payload": {}},
    "replicate": {"id": "p-1", "status": "succeeded"},
    "openai": {"id": "evt_1", "type": "response.completed", "data": {"id": "resp_1"}},
    "elevenlabs": {"type": "transcription", "data": {"request_id": "e-1"}},
    "kie": {"code": 200, "data": {"taskId": "t-1"}},
}
IDS = {
    "fal": ("r-1", "g-1"),
    "replicate": ("p-1",),
    "openai": ("resp_1",),
    "elevenlabs": ("e-1",),
    "kie": ("t-1",),
}


@dataclass(kw_only=True)
class Keys:
    """Where fal publishes its keys; counts who asks."""

    signer: FalSigner = field(default_factory=FalSigner)
    asked: list[str] = field(default_factory=list)
    fails: bool = False
    body: bytes | None = None

    async def request(self, method: str, url: str, **limits: Any) -> Response:
        assert limits["max_bytes"] <= 2**16
        self.asked.append(url)
        if self.fails:
            raise Broken("It is down.")
        body = json.dumps(self.signer.jwks()).encode() if self.body is None else self.body
        return Response(status=200, headers={}, body=body, url=url)


@dataclass(kw_only=True)
class Ticking:
    """A clock of seconds."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def signers(keys: Keys) -> Mapping[str, Signer]:
    return {
        "fal": keys.signer,
        "replicate": StandardSigner(secret=WHSEC),
        "openai": StandardSigner(secret=WHSEC),
        "elevenlabs": ElevenLabsSigner(secret="eleven"),
        "kie": KieSigner(secret="kie-key"),
    }


@pytest.fixture
def readers(keys: Keys) -> Mapping[str, HookReader]:
    return make_readers(cast(GuardedClient, keys), secrets=SECRETS, keys_at="https://rest.example/")


def hook_of(provider: str, signer: Signer, *, at: float | None = None, id: str = "m-1") -> Hook:
    body = json.dumps(BODIES[provider]).encode()
    message = Message(id=id, body=body, at=time.time() if at is None else at)
    return Hook(provider=provider, headers=signer.headers(message), body=body, token="t")


async def read(reader: HookReader, hook: Hook, now: datetime | None = None) -> HookSaid:
    return await reader.read(hook, now=now or datetime.now(UTC))


@pytest.mark.parametrize("provider", BODIES)
class TestEveryScheme:
    async def test_what_the_provider_signs_is_taken(self, provider, readers, signers) -> None:
        said = await read(readers[provider], hook_of(provider, signers[provider]))
        assert said.external_ids == IDS[provider]
        assert said.is_signed is (provider != "kie")
        assert said.message_id

    async def test_sent_again_it_has_the_same_id(self, provider, readers, signers) -> None:
        first = await read(readers[provider], hook_of(provider, signers[provider]))
        later = hook_of(provider, signers[provider], at=time.time() + 2)
        assert (await read(readers[provider], later)).message_id == first.message_id

    @pytest.mark.parametrize("off", [-301, 302])
    async def test_an_old_one_and_one_from_the_future_are_refused(
        self, provider, readers, signers, off
    ) -> None:
        hook = hook_of(provider, signers[provider], at=time.time() + off)
        with pytest.raises(Forbidden):
            await read(readers[provider], hook)

    async def test_our_clock_decides(self, provider, readers, signers) -> None:
        hook = hook_of(provider, signers[provider])
        with pytest.raises(Forbidden):
            await read(readers[provider], hook, datetime.now(UTC) + timedelta(hours=1))

    async def test_without_any_one_header_it_is_refused(self, provider, readers, signers) -> None:
        hook = hook_of(provider, signers[provider])
        for name in hook.headers:
            if name == "x-fal-webhook-user-id":
                continue
            kept = {key: value for key, value in hook.headers.items() if key != name}
            with pytest.raises(Forbidden):
                await read(readers[provider], replace(hook, headers=kept))

    @pytest.mark.parametrize("junk", ["", "nonsense", "v1,", "v1,%%%", "t=1", "nan", "1e400", "é"])
    async def test_junk_in_a_header_is_refused_and_breaks_nothing(
        self, provider, readers, signers, junk
    ) -> None:
        hook = hook_of(provider, signers[provider])
        for name in hook.headers:
            if name in {"x-fal-webhook-user-id", "webhook-id", "x-fal-webhook-request-id"}:
                continue
            with pytest.raises(Forbidden):
                await read(readers[provider], replace(hook, headers={**hook.headers, name: junk}))

    async def test_of_a_changed_body_nothing_is_believed(self, provider, readers, signers) -> None:
        hook = hook_of(provider, signers[provider])
        changed = hook.body.replace(b"-1", b"-2").replace(b"_1", b"_2")
        with pytest.raises(Forbidden):
            await read(readers[provider], replace(hook, body=changed))


async def test_a_body_that_is_no_json_has_no_ids(readers) -> None:
    for body in (b"", b"[]", b"\xff", b"[" * 100_000, b'{"id": 5}', b'{"id": ""}'):
        said = await read(readers["luma"], Hook(provider="luma", headers={}, body=body, token="t"))
        assert said.external_ids == ()


async def test_an_unsigned_one_needs_a_token(readers) -> None:
    hook = Hook(provider="luma", headers={}, body=b'{"id": "x"}')
    with pytest.raises(Forbidden):
        await read(readers["luma"], hook)


async def test_without_its_key_kie_is_asked_and_not_believed() -> None:
    readers = make_readers(cast(GuardedClient, Keys()), secrets={}, keys_at="https://rest.example")
    hook = Hook(provider="kie", headers={}, body=json.dumps(BODIES["kie"]).encode(), token="t")
    said = await read(readers["kie"], hook)
    assert (said.is_signed, said.external_ids) == (False, ("t-1",))
    assert set(readers) == {"fal", "kie", "luma"}


def test_a_secret_that_is_none_is_refused_at_the_start_without_being_shown() -> None:
    with pytest.raises(ConfigError) as refused:
        make_readers(
            cast(GuardedClient, Keys()), secrets={"openai": "whsec_ä"}, keys_at="https://x"
        )
    assert "whsec_ä" not in str(refused.value)


class TestKeysOfFal:
    def reader(self, keys: Keys, clock: Ticking) -> FalHooks:
        return FalHooks(cast(GuardedClient, keys), "https://rest.example", clock=clock)

    async def test_they_are_fetched_once_from_the_providers_own_address(self, keys) -> None:
        reader = self.reader(keys, Ticking())
        for n in range(5):
            await read(reader, hook_of("fal", keys.signer, id=f"m-{n}"))
        assert keys.asked == ["https://rest.example/.well-known/jwks.json"]

    async def test_a_new_key_is_found(self, keys) -> None:
        clock = Ticking()
        reader = self.reader(keys, clock)
        await read(reader, hook_of("fal", keys.signer))
        keys.signer.rotate()
        clock.at += LEAST_PAUSE + 1
        await read(reader, hook_of("fal", keys.signer))
        assert len(keys.asked) == 2

    async def test_forgeries_do_not_have_them_fetched_again_and_again(self, keys) -> None:
        clock = Ticking()
        reader = self.reader(keys, clock)
        await read(reader, hook_of("fal", keys.signer))
        for _ in range(20):
            clock.at += 1
            with pytest.raises(Forbidden):
                await read(reader, hook_of("fal", FalSigner()))
        assert len(keys.asked) == 1
        clock.at += LEAST_PAUSE
        for _ in range(20):
            with pytest.raises(Forbidden):
                await read(reader, hook_of("fal", FalSigner()))
        assert len(keys.asked) == 2

    async def test_after_a_day_they_are_fetched_anew(self, keys) -> None:
        clock = Ticking()
        reader = self.reader(keys, clock)
        await read(reader, hook_of("fal", keys.signer))
        clock.at += KEYS_LIVE + 1
        await read(reader, hook_of("fal", keys.signer))
        assert len(keys.asked) == 2

    async def test_while_they_cannot_be_had_the_hook_shall_come_again(self, keys) -> None:
        keys.fails = True
        clock = Ticking()
        reader = self.reader(keys, clock)
        for _ in range(3):
            with pytest.raises(Busy):
                await read(reader, hook_of("fal", keys.signer))
        assert len(keys.asked) == 1
        keys.fails = False
        clock.at += LEAST_PAUSE + 1
        said = await read(reader, hook_of("fal", keys.signer))
        assert said.external_ids == IDS["fal"]

    async def test_keys_that_were_had_serve_on_when_fal_does_not_answer(self, keys) -> None:
        clock = Ticking()
        reader = self.reader(keys, clock)
        await read(reader, hook_of("fal", keys.signer))
        keys.fails = True
        clock.at += KEYS_LIVE + 1
        said = await read(reader, hook_of("fal", keys.signer))
        assert said.external_ids == IDS["fal"]

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>",
            b"[]",
            b'{"keys": 5}',
            b'{"keys": [5, {}, {"crv": "Ed25519"}, {"crv": "Ed25519", "x": "%"}]}',
            b'{"keys": [{"crv": "Ed25519", "x": "AAAA"}, {"crv": "P-256", "x": "AAAA"}]}',
        ],
    )
    async def test_what_is_no_key_is_left_out(self, keys, body) -> None:
        keys.body = body
        with pytest.raises(Busy):
            await read(self.reader(keys, Ticking()), hook_of("fal", keys.signer))
