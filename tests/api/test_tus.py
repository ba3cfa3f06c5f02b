"""REST: uploads in pieces, as the protocol tus 1.0 has it."""

import base64

import httpx2
import pytest

from boards.domain.artifacts import ArtifactType
from boards.ids import new_id
from boards.services.uploads import UploadWords
from tests.api.doubles import BOARD, UPLOADED, Doubles, gen_id

PATH = "/api/v1/uploads/tus"
ONE = f"{PATH}/{gen_id(600)}"
SPEAKS = {"Tus-Resumable": "1.0.0"}
PIECE = {**SPEAKS, "Content-Type": "application/offset+octet-stream"}


def said(**pairs: str) -> str:
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items()
    )


async def test_what_is_spoken_can_be_asked(client: httpx2.AsyncClient) -> None:
    answer = await client.options(PATH)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,expiration,termination,checksum"
    assert answer.headers["tus-max-size"] == "1000000"
    assert "sha256" in answer.headers["tus-checksum-algorithm"].split(",")


class TestCreation:
    async def test_a_file_is_announced_with_what_is_said_about_it(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        words = said(filename="a/grün.png", board_id=str(BOARD), artifact_type="image", other="x")
        answer = await client.post(
            PATH,
            headers={
                **SPEAKS,
                "Upload-Length": "100",
                "Upload-Metadata": words,
                "Idempotency-Key": "k",
            },
        )
        assert answer.status_code == 201
        assert answer.headers["location"].endswith(ONE)
        assert answer.headers["upload-expires"].endswith("GMT")
        [(size, heard, key)] = doubles.transfers.resumable.calls
        assert (size, key) == (100, "k")
        assert heard == UploadWords(
            filename="grün.png", declared_type=ArtifactType.IMAGE, board_id=BOARD
        )

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 422),
            ({"Upload-Length": "-1"}, 422),
            ({"Upload-Length": "many"}, 422),
            ({"Upload-Length": "5", "Tus-Resumable": "0.2.2"}, 412),
            ({"Upload-Length": "5", "Upload-Metadata": "filename ***"}, 422),
            ({"Upload-Length": "5", "Upload-Metadata": said(board_id="7")}, 422),
            ({"Upload-Length": "5", "Upload-Metadata": said(artifact_type="model")}, 422),
        ],
    )
    async def test_what_is_said_wrongly_is_refused(
        self, client: httpx2.AsyncClient, headers: dict[str, str], status: int
    ) -> None:
        answer = await client.post(PATH, headers=headers)
        assert answer.status_code == status, answer.text

    async def test_a_foreign_page_cannot_announce(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post(
            PATH, headers={"Upload-Length": "5", "Origin": "https://evil.example"}
        )
        assert answer.status_code == 403


class TestPieces:
    async def test_a_question_tells_how_far_it_has_come(self, client: httpx2.AsyncClient) -> None:
        answer = await client.head(ONE, headers=SPEAKS)
        assert answer.status_code == 200
        assert answer.headers["upload-offset"] == "40"
        assert answer.headers["upload-length"] == "100"
        assert answer.headers["cache-control"] == "no-store"
        assert (await client.get(ONE)).json()["received"] == 40

    async def test_a_piece_is_taken_and_the_last_one_tells_what_it_became(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.patch(
            ONE, headers={**PIECE, "Upload-Offset": "40"}, content=b"z" * 60
        )
        assert answer.status_code == 204
        assert answer.headers["upload-offset"] == "100"
        assert answer.headers["boards-generation-id"] == str(UPLOADED.id)
        assert doubles.transfers.resumable.kept == b"z" * 60

    async def test_a_piece_from_elsewhere_is_a_conflict(self, client: httpx2.AsyncClient) -> None:
        answer = await client.patch(ONE, headers={**PIECE, "Upload-Offset": "7"}, content=b"z")
        assert answer.status_code == 409

    async def test_a_wrong_checksum_has_a_status_of_its_own(
        self, client: httpx2.AsyncClient
    ) -> None:
        headers = {**PIECE, "Upload-Offset": "40", "Upload-Checksum": "sha1 AAAA"}
        answer = await client.patch(ONE, headers=headers, content=b"z")
        assert answer.status_code == 460
        assert answer.json()["code"] == "wrong_checksum"
        headers["Upload-Checksum"] = "crc8 AAAA"
        assert (await client.patch(ONE, headers=headers, content=b"z")).status_code == 422

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
    async def test_only_pieces_are_taken(self, client: httpx2.AsyncClient, kind: str) -> None:
        headers = {"Upload-Offset": "40", "Content-Type": kind}
        answer = await client.patch(ONE, headers=headers, content=b"{}")
        assert answer.status_code == 415

    async def test_elsewhere_no_pieces_are_taken(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post("/api/v1/boards", headers=PIECE, content=b"{}")
        assert answer.status_code == 415

    async def test_it_can_be_given_up(self, client: httpx2.AsyncClient, doubles: Doubles) -> None:
        assert (await client.delete(ONE, headers=SPEAKS)).status_code == 204
        assert doubles.transfers.resumable.calls == [("end",)]
        assert (await client.delete(f"{PATH}/{new_id()}")).status_code == 404


class TestByAddress:
    async def test_a_file_can_be_named_by_its_address(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post(
            "/api/v1/uploads/from-url",
            json={"url": "https://pictures.example/a.png", "board_id": str(BOARD)},
            headers={"Idempotency-Key": "k"},
        )
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/api/v1/generations/{UPLOADED.id}"
        words = UploadWords(board_id=BOARD)
        assert doubles.uploads.calls == [("https://pictures.example/a.png", words, "k")]
