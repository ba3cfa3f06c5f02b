"""REST: the bytes of artifacts."""

from pathlib import Path

import httpx2
import pytest

from boards.api.filenames import disposition
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import ExtraFile, Phase
from tests.api.doubles import Doubles, gen_id, generation, stored

DATA = b"0123456789"
TAG = '"' + "ab" * 32 + '"'
ROW = gen_id(100)
PATH = f"/api/v1/generations/{ROW}/content"


@pytest.fixture(params=["local", "streamed"])
def storage(request: pytest.FixtureRequest, doubles: Doubles, tmp_path: Path) -> str:
    """A stored file, on this machine's disk or somewhere else."""
    key = "a.png"
    if request.param == "local":
        doubles.storage.folder = tmp_path
        (tmp_path / key).write_bytes(DATA)
    else:
        doubles.storage.files[key] = DATA
    doubles.generations.add(generation(phase=Phase.COMPLETED, file=stored(key, DATA)))
    return str(request.param)


@pytest.mark.usefixtures("storage")
class TestWhole:
    async def test_the_bytes_come_whole_with_their_hash_as_etag(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get(PATH)
        assert (answer.status_code, answer.content) == (200, DATA)
        assert answer.headers["etag"] == TAG
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-length"] == "10"
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "sandbox" in answer.headers["content-security-policy"]

    async def test_head_gives_the_headers_alone(self, client: httpx2.AsyncClient) -> None:
        whole, head = await client.get(PATH), await client.head(PATH)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-type", "content-length", "accept-ranges"):
            assert head.headers[name] == whole.headers[name]

    @pytest.mark.parametrize("sent", [TAG, f"W/{TAG}", f'"x", {TAG}', "*"])
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    async def test_who_has_the_bytes_already_gets_none(
        self, client: httpx2.AsyncClient, sent: str, method: str
    ) -> None:
        answer = await client.request(method, PATH, headers={"if-none-match": sent})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == TAG

    async def test_who_has_others_gets_these(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get(PATH, headers={"if-none-match": '"other"'})
        assert (answer.status_code, answer.content) == (200, DATA)


@pytest.mark.usefixtures("storage")
class TestRanges:
    @pytest.mark.parametrize(
        ("asked", "given", "where"),
        [
            ("bytes=0-3", b"0123", "0-3"),
            ("bytes=4-", b"456789", "4-9"),
            ("bytes=-3", b"789", "7-9"),
            ("bytes=-99", DATA, "0-9"),
            ("bytes=8-99", b"89", "8-9"),
            ("bytes=9-9", b"9", "9-9"),
        ],
    )
    async def test_one_range_is_given(
        self, client: httpx2.AsyncClient, asked: str, given: bytes, where: str
    ) -> None:
        answer = await client.get(PATH, headers={"range": asked})
        assert (answer.status_code, answer.content) == (206, given)
        assert answer.headers["content-range"] == f"bytes {where}/10"
        assert answer.headers["content-length"] == str(len(given))

    @pytest.mark.parametrize(
        "asked",
        [
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=1_0-20",
            "nonsense",
            "bytes=" + "9" * 5000 + "-",
        ],
    )
    async def test_what_is_not_one_range_gives_the_whole(
        self, client: httpx2.AsyncClient, asked: str
    ) -> None:
        answer = await client.get(PATH, headers={"range": asked})
        assert (answer.status_code, answer.content) == (200, DATA)

    @pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
    async def test_a_range_beyond_the_end_is_refused(
        self, client: httpx2.AsyncClient, asked: str
    ) -> None:
        answer = await client.get(PATH, headers={"range": asked})
        assert answer.status_code == 416
        assert answer.headers["content-range"] == "bytes */10"
        assert answer.json()["code"] == "range_not_satisfiable"

    async def test_a_range_of_these_bytes_only(self, client: httpx2.AsyncClient) -> None:
        mine = await client.get(PATH, headers={"range": "bytes=0-1", "if-range": TAG})
        assert (mine.status_code, mine.content) == (206, b"01")
        for other in ('"other"', f"W/{TAG}", "Wed, 21 Oct 2025 07:28:00 GMT"):
            answer = await client.get(PATH, headers={"range": "bytes=0-1", "if-range": other})
            assert (answer.status_code, answer.content) == (200, DATA)

    async def test_head_has_no_ranges(self, client: httpx2.AsyncClient) -> None:
        answer = await client.head(PATH, headers={"range": "bytes=0-1"})
        assert (answer.status_code, answer.headers["content-length"]) == (200, "10")


class TestBrokenStorage:
    async def test_a_file_that_is_gone_does_not_begin_as_a_200(
        self, client: httpx2.AsyncClient, doubles: Doubles, storage: str, tmp_path: Path
    ) -> None:
        doubles.storage.files.clear()
        (tmp_path / "a.png").unlink(missing_ok=True)
        answer = await client.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_error")
        assert str(tmp_path) not in answer.text

    async def test_a_file_that_lost_its_end_is_not_served_as_the_whole(
        self, client: httpx2.AsyncClient, doubles: Doubles, tmp_path: Path
    ) -> None:
        doubles.storage.folder = tmp_path
        (tmp_path / "a.png").write_bytes(DATA[:4])
        doubles.generations.add(generation(file=stored("a.png", DATA)))
        answer = await client.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_error")


class TestNoPageOfOurs:
    @pytest.mark.parametrize(
        ("mime", "kind", "is_shown"),
        [
            ("image/png", "image/png", True),
            ("video/mp4", "video/mp4", True),
            ("audio/mpeg", "audio/mpeg", True),
            ("text/plain", "text/plain; charset=utf-8", True),
            ("text/html", "text/html; charset=utf-8", False),
            ("text/markdown", "text/markdown; charset=utf-8", False),
            ("image/svg+xml", "image/svg+xml", False),
            ("application/xhtml+xml", "application/xhtml+xml", False),
            ("application/json", "application/json", False),
            ("application/vnd.safetensors", "application/vnd.safetensors", False),
            ("text/html\r\nset-cookie: a=b", "application/octet-stream", False),
            ("", "application/octet-stream", False),
        ],
    )
    async def test_only_media_is_shown_and_all_else_is_saved(
        self, client: httpx2.AsyncClient, doubles: Doubles, mime: str, kind: str, is_shown: bool
    ) -> None:
        doubles.storage.files["a"] = DATA
        doubles.generations.add(generation(file=stored("a", DATA, mime=mime)))
        answer = await client.get(PATH)
        assert answer.headers["content-type"] == kind
        shown = "inline" if is_shown else "attachment"
        assert answer.headers["content-disposition"].startswith(f"{shown}; ")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers

    @pytest.mark.usefixtures("storage")
    async def test_a_download_is_saved_under_a_name_of_its_own(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get(PATH, params={"download": "1"})
        expected = f'attachment; filename="paint-{ROW.hex[-8:]}.png"'
        assert answer.headers["content-disposition"] == expected


class TestOtherFiles:
    async def test_extra_files_are_served_by_their_place(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.storage.files |= {"m": b"mask", "t": b"words"}
        mask = ExtraFile(role="mask", type=ArtifactType.IMAGE, file=stored("m", b"mask"))
        words = ExtraFile(
            role="transcript",
            type=None,
            file=stored("t", b"words", mime="text/plain", format="plain"),
        )
        doubles.generations.add(generation(extra_files=(mask, words)))
        base = f"/api/v1/generations/{ROW}/files"
        answer = await client.get(f"{base}/1", headers={"range": "bytes=1-2"})
        assert (answer.status_code, answer.content) == (206, b"or")
        assert answer.headers["content-disposition"].endswith('-1.txt"')
        assert (await client.head(f"{base}/0")).headers["content-length"] == "4"
        assert (await client.get(f"{base}/2")).status_code == 404
        assert (await client.get(f"{base}/-1")).status_code == 422

    async def test_a_small_picture_is_served_by_the_name_of_its_key(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.storage.files["x/k1.webp"] = b"tiny"
        doubles.generations.add(generation(thumbnail_key="x/k1.webp"), generation(2))
        answer = await client.get(f"/api/v1/generations/{ROW}/thumbnail")
        assert (answer.status_code, answer.content) == (200, b"tiny")
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["etag"] == '"k1"'
        assert (await client.get(f"/api/v1/generations/{gen_id(2)}/thumbnail")).status_code == 404

    async def test_what_has_no_file_yet_is_not_found(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.add(generation())
        assert (await client.get(PATH)).status_code == 404


class TestDisposition:
    @pytest.mark.parametrize(
        ("name", "header"),
        [
            ("boat.png", 'inline; filename="boat.png"'),
            ("../../boat.png", 'inline; filename="boat.png"'),
            (
                'a"b\r\nx: y.png',
                "inline; filename=\"a_bx_ y.png\"; filename*=UTF-8''a%22bx%3A%20y.png",
            ),
            ("Köln.png", "inline; filename=\"Koln.png\"; filename*=UTF-8''K%C3%B6ln.png"),
            ("東京.png", "inline; filename=\".png\"; filename*=UTF-8''%E6%9D%B1%E4%BA%AC.png"),
            ("...", 'inline; filename="file"'),
        ],
    )
    def test_a_name_is_written_so_that_every_browser_reads_it(self, name: str, header: str) -> None:
        assert disposition(name, inline=True) == header
