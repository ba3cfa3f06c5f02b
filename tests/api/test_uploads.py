"""REST: uploads, as they come in."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from boards.domain.artifacts import ArtifactType
from boards.errors import Forbidden
from tests.api.doubles import BASE, BOARD, Doubles, gen_id

PATH = "/api/v1/uploads"
KIND = "multipart/form-data; boundary=xxBOUNDxx"


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    named = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return b"--xxBOUNDxx\r\nContent-Disposition: " + named.encode() + b"\r\n\r\n" + data + b"\r\n"


END = b"--xxBOUNDxx--\r\n"


async def send(
    client: httpx2.AsyncClient, *parts: bytes, size: int | None = None, **headers: str
) -> httpx2.Response:
    """Send a form; with a `size`, in pieces of so many bytes and without saying its length."""
    body = b"".join(parts)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), size or 1):
            yield body[at : at + (size or 1)]

    return await client.post(
        PATH,
        content=pieces() if size else body,
        headers={"content-type": KIND, **headers},
    )


class TestUpload:
    async def test_an_ordinary_client_form_is_taken(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post(
            PATH,
            data={"artifact_type": "image", "board_id": str(BOARD), "parent_id": str(gen_id(7))},
            files={"file": ("boat.png", b"\x89PNG...", "image/png")},
        )
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/api/v1/generations/{gen_id(500)}"
        assert answer.json()["status"] == "completed"
        assert answer.json()["job_id"] is None
        assert doubles.uploads.calls == [("boat.png", ArtifactType.IMAGE, BOARD, gen_id(7))]
        assert doubles.uploads.kept == b"\x89PNG..."

    async def test_the_file_alone_is_enough(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await send(client, part("file", b"abc", "a.txt"), END)
        assert answer.status_code == 201
        assert doubles.uploads.calls == [("a.txt", None, None, None)]

    async def test_an_empty_field_is_as_good_as_none(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        fields = [part("board_id", b""), part("artifact_type", b"")]
        answer = await send(client, *fields, part("file", b"abc", "a.txt"), END)
        assert answer.status_code == 201
        assert doubles.uploads.calls == [("a.txt", None, None, None)]

    @pytest.mark.parametrize("size", [1, 2, 7, 16, 1000])
    async def test_bytes_arrive_as_they_are_wherever_the_network_cuts_them(
        self, client: httpx2.AsyncClient, doubles: Doubles, size: int
    ) -> None:
        data = bytes(range(256)) + b"\r\n--xxBOUND\r\n--xxBOUNDxy--\r\n\r\n--" + b"\r\n"
        answer = await send(
            client, part("board_id", str(BOARD).encode()), part("file", data, "a"), END, size=size
        )
        assert answer.status_code == 201
        assert doubles.uploads.kept == data

    async def test_a_file_is_passed_on_piece_by_piece(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await send(client, part("file", b"z" * 500_000, "a"), END, size=10_000)
        assert answer.status_code == 201
        assert doubles.uploads.pieces >= 50

    async def test_an_empty_file_reaches_the_service_which_knows_what_to_say(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        await send(client, part("file", b"", "a.png"), END)
        assert doubles.uploads.kept == b""

    async def test_a_name_that_is_a_path_is_only_a_name(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        await send(client, part("file", b"x", "../../etc/passwd"), END)
        assert doubles.uploads.calls[0][0] == "../../etc/passwd"

    async def test_a_name_in_any_script_is_kept(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        await send(client, part("file", b"x", "Köln 東京.png"), END)
        assert doubles.uploads.calls[0][0] == "Köln 東京.png"


class TestRefusals:
    @pytest.mark.parametrize(
        ("parts", "at"),
        [
            ([part("bord_id", b"x"), part("file", b"x", "a"), END], "bord_id"),
            ([part("board_id", b"mine"), part("file", b"x", "a"), END], "board_id"),
            ([part("artifact_type", b"smell"), part("file", b"x", "a"), END], "artifact_type"),
            ([part("board_id", b"\xff"), part("file", b"x", "a"), END], "board_id"),
            ([part("board_id", b"x" * 5000), part("file", b"x", "a"), END], "board_id"),
            (
                [part("board_id", b""), part("board_id", b""), part("file", b"x", "a"), END],
                "board_id",
            ),
            ([part("board_id", str(BOARD).encode()), END], "file"),
            ([part("", b"x"), END], ""),
        ],
    )
    async def test_a_wrong_field_is_refused_before_anything_is_stored(
        self, client: httpx2.AsyncClient, doubles: Doubles, parts: list[bytes], at: str
    ) -> None:
        answer = await send(client, *parts)
        assert answer.status_code == 422
        assert [one["at"] for one in answer.json()["problems"]] == [at]
        assert doubles.uploads.calls == []

    async def test_a_misspelt_field_names_the_nearest(self, client: httpx2.AsyncClient) -> None:
        answer = await send(client, part("bord_id", b""), END)
        assert "Did you mean 'board_id'?" in answer.json()["detail"]

    @pytest.mark.parametrize("late", [part("board_id", b"x"), part("file", b"second", "b")])
    async def test_whatever_follows_the_file_undoes_the_upload(
        self, client: httpx2.AsyncClient, doubles: Doubles, late: bytes
    ) -> None:
        answer = await send(client, part("file", b"x", "a"), late, END)
        assert answer.status_code == 422
        assert "send the file last" in answer.json()["detail"]
        assert doubles.uploads.kept is None

    async def test_a_form_that_breaks_off_undoes_the_upload(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await send(client, part("file", b"half of it", "a"))
        assert answer.status_code == 422
        assert "breaks off" in answer.json()["detail"]
        assert doubles.uploads.kept is None

    @pytest.mark.parametrize("body", [b"", b"no form at all", b"--other\r\n\r\n", b"{}"])
    async def test_what_is_no_form_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles, body: bytes
    ) -> None:
        assert (await send(client, body)).status_code == 422
        assert doubles.uploads.calls == []

    @pytest.mark.parametrize(
        "kind", ["multipart/form-data", f"multipart/form-data; boundary={'x' * 71}"]
    )
    async def test_a_boundary_that_is_none_is_refused(
        self, client: httpx2.AsyncClient, kind: str
    ) -> None:
        answer = await client.post(PATH, content=b"x", headers={"content-type": kind})
        assert answer.status_code == 422

    async def test_a_file_that_says_it_is_too_large_is_not_even_read(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.uploads.max_bytes = 1000
        answer = await send(client, part("file", b"z" * 100_000, "a"), END)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert doubles.uploads.calls == []

    async def test_a_file_that_does_not_say_is_read_up_to_the_limit(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.uploads.max_bytes = 1000
        answer = await send(client, part("file", b"z" * 1000, "a"), END, size=100)
        assert answer.status_code == 201
        doubles.uploads.kept = None
        answer = await send(client, part("file", b"z" * 1001, "a"), END, size=100)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert doubles.uploads.kept is None

    async def test_a_form_that_never_gets_to_the_point_is_not_read_for_ever(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.uploads.max_bytes = 1000
        answer = await send(client, b"\r\n" * 100_000, part("file", b"x", "a"), END, size=4096)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    async def test_a_refusal_of_the_service_is_answered_as_one(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.uploads.raises = Forbidden("Not here.")
        answer = await send(client, part("file", b"x", "a"), END)
        assert (answer.status_code, answer.json()["detail"]) == (403, "Not here.")

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"origin": "https://evil.com"}, 403),
            ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"referer": "https://evil.com/"}, 403),
            ({"origin": BASE, "sec-fetch-site": "same-origin"}, 201),
        ],
    )
    async def test_a_form_of_a_foreign_page_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles, headers: dict[str, Any], status: int
    ) -> None:
        answer = await send(client, part("file", b"x", "a"), END, **headers)
        assert answer.status_code == status
        assert len(doubles.uploads.calls) == (status == 201)
