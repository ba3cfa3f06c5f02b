"""Addresses that the clouds themselves sign: their form, their time, and that no key is in them."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from boards.adapters.storage.objects import ObjectStorage, open_cloud
from boards.adapters.storage.providers import StorageKind, StorageProvider
from boards.adapters.storage.routed import RoutedStorage
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput

SECRET = "c2VjcmV0IG9mIHRoZSBhY2NvdW50IGluIHRlc3Rz"
PAIR = {"access_key_id": "AKID", "secret_access_key": SECRET}
TENANT = uuid4()


@pytest.fixture(scope="module")
def service_account() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps(
        {
            "type": "service_account",
            "private_key": pem,
            "private_key_id": "1",
            "client_email": "boards@example.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


CLOUDS = {
    "s3": (StorageKind.S3, {"bucket": "b", "region": "eu-central-1", **PAIR}),
    "s3 of one's own": (
        StorageKind.S3,
        {"bucket": "b", "endpoint": "https://minio.example:9000", **PAIR},
    ),
    "r2": (StorageKind.R2, {"bucket": "b", "account_id": "acc", **PAIR}),
    "supabase": (
        StorageKind.SUPABASE,
        {"bucket": "b", "url": "https://x.supabase.co", "region": "eu-west-1", **PAIR},
    ),
    "gcs": (StorageKind.GCS, {"bucket": "b"}),
    "azure": (StorageKind.AZURE, {"container": "b", "account": "acc", "account_key": SECRET}),
}
HOSTS = {
    "s3": "s3.eu-central-1.amazonaws.com",
    "s3 of one's own": "minio.example:9000",
    "r2": "acc.r2.cloudflarestorage.com",
    "supabase": "x.supabase.co",
    "gcs": "storage.googleapis.com",
    "azure": "acc.blob.core.windows.net",
}
SECONDS = {"gcs": "X-Goog-Expires", "azure": "se"}


def open_one(name: str, service_account: str, **more: str) -> ObjectStorage:
    kind, options = CLOUDS[name]
    if kind is StorageKind.GCS:
        options = {**options, "credentials": service_account}
    provider = StorageProvider(name="cloud", kind=kind, options={**options, **more})
    return open_cloud(provider)


@pytest.mark.parametrize("name", CLOUDS)
class TestEachCloud:
    async def test_signs_one_object_for_a_while(self, name, service_account):
        storage = open_one(name, service_account, signed_urls="true")
        key = storage.new_key(TENANT, ArtifactType.IMAGE, "png")
        url = await storage.signed_url(key, lifetime=timedelta(minutes=10))
        assert url is not None
        parts = urlsplit(url)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (parts.scheme, parts.netloc) == ("https", HOSTS[name])
        assert unquote(parts.path).endswith(f"/{key}")
        if name == "azure":
            assert said["sp"] == "r"
            assert said["se"] > said["st"]
        else:
            assert said[SECONDS.get(name, "X-Amz-Expires")] == "600"
        assert {"sig", "X-Amz-Signature", "X-Goog-Signature"} & said.keys()
        assert SECRET not in unquote(url)

    async def test_signs_nothing_unless_it_is_told_to(self, name, service_account):
        storage = open_one(name, service_account)
        key = storage.new_key(TENANT, ArtifactType.IMAGE, "png")
        assert await storage.signed_url(key, lifetime=timedelta(minutes=10)) is None

    async def test_signs_no_hostile_key(self, name, service_account):
        storage = open_one(name, service_account, signed_urls="true")
        with pytest.raises(InvalidInput):
            await storage.signed_url("../x", lifetime=timedelta(minutes=10))


async def test_a_prefix_is_in_the_address(service_account):
    storage = open_one("s3", service_account, signed_urls="true", prefix="media/boards")
    key = storage.new_key(TENANT, ArtifactType.IMAGE, "png")
    url = await storage.signed_url(key, lifetime=timedelta(minutes=10))
    assert f"/b/media/boards/{key}" in unquote(url or "")


async def test_where_there_is_nothing_to_sign_there_is_no_address(tmp_path):
    for storage in (ObjectStorage.memory(), ObjectStorage.local(tmp_path / "files")):
        key = storage.new_key(TENANT, ArtifactType.IMAGE, "png")
        assert await storage.signed_url(key, lifetime=timedelta(minutes=1)) is None


async def test_the_place_of_the_key_signs(service_account):
    stores = {
        "memory": ObjectStorage.memory(),
        "cloud": open_one("s3", service_account, signed_urls="true"),
    }
    storage = RoutedStorage(stores, default="memory")
    for key, is_signed in (
        (f"{TENANT}/at.cloud/2026/11/image/x.png", True),
        (f"{TENANT}/at.memory/2026/11/image/x.png", False),
        (f"{TENANT}/2026/11/image/x.png", False),
    ):
        url = await storage.signed_url(key, lifetime=timedelta(minutes=1))
        assert (url is not None) is is_signed
