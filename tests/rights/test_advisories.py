"""What has gone wrong in tools of this kind, by class: tried here on the whole server.

docs/security.md lists the classes, and where each is held to.
"""

import io
import pickle
import zipfile
from uuid import UUID

import pytest

from boards.domain.access import TokenScope
from boards.generators.declared import DeclaredGenerator
from tests.rights.asking import Answer, as_form, as_json, ask
from tests.rights.surfaces import Rest, operations_of
from tests.rights.world import GENERATOR, PICTURE, Place, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

JSON = "application/json"
HOSTILE_PATHS = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "%2e%2e/%2e%2e/etc/passwd",
    "..\\..\\windows\\win.ini",
    "C:\\windows\\win.ini",
    "\\\\server\\share",
    "/etc/passwd",
    "file:///etc/passwd",
    "boards.db",
    "\x00",
]


async def send(world: World, method: str, path: str, body: object, **headers: str) -> Answer:
    return await ask(
        world.api,
        method,
        path,
        headers={**world.people["tenant admin"].headers, **headers},
        body=as_json(body),
        content_type=JSON,
    )


async def upload(world: World, name: str, content: bytes, **fields: str) -> Answer:
    body, kind = as_form(fields, name=name, content=content)
    return await ask(
        world.api,
        "POST",
        "/api/v1/uploads",
        headers=world.people["owner"].headers,
        body=body,
        content_type=kind,
    )


class TestCodeInFiles:
    """CWE-502: a model file that runs what is in it."""

    @pytest.mark.parametrize("name", ["model.ckpt", "model.pt", "model.safetensors", "a.png"])
    async def test_a_pickle_is_refused_under_any_name(self, world: World, name: str) -> None:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            answer = await upload(world, name, pickle.dumps({"a": [1]}, protocol=protocol))
            # The oldest form is plain letters; as a text it is only ever shown.
            is_text = answer.status == 201 and answer.json["artifact_type"] == "text"
            assert answer.status in (415, 422) or is_text, protocol
            as_model = await upload(
                world, name, pickle.dumps({"a": [1]}, protocol=protocol), artifact_type="lora"
            )
            assert as_model.status in (415, 422), protocol

    async def test_a_zip_with_a_pickle_in_it_is_refused(self, world: World) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"a": 1}))
        answer = await upload(world, "model.pt", packed.getvalue(), artifact_type="lora")
        assert answer.status in (415, 422)

    async def test_no_operation_installs_code(self, world: World) -> None:
        words = ("install", "plugin", "exec", "shell", "eval", "import", "node")
        names = [operation.name.lower() for operation in operations_of(world.api)]
        found = [name for name in names if any(word in name for word in words)]
        # It takes in files and rows, as hostile as they may be: tests/services/test_exports.py.
        assert found == ["import_board"]


class TestPaths:
    """CWE-22, 36, 73: a name that leads elsewhere."""

    @pytest.mark.parametrize("path", HOSTILE_PATHS)
    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    async def test_a_path_in_place_of_an_id_reaches_no_file(
        self, world: World, method: str, path: str
    ) -> None:
        for where in ("/api/v1/generations/", "/api/v1/boards/", "/api/v1/files/", "/assets/", "/"):
            answer = await ask(
                world.api, method, where + path, headers=world.people["owner"].headers
            )
            assert answer.status in (404, 405, 422), (method, where, path)
            assert b"root:" not in answer.body
            assert b"SQLite format" not in answer.body

    @pytest.mark.parametrize("name", [*HOSTILE_PATHS[:9], "shell.py", "..", "a\u202egnp.exe"])
    async def test_the_name_of_an_upload_names_no_file(self, world: World, name: str) -> None:
        answer = await upload(world, name.replace('"', ""), PICTURE)
        assert answer.status == 201
        found = await world.write(lambda tx: tx.generations.get(UUID(answer.json["id"])))
        assert found is not None
        assert found.file is not None
        assert found.file.key.startswith(str(world.tenants[Place.SHARED]))
        assert ".." not in found.file.key
        assert found.file.key.endswith(".png")


class TestSizes:
    """CWE-400: see test_sizes for every text, list and body."""

    async def test_a_huge_name_is_refused(self, world: World) -> None:
        answer = await send(world, "POST", "/api/v1/boards", {"title": "x" * 500_000})
        assert answer.status == 422
        assert len(answer.body) < 2000


class TestAddresses:
    """CWE-918: the server calls what a caller names. tests/outbound holds the client to it."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://169.254.169.254/latest/meta-data/",
            "http://10.0.0.1/",
            "http://user:secret@example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "//example.com/",
        ],
    )
    async def test_an_endpoint_in_the_own_network_is_refused(self, world: World, url: str) -> None:
        answer = await send(world, "POST", "/api/v1/webhook-endpoints", {"url": url})
        assert answer.status == 422, url
        assert "secret" not in answer.text

    async def test_no_input_of_a_generator_says_where_to_call(self, world: World) -> None:
        words = {"api_base", "base_url", "api_key", "proxy", "proxy_url", "host", "webhook"}
        found = [
            f"{generator.name}.{name}"
            for generator in world.app.registry.list_all()
            for name in generator.get_input_schema().model_fields
            if name.lower() in words
        ]
        assert found == []
        declared = [
            one for one in world.app.registry.list_all() if isinstance(one, DeclaredGenerator)
        ]
        assert len(declared) > 50

    @pytest.mark.parametrize("name", ["api_base", "base_url", "api_key", "proxy_url"])
    async def test_none_can_be_added(self, world: World, name: str) -> None:
        body = {"generator": GENERATOR, "inputs": {name: "http://evil.example"}}
        answer = await send(world, "POST", "/api/v1/generations", body)
        assert answer.status == 422
        beside = {"generator": GENERATOR, "inputs": {}, name: "http://evil.example"}
        assert (await send(world, "POST", "/api/v1/generations", beside)).status == 422

    @pytest.mark.parametrize(
        "artifact",
        [
            {"storage_url": "http://127.0.0.1/", "generation_id": None},
            {"storage_url": "file:///etc/passwd"},
            {"path": "/etc/passwd"},
            "http://127.0.0.1/a.png",
            "/etc/passwd",
            "data:image/png;base64,AAAA",
        ],
    )
    async def test_an_artifact_goes_in_by_its_id_alone(
        self, world: World, artifact: object
    ) -> None:
        body = {"generator": "local-upscale", "inputs": {"image_source": artifact}}
        for path in ("/api/v1/estimate", "/api/v1/generations"):
            answer = await send(world, "POST", path, body)
            assert answer.status in (404, 422), answer.text
            assert "root:" not in answer.text


FORMS = {
    *("upload", "import_board", "read_recipe"),
    *("upload_card_media", "upload_asset", "upload_portrait_references"),
}


class TestOtherPages:
    """CWE-352: a page of others that spends through a visitor's browser."""

    async def test_no_change_is_taken_from_a_plain_form(self, world: World) -> None:
        for operation in changing(world):
            for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
                if operation.name in FORMS and kind.startswith("multipart"):
                    # What takes a form wants one that is whole; whose page sends it is asked too.
                    continue
                answer = await ask(
                    world.api,
                    operation.method,
                    operation.path.replace("{", "").replace("}", ""),
                    headers=world.people["owner"].headers,
                    body=b'{"title": "x"}',
                    content_type=kind,
                )
                assert answer.status == 415, (operation.key, kind)

    @pytest.mark.parametrize(
        "page",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://localhost:8088.evil.example"},
            {"origin": "http://localhost:9999"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
    )
    async def test_no_change_is_taken_from_a_foreign_page(
        self, world: World, page: dict[str, str]
    ) -> None:
        for operation in changing(world):
            answer = await ask(
                world.api,
                operation.method,
                operation.path.replace("{", "").replace("}", ""),
                headers={**world.people["owner"].headers, **page},
                body=b"{}",
                content_type=JSON,
            )
            assert answer.status == 403, (operation.key, page)
            assert answer.json["code"] == "forbidden"

    async def test_no_change_is_taken_by_get(self, world: World) -> None:
        answer = await ask(
            world.api,
            "GET",
            "/graphql",
            headers=world.people["owner"].headers,
            query={"query": 'mutation { createBoard(input: {title: "x"}) { id } }'},
        )
        assert answer.status in (400, 405)
        assert "createBoard" not in (answer.json.get("data") or {})


class TestCredentials:
    """CWE-287, 863: a carrier of credentials that the rules do not know."""

    @pytest.mark.parametrize("carrier", ["x-api-key", "api-key", "x-auth-token", "x-access-token"])
    async def test_another_header_proves_nothing(self, world: World, carrier: str) -> None:
        _, text = await world.token(world.people["owner"], *TokenScope)
        answer = await ask(world.api, "GET", "/api/v1/boards", headers={carrier: text})
        assert answer.status == 401

    async def test_a_token_in_an_address_proves_nothing(self, world: World) -> None:
        _, text = await world.token(world.people["owner"], *TokenScope)
        for name in ("token", "api_key", "access_token", "key"):
            answer = await ask(world.api, "GET", "/api/v1/boards", query={name: text})
            assert answer.status in (401, 422)

    @pytest.mark.parametrize("sent", ["Basic YTpi", "bearer", "Bearer", "Token x", "Bearer a b"])
    async def test_what_does_not_hold_is_never_nobody(self, world: World, sent: str) -> None:
        board = f"/api/v1/boards/{world.boards[Place.PUBLIC]}"
        answer = await ask(world.api, "GET", board, headers={"authorization": sent})
        assert answer.status == 401

    async def test_who_acts_is_not_said_by_a_header(self, world: World) -> None:
        board = f"/api/v1/boards/{world.boards[Place.SHARED]}"
        owner = str(world.people["owner"].user_id)
        for name in ("x-user-id", "x-user", "x-forwarded-user", "remote-user", "x-tenant"):
            answer = await ask(world.api, "GET", board, headers={name: owner})
            assert answer.status in (401, 403, 404), name

    async def test_a_tenant_is_only_chosen_among_one_s_own(self, world: World) -> None:
        board = f"/api/v1/boards/{world.boards[Place.ABROAD]}"
        owner = world.people["owner"].headers
        answer = await ask(world.api, "GET", board, headers={**owner, "x-tenant": "abroad"})
        assert answer.status == 403

    @pytest.mark.parametrize("scopes", [["*"], ["/*"], ["admin", "root"], [], ["READ"], ["read,"]])
    async def test_a_token_is_made_for_known_scopes_alone(
        self, world: World, scopes: list[str]
    ) -> None:
        answer = await send(world, "POST", "/api/v1/tokens", {"name": "x", "scopes": scopes})
        assert answer.status == 422

    async def test_a_member_s_token_for_everything_is_no_administrator(self, world: World) -> None:
        _, text = await world.token(world.people["stranger"], *TokenScope)
        headers = {"authorization": f"Bearer {text}"}
        for path in ("/api/v1/audit", "/api/v1/keys", "/api/v1/webhook-endpoints"):
            assert (await ask(world.api, "GET", path, headers=headers)).status == 403, path


class TestTexts:
    """CWE-89, 79, 93, 113: a text that is taken for something else."""

    HOSTILE = (
        "' OR 1=1 --",
        '"; DROP TABLE boards; --',
        "1) UNION SELECT secret FROM sessions --",
        "%' AND 1=1 --",
        "${jndi:ldap://evil}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "a\r\nSet-Cookie: x=y",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    )

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_no_text_in_a_query_is_more_than_a_text(self, world: World, text: str) -> None:
        tried = 0
        for path, methods in world.api.openapi()["paths"].items():
            for method, operation in methods.items():
                if method != "get" or "{" in path or "oidc" in path:
                    continue
                names = [
                    one["name"] for one in operation.get("parameters", []) if one["in"] == "query"
                ]
                for name in names:
                    answer = await ask(
                        world.api,
                        "GET",
                        path,
                        headers=world.people["tenant admin"].headers,
                        query={name: text},
                    )
                    tried += 1
                    assert answer.status < 500, (path, name, answer.text)
                    assert "set-cookie" not in answer.headers
                    assert "syntax" not in answer.text.lower()
        assert tried > 20

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_what_is_kept_comes_back_as_it_was_and_as_data(
        self, world: World, text: str
    ) -> None:
        made = await send(
            world, "POST", "/api/v1/boards", {"title": "A board", "description": text}
        )
        assert made.status == 201
        answer = await ask(
            world.api,
            "GET",
            f"/api/v1/boards/{made.json['id']}",
            headers=world.people["tenant admin"].headers,
        )
        assert answer.json["description"] == text
        assert answer.headers["content-type"] == JSON
        assert answer.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        "name", ["a\r\nX-Evil: 1.png", "a\nb.png", 'a"; filename=b.html', "ü\r"]
    )
    async def test_a_file_name_adds_no_header(self, world: World, name: str) -> None:
        quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        made = await upload(world, quoted, PICTURE)
        assert made.status == 201
        for more in ({}, {"download": "true"}):
            served = await ask(
                world.api,
                "GET",
                f"/api/v1/generations/{made.json['id']}/content",
                headers=world.people["owner"].headers,
                query=more,
            )
            said = served.headers["content-disposition"]
            assert "x-evil" not in served.headers
            assert "\r" not in said
            assert "\n" not in said
            assert "html" not in said.partition("filename=")[2].split(";")[0]


class TestSecrets:
    """CWE-200, 209, 532: what an answer tells by mistake."""

    async def test_no_answer_holds_a_key_that_was_set(self, world: World) -> None:
        secret = "sk-a-very-secret-key-of-a-provider"
        answer = await send(world, "PUT", "/api/v1/keys/openai", {"key": secret})
        assert answer.status == 200
        for path in ("/api/v1/keys", "/api/v1/providers", "/api/v1/generators", "/api/v1/audit"):
            seen = await ask(world.api, "GET", path, headers=world.people["tenant admin"].headers)
            assert seen.status == 200
            assert secret not in seen.text
        assert secret[:-4] not in answer.text

    async def test_nobody_in_particular_learns_nothing_of_people(self, world: World) -> None:
        for path in ("/api/v1/me", "/api/v1/session", "/api/v1/setup", "/health", "/ready"):
            answer = await ask(world.api, "GET", path)
            assert answer.status == 200, path
            assert "@" not in answer.text, path
            assert str(world.app.settings.data_dir) not in answer.text, path


def changing(world: World) -> list[Rest]:
    """What changes something, but for what providers call by their signature."""
    found = [
        operation
        for operation in operations_of(world.api)
        if isinstance(operation, Rest) and operation.method not in ("GET", "HEAD")
    ]
    assert len(found) > 25
    return found
