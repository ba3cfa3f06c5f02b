"""Fetches the documents in which providers describe their models, from their own addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from boards.adapters.providers.wire import Connection
from boards.catalog.drafts import MAX_BYTES, Source
from boards.errors import Broken, NotConfigured, NotFound, TooLarge

__all__ = ["ProviderDocuments"]

_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class _Shelf:
    """Where a provider keeps its documents: a path with the model in it, and how the key is shown.
    fal's are for everybody, and get no key."""

    path: str
    auth: Callable[[str], Mapping[str, str]] | None = None


# fal: the address stands on the page of every model. Replicate: its API's page on models.
_SHELVES = {
    "fal": _Shelf(path="api/openapi/queue/openapi.json?endpoint_id={}"),
    "replicate": _Shelf(path="v1/models/{}", auth=lambda key: {"authorization": f"Bearer {key}"}),
}


class ProviderDocuments:
    """The documents of fal and Replicate, over the guarded client.

    `connect` gives a provider's connection, as for its transport.
    """

    def __init__(self, connect: Callable[[str], Connection]) -> None:
        self._connect = connect

    async def fetch(self, source: Source) -> bytes:
        """Fetch the document of a model, as it is.

        NotFound when the provider has no such model, NotConfigured without a key that it takes,
        InvalidInput for one that is too large to be read, Broken and TimedOut when it fails.
        """
        shelf, connection = _SHELVES[source.provider], self._connect(source.provider)
        headers: Mapping[str, str] = {}
        if shelf.auth is not None:
            headers = shelf.auth(await connection.keys.key(source.provider, ""))
        base = connection.catalog_url or connection.base_url
        try:
            answer = await connection.client.request(
                "GET",
                f"{base.rstrip('/')}/{shelf.path.format(quote(source.model))}",
                headers={"accept": "application/json", **headers},
                max_bytes=MAX_BYTES,
                total_seconds=_SECONDS,
            )
        except TooLarge as error:
            raise TooLarge(
                f"The document of {source} has more than {MAX_BYTES:,} bytes; none is as large."
            ) from error
        match answer.status:
            case 200:
                return answer.body
            case 404:
                raise NotFound(f"{source.provider} has no model {source.model!r}.")
            case 401 | 403:
                missing = connection.keys.missing(source.provider) or "check that it is valid"
                raise NotConfigured(f"{source.provider} refused the key: {missing}.")
        raise Broken(
            f"{source.provider} did not give the document of {source.model!r} ({answer.status}); "
            "try again later.",
            billed=False,
            provider_code=str(answer.status),
        )
