"""What is sent goes to one server, and only what JSON and headers can say."""

from decimal import Decimal
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from boards.client import (
    Boards,
    DownloadBroken,
    Forbidden,
    Misused,
    NotBoards,
    ProviderFailed,
    Refused,
    Request,
    ServerFailed,
)

ID = UUID("01890a5d-ac96-774b-bcce-000000000004")


def boards_over(answer: httpx2.Response, seen: list[httpx2.Request] | None = None) -> Boards:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(request)
        return answer

    return Boards("http://boards.test/studio", transport=httpx2.MockTransport(handle))


def problem(status: int, code: str) -> httpx2.Response:
    return httpx2.Response(status, json={"code": code, "detail": "Why.", "request_id": "r"})


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "forbidden", Forbidden),
        (422, "content_refused", ProviderFailed),
        (500, "plugin_error", ServerFailed),
        (421, "misdirected", Refused),
        (418, "a_new_refusal", Refused),
        (599, "a_new_fault", ServerFailed),
    ],
)
def test_a_problem_is_raised_as_what_its_code_says(status, code, kind):
    with pytest.raises(kind) as caught:
        boards_over(problem(status, code)).generation(ID)

    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.detail, caught.value.request_id) == (code, "Why.", "r")


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, text="<html>a router's page</html>"),
        httpx2.Response(200, json={"id": "1"}),
        httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx2.Response(500, json={"detail": "no code"}),
        httpx2.Response(502, json=["a"]),
    ],
)
def test_what_is_none_of_ours_is_said_so_and_not_followed(answer):
    seen: list[httpx2.Request] = []

    with pytest.raises(NotBoards, match=r"boards\.test"):
        boards_over(answer, seen).generation(ID)
    assert len(seen) == 1


def test_an_address_may_have_a_path_and_a_name_leads_nowhere_else():
    seen: list[httpx2.Request] = []
    with pytest.raises(NotBoards):
        boards_over(httpx2.Response(200, json={}), seen).generator("../jobs?x=1#y")

    assert seen[0].url.raw_path == b"/studio/api/v1/generators/..%2Fjobs%3Fx%3D1%23y"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_be_another_path_is_refused(name):
    with pytest.raises(Misused):
        boards_over(httpx2.Response(204)).delete(name)


class TestMisuse:
    @pytest.mark.parametrize("server", ["boards.test", "ftp://boards.test", "http://", ""])
    def test_an_address_of_no_server(self, server):
        with pytest.raises(Misused, match="no address"):
            Boards(server)

    @pytest.mark.parametrize("token", ["", "a b", "a\nX-Tenant: b", "ü"])
    def test_a_token_that_no_header_can_say_is_refused_and_not_shown(self, token):
        with pytest.raises(Misused) as caught:
            Boards(token=token)

        assert token == "" or token not in str(caught.value)

    @pytest.mark.parametrize(
        ("value", "place"),
        [
            (Path("boat.png"), r"inputs\.a\.1\.b: .*uploaded first"),
            (b"bytes", r"inputs\.a\.1\.b: bytes"),
            (Decimal(1), r"inputs\.a\.1\.b: Decimal"),
            (float("nan"), r"inputs\.a\.1\.b: nan"),
        ],
    )
    def test_an_input_that_json_cannot_say_is_named_by_its_place(self, value, place):
        seen: list[httpx2.Request] = []

        with pytest.raises(Misused, match=place):
            boards_over(problem(500, "error"), seen).submit("paint", {"a": [1, {"b": value}]})
        assert seen == []

    def test_inputs_that_come_twice(self):
        with pytest.raises(Misused, match="already"):
            boards_over(problem(500, "error")).submit(Request(generator="paint"), {})


def test_ids_go_as_texts():
    seen: list[httpx2.Request] = []
    with pytest.raises(ServerFailed):
        boards_over(problem(500, "error"), seen).submit("paint", {"image": ID, "more": (ID, "x")})

    assert (
        seen[0].content
        == (f'{{"generator":"paint","inputs":{{"image":"{ID}","more":["{ID}","x"]}}}}').encode()
    )


def test_an_upload_sends_its_fields_before_the_file():
    seen: list[httpx2.Request] = []
    with pytest.raises(ServerFailed):
        boards_over(problem(500, "error"), seen).upload(b"PIXELS", filename="a.png", board=ID)

    body = seen[0].read()
    assert body.index(b'name="board_id"') < body.index(b'name="file"; filename="a.png"')
    assert b"PIXELS" in body


class TestADownload:
    PIXELS_TAG = '"5fb46a5c5e1b0dd0cb3b1b0c7a4a1f0ab0f6c1a46ab4c6a8a9d7a3b1a3c5f7d9"'

    def test_of_other_bytes_than_the_tag_says_keeps_nothing(self, tmp_path):
        answer = httpx2.Response(200, content=b"PIXELS", headers={"ETag": self.PIXELS_TAG})

        with pytest.raises(DownloadBroken):
            boards_over(answer).download(ID, tmp_path / "a.png")
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(DownloadBroken):
            boards_over(answer).content(ID)

    def test_that_is_refused_leaves_the_file_that_was_there(self, tmp_path):
        (tmp_path / "a.png").write_bytes(b"before")

        with pytest.raises(Forbidden):
            boards_over(problem(403, "forbidden")).download(ID, tmp_path / "a.png")
        assert (tmp_path / "a.png").read_bytes() == b"before"
        assert [each.name for each in tmp_path.iterdir()] == ["a.png"]

    def test_of_an_extra_file_is_asked_for_by_its_place(self, tmp_path):
        seen: list[httpx2.Request] = []

        boards_over(httpx2.Response(200, content=b"{}"), seen).download(
            ID, tmp_path / "a.json", extra=2
        )

        assert seen[0].url.path == f"/studio/api/v1/generations/{ID}/files/2"
