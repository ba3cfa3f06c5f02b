"""Fetching one file for someone who has no run and no client of their own."""

import os
import re
import tempfile
from pathlib import Path

from boards.errors import InvalidInput
from boards.outbound.client import GuardedClient
from boards.outbound.files import in_thread, write_errors
from boards.outbound.urls import read_data_url

__all__ = ["fetch_to_temporary_file"]

_SUFFIX = re.compile(r"(\.[A-Za-z0-9]{1,16})?")
_MAX_DATA_URL_BYTES = 64 * 2**20


async def fetch_to_temporary_file(
    url: str, *, suffix: str = "", client: GuardedClient | None = None
) -> Path:
    """Copy what a URL (http, https or data) holds into a new temporary file, and give its path.

    The caller removes the file. `suffix` is an extension with its dot. Raises as
    `GuardedClient.download` does.
    """
    if not _SUFFIX.fullmatch(suffix):
        raise InvalidInput(f"{suffix!r} is no file extension; give one such as '.png'.")
    path = await in_thread(_new_file, suffix)
    try:
        if url[:5].lower() == "data:":
            _, data = read_data_url(url, _MAX_DATA_URL_BYTES)
            with write_errors(path):
                await in_thread(path.write_bytes, data)
        elif client is not None:
            await client.download(url, path)
        else:
            async with GuardedClient() as own:
                await own.download(url, path)
    except BaseException:
        await in_thread(path.unlink, missing_ok=True)
        raise
    return path


def _new_file(suffix: str) -> Path:
    with write_errors(tempfile.gettempdir()):
        handle, name = tempfile.mkstemp(prefix="boards-", suffix=suffix)
        os.close(handle)
    return Path(name)
