"""Opens the cloud stores: what storage.yaml says of a provider, in obstore's words.

Nothing is asked of the cloud here; a wrong key is found out by the first look. What storage.yaml
leaves out, each cloud's client takes from where its own tools do: AWS_…, GOOGLE_… and AZURE_… in
the environment, or the role of the machine.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from obstore.store import AzureStore, GCSStore, S3Store

from boards.adapters.storage.objects.storage import ObjectStorage
from boards.adapters.storage.providers import StorageKind, StorageProvider
from boards.errors import ConfigError

__all__ = ["open_cloud"]

# What storage.yaml calls a thing, and what obstore does. Its dictionaries have types that cannot be
# imported where the program runs.
_S3 = {
    "access_key_id": "access_key_id",
    "secret_access_key": "secret_access_key",
    "session_token": "session_token",
    "region": "region",
    "endpoint": "endpoint",
    "encryption": "server_side_encryption",
    "kms_key_id": "sse_kms_key_id",
}
_GCS = {
    "credentials": "service_account_key",
    "credentials_file": "service_account",
    "endpoint": "base_url",
}
_AZURE = {
    "account": "account_name",
    "account_key": "account_key",
    "sas_token": "sas_key",
    "client_id": "client_id",
    "client_secret": "client_secret",
    "tenant": "tenant_id",
    "endpoint": "endpoint",
}


def open_cloud(provider: StorageProvider) -> ObjectStorage:
    """Open a provider's store. ConfigError when what it is told cannot be right."""
    options = provider.options
    try:
        match provider.kind:
            case StorageKind.S3 | StorageKind.R2 | StorageKind.SUPABASE:
                return _s3(provider)
            case StorageKind.GCS:
                store = GCSStore(options["bucket"], **_asked(options, _GCS))
                return ObjectStorage(store, signs=provider.has("signed_urls"))
            case StorageKind.AZURE:
                azure = AzureStore(options["container"], **_asked(options, _AZURE))
                return ObjectStorage(azure, signs=provider.has("signed_urls"))
    except Exception as error:
        # obstore has no class of its own for what it is told; its text may hold a key.
        raise ConfigError(
            f"The storage provider {provider.name!r} cannot be opened as it is set up: "
            f"{type(error).__name__}; compare its keys with docs/storage.md."
        ) from error
    raise ConfigError(f"{provider.kind.value!r} is no cloud.")


def _s3(provider: StorageProvider) -> ObjectStorage:
    options = provider.options
    asked = _asked(options, _S3)
    config = asked["config"]
    # One object is removed at a time, which every server understands.
    config["disable_bulk_delete"] = True
    if provider.has("virtual_hosted"):
        config["virtual_hosted_style_request"] = True
    endpoint = options.get("endpoint")
    if provider.kind is StorageKind.R2:
        endpoint = f"https://{options['account_id']}.r2.cloudflarestorage.com"
        config |= {"endpoint": endpoint, "region": "auto"}
    elif provider.kind is StorageKind.SUPABASE:
        endpoint = f"{options['url']}/storage/v1/s3"
        config |= {"endpoint": endpoint, "region": options.get("region", "us-east-1")}
    elif endpoint is not None:
        config.setdefault("region", "us-east-1")
    asked["client_options"] = _client(endpoint)
    store = S3Store(options["bucket"], **asked)
    # AWS and R2 refuse to overwrite when they are asked to; of others, their owners know.
    known = endpoint is None or provider.kind is StorageKind.R2
    refuses = provider.has("conditional_writes") or (known and "conditional_writes" not in options)
    return ObjectStorage(store, signs=provider.has("signed_urls"), refuses_taken=refuses)


def _asked(options: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """What a store is opened with."""
    config = {theirs: options[ours] for ours, theirs in names.items() if ours in options}
    return {
        "config": config,
        "prefix": options.get("prefix"),
        "client_options": _client(options.get("endpoint")),
        # Nothing here is paid for by the call, so trying again is safe.
        "retry_config": {"max_retries": 4, "retry_timeout": timedelta(seconds=120)},
    }


def _client(endpoint: str | None) -> dict[str, Any]:
    """One request moves a few mebibytes: a slow line has time for that, a dead one is noticed."""
    return {
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(minutes=10),
        "allow_http": endpoint is not None and endpoint.startswith("http://"),
    }
