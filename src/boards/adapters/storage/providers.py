"""The kinds of storage: what each is told in storage.yaml, and what it cannot do without."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

__all__ = ["KINDS", "Kind", "Needs", "StorageKind", "StorageProvider"]


class StorageKind(StrEnum):
    """What keeps the bytes."""

    LOCAL = "local"
    MEMORY = "memory"
    S3 = "s3"
    R2 = "r2"
    SUPABASE = "supabase"
    GCS = "gcs"
    AZURE = "azure"


class Needs(StrEnum):
    """What a key of a provider is told."""

    TEXT = "a text"
    FLAG = "true or false"
    URL = "an address that begins with https:// or http://"
    FILE = "the path of a file"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The keys of one kind, beside `type`. All of `required` have to be there; of each of
    `together` either all or none."""

    keys: Mapping[str, Needs] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    """Keys of which at most one may be there."""


_TEXT, _FLAG, _URL, _FILE = Needs.TEXT, Needs.FLAG, Needs.URL, Needs.FILE
_CLOUD = {"prefix": _TEXT, "signed_urls": _FLAG}
_S3_KEYS = {"access_key_id": _TEXT, "secret_access_key": _TEXT}
_S3_PAIR = (("access_key_id", "secret_access_key"),)

KINDS: Mapping[StorageKind, Kind] = MappingProxyType(
    {
        StorageKind.LOCAL: Kind(keys={"path": _TEXT}),
        StorageKind.MEMORY: Kind(),
        StorageKind.S3: Kind(
            keys={
                "bucket": _TEXT,
                "region": _TEXT,
                "endpoint": _URL,
                **_S3_KEYS,
                "session_token": _TEXT,
                "virtual_hosted": _FLAG,
                "conditional_writes": _FLAG,
                "encryption": _TEXT,
                "kms_key_id": _TEXT,
                **_CLOUD,
            },
            required=("bucket",),
            together=_S3_PAIR,
        ),
        StorageKind.R2: Kind(
            keys={"bucket": _TEXT, "account_id": _TEXT, **_S3_KEYS, **_CLOUD},
            required=("bucket", "account_id", "access_key_id", "secret_access_key"),
        ),
        StorageKind.SUPABASE: Kind(
            keys={"bucket": _TEXT, "url": _URL, "region": _TEXT, **_S3_KEYS, **_CLOUD},
            required=("bucket", "url", "access_key_id", "secret_access_key"),
        ),
        StorageKind.GCS: Kind(
            keys={
                "bucket": _TEXT,
                "credentials_file": _FILE,
                "credentials": _TEXT,
                "endpoint": _URL,
                **_CLOUD,
            },
            required=("bucket",),
            apart=(("credentials_file", "credentials"),),
        ),
        StorageKind.AZURE: Kind(
            keys={
                "container": _TEXT,
                "account": _TEXT,
                "account_key": _TEXT,
                "sas_token": _TEXT,
                "client_id": _TEXT,
                "client_secret": _TEXT,
                "tenant": _TEXT,
                "endpoint": _URL,
                **_CLOUD,
            },
            required=("container", "account"),
            together=(("client_id", "client_secret", "tenant"),),
            apart=(("account_key", "sas_token", "client_id"),),
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class StorageProvider:
    """One place for files. `path` is a local one's folder; None for the one in the data
    directory. `options` are a cloud's keys, secrets among them."""

    name: str = "local"
    kind: StorageKind = StorageKind.LOCAL
    path: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    def has(self, flag: str) -> bool:
        """Tell whether a key that is true or false is true."""
        return self.options.get(flag) == "true"
