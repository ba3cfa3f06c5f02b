"""The guarded way to the network: whatever Boards fetches or calls goes through here."""

from boards.outbound.answers import Downloaded, Incoming, Response
from boards.outbound.client import GuardedClient
from boards.outbound.temporary import fetch_to_temporary_file
from boards.outbound.urls import read_data_url

__all__ = [
    "Downloaded",
    "GuardedClient",
    "Incoming",
    "Response",
    "fetch_to_temporary_file",
    "read_data_url",
]
