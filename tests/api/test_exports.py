"""REST: whole boards as zip files."""

import httpx2

from boards.ids import new_id
from tests.api.doubles import BOARD, Doubles

IMPORT = "/api/v1/boards/import"


async def test_a_board_is_sent_as_a_file(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/boards/{BOARD}/export")
    assert answer.status_code == 200
    assert answer.content == b"PKzipped"
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "Boats.boards.zip" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "private, no-store"


async def test_another_board_is_as_none(client: httpx2.AsyncClient) -> None:
    assert (await client.get(f"/api/v1/boards/{new_id()}/export")).status_code == 404


async def test_a_zip_becomes_a_board(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    files = {"file": ("a.zip", b"PK...", "application/zip")}
    answer = await client.post(IMPORT, data={"title": "Again"}, files=files)
    assert answer.status_code == 201
    assert (answer.json()["generations"], answer.json()["files"]) == (2, 3)
    assert answer.headers["location"] == f"/api/v1/boards/{answer.json()['board']['id']}"
    assert doubles.transfers.imports.calls == [(b"PK...", "Again")]


async def test_other_fields_and_more_than_the_limit_are_refused(
    client: httpx2.AsyncClient, doubles: Doubles
) -> None:
    files = {"file": ("a.zip", b"PK...", "application/zip")}
    assert (await client.post(IMPORT, data={"name": "x"}, files=files)).status_code == 422
    doubles.transfers.imports.max_bytes = 100
    files = {"file": ("a.zip", b"z" * 101, "application/zip")}
    assert (await client.post(IMPORT, files=files)).status_code == 413


async def test_a_foreign_page_cannot_import(client: httpx2.AsyncClient) -> None:
    files = {"file": ("a.zip", b"PK...", "application/zip")}
    answer = await client.post(IMPORT, files=files, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
