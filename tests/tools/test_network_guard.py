"""The guard of tests/conftest.py: no test reaches the network."""

import asyncio
import socket

import pytest

# pytest's own outcome, which is no Exception
REFUSED = pytest.fail.Exception


def test_a_connection_beyond_loopback_is_refused():
    with socket.socket() as plug, pytest.raises(REFUSED, match=r"reached for '192\.0\.2\.1'"):
        plug.connect(("192.0.2.1", 80))


def test_a_connection_attempt_without_exception_is_refused():
    with socket.socket() as plug, pytest.raises(REFUSED, match="loopback only"):
        plug.connect_ex(("192.0.2.1", 80))


def test_a_name_is_not_looked_up():
    with pytest.raises(REFUSED, match=r"reached for 'example\.invalid'"):
        socket.getaddrinfo("example.invalid", 80)


async def test_asyncio_is_held_to_it_too():
    with pytest.raises(REFUSED, match=r"reached for '192\.0\.2\.1'"):
        await asyncio.open_connection("192.0.2.1", 80)


async def test_loopback_is_reached_as_ever():
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b"hello"
        writer.close()
