import ssl
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest

from boards.outbound.client import GuardedClient
from tests.auth.idp import IdentityProvider, serving


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with serving() as provider:
        provider.add_key("first")
        yield provider


@pytest.fixture
async def client(idp: IdentityProvider) -> AsyncIterator[GuardedClient]:
    address = urlsplit(idp.url)
    # Trusts nobody, and so takes no time to make: the provider here speaks plain HTTP.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    allow = frozenset({("127.0.0.1", address.port or 0)})
    async with GuardedClient(allow=allow, tls=tls) as client:
        yield client
