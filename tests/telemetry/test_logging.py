"""What is logged carries the ids of its request, job and tenant, and never a secret."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import structlog
from pydantic import SecretStr

from boards.adapters.telemetry.logging import configure_logging
from boards.adapters.telemetry.redaction import HIDDEN, redact_text

SECRET = "hunter2hunter2hunter2"
PIXEL = "data:image/png;base64," + "iVBORw0KGgo" * 40


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Put the process's logging back, which these tests set."""
    root = logging.getLogger()
    names = ("uvicorn", "uvicorn.access", "uvicorn.error", "sqlalchemy", "httpx2")
    before = {name: logging.getLogger(name).level for name in names}
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    for name, each in before.items():
        logging.getLogger(name).setLevel(each)
    structlog.configure(**config)
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines() -> Callable[[], list[dict]]:
    """Log as JSON; gives a function that tells what has been logged."""
    stream = io.StringIO()
    configure_logging("info", "json", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


class TestALine:
    def test_is_one_json_object_with_time_level_and_logger(self, lines):
        structlog.get_logger("boards.x").info("stored", size=3)
        (line,) = lines()
        assert line.pop("timestamp").endswith("Z")
        assert line == {"event": "stored", "level": "info", "logger": "boards.x", "size": 3}

    def test_carries_what_is_bound_even_when_a_library_wrote_it(self, lines):
        ids = {"request_id": "r", "job_id": "j", "tenant_id": "t"}
        with structlog.contextvars.bound_contextvars(**ids):
            structlog.get_logger().info("ours")
            logging.getLogger("library").warning("theirs %s", "too")
        structlog.get_logger().info("after")
        ours, theirs, after = lines()
        assert ours.items() >= ids.items()
        assert theirs.items() >= ids.items()
        assert theirs["event"] == "theirs too"
        assert not set(ids) & set(after)

    def test_below_the_level_is_not_written(self, lines):
        structlog.get_logger().debug("no")
        logging.getLogger("library").debug("no")
        assert lines() == []

    def test_holds_the_traceback_as_text(self, lines):
        try:
            raise ValueError("why")
        except ValueError:
            structlog.get_logger().exception("broke")
        (line,) = lines()
        assert "ValueError: why" in line["exception"]
        assert "Traceback" in line["exception"]

    def test_holds_what_json_does_not_know(self, lines):
        known = UUID(int=1)
        structlog.get_logger().info(
            "x", id=known, amount=Decimal("0.10"), path=Path("a/b"), many={1}, raw=b"123"
        )
        (line,) = lines()
        assert line["id"] == str(known)
        assert line["amount"] == "0.10"
        assert line["path"] == "a/b"
        assert line["many"] == [1]
        assert line["raw"] == "<3 bytes>"


class TestLibraries:
    def test_the_web_servers_lines_go_through_ours(self, lines):
        access = logging.getLogger("uvicorn.access")
        access.addHandler(logging.StreamHandler(io.StringIO()))
        access.setLevel(logging.ERROR)
        access.disabled = True
        stream = io.StringIO()
        configure_logging("info", "json", stream)
        access.info(
            '%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/x?token={SECRET}&a=1", "1.1", 200
        )
        line = json.loads(stream.getvalue())
        assert access.handlers == []
        assert line["event"] == '127.0.0.1:1 - "GET /x?… HTTP/1.1" 200'

    def test_statements_and_their_values_are_not_logged(self, lines):
        logging.getLogger("sqlalchemy.engine.Engine").info("INSERT ... %r", ("a prompt",))
        logging.getLogger("httpx2").info("HTTP Request: GET https://h/p")
        logging.getLogger("sqlalchemy.pool").warning("a connection was lost")
        assert [line["event"] for line in lines()] == ["a connection was lost"]

    def test_the_coloured_twin_of_a_line_is_dropped(self, lines):
        logging.getLogger("uvicorn.error").info("started", extra={"color_message": "started"})
        assert "color_message" not in lines()[0]


class TestTheConsole:
    def test_shows_the_same_for_people(self):
        stream = io.StringIO()
        configure_logging("info", "console", stream)
        structlog.get_logger("boards.x").warning("a disk is full", key=SECRET, free=0)
        text = stream.getvalue()
        assert "a disk is full" in text
        assert "free=0" in text
        assert SECRET not in text
        assert "\x1b" not in text, "no colour where no terminal is"

    def test_shows_a_traceback_without_local_variables(self):
        stream = io.StringIO()
        configure_logging("info", "console", stream)
        hidden = "a-value-of-a-local-variable"
        try:
            raise ValueError(len(hidden))
        except ValueError:
            structlog.get_logger().exception("broke")
        assert "ValueError: 27" in stream.getvalue()
        assert hidden not in stream.getvalue().replace(f'hidden = "{hidden}"', "")

    def test_follows_standard_error_where_it_goes(self, monkeypatch):
        configure_logging("info", "console")
        elsewhere = io.StringIO()
        monkeypatch.setattr(sys, "stderr", elsewhere)
        structlog.get_logger().info("hello")
        assert "hello" in elsewhere.getvalue()


class TestPlantedSecrets:
    @pytest.mark.parametrize(
        "name",
        [
            *("key", "api_key", "apiKey", "API-KEY", "x-api-key", "OPENAI_API_KEY", "token"),
            *("access_token", "secret", "client_secret", "password", "Authorization", "Cookie"),
        ],
    )
    def test_are_hidden_by_the_name_of_their_key(self, lines, name):
        structlog.get_logger().info("x", **{name: SECRET}, headers={name: SECRET}, all=[{name: 7}])
        (line,) = lines()
        assert line[name] == HIDDEN
        assert line["headers"] == {name: HIDDEN}
        assert line["all"] == [{name: HIDDEN}]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("storage_key", "a/b.png"), ("max_tokens", 5), ("monkey", "x"), ("has_token", True)],
    )
    def test_are_not_seen_where_none_are(self, lines, name, value):
        structlog.get_logger().info("x", **{name: value})
        assert lines()[0][name] == value

    @pytest.mark.parametrize(
        "text",
        [
            f"sk-proj-{SECRET}",
            f"r8_{SECRET}",
            f"key_{SECRET}",
            f"hf_{SECRET}",
            f"Authorization: Bearer {SECRET}",
            f"Authorization: Key 01234567-89ab-cdef-0123-456789abcdef:{SECRET}",
            f"authorization: {SECRET}",
            f"the api_key={SECRET} was wrong",
            f'{{"apiKey": "{SECRET}"}}',
            f"{{'password': '{SECRET}'}}",
            f"https://me:{SECRET}@host/path",
            f"postgresql+asyncpg://me:p@{SECRET}/x@host:5432/db",
            f"HTTPS://{SECRET}@host/path",
            f"https://host/a.png?X-Amz-Signature={SECRET}&x=1",
            f"GET /files/1?sig={SECRET} HTTP/1.1",
            f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{SECRET}",
        ],
    )
    def test_are_hidden_by_their_look(self, lines, text):
        structlog.get_logger().info(text, said=text, deep={"list": [text]})
        logging.getLogger("library").warning("%s", text)
        assert len(lines()) == 2
        assert SECRET not in json.dumps(lines())

    def test_are_hidden_in_a_traceback(self, lines):
        try:
            raise ValueError(f"no answer from https://host/p?key={SECRET}")
        except ValueError:
            structlog.get_logger().exception("broke")
        assert SECRET not in json.dumps(lines())
        assert "https://host/p?…" in lines()[0]["exception"]

    def test_are_hidden_in_objects_that_only_have_a_representation(self, lines):
        class Request:
            def __repr__(self) -> str:
                return f"Request(token='{SECRET}')"

        structlog.get_logger().info("x", request=Request(), mine=SecretStr(SECRET))
        assert SECRET not in json.dumps(lines())

    def test_a_file_inside_an_address_is_cut_short(self):
        assert redact_text(f"src={PIXEL} end") == "src=data:image/png;base64,… end"

    @pytest.mark.parametrize(
        "text",
        [
            "Generation 0198c1a2-0000-7000-8000-000000000001 not found",
            "What now? a=b",
            "https://host/path/file.png was read in 3 s: ok",
            "the keyboard: qwerty",
            "task-force_members",
        ],
    )
    def test_ordinary_text_stays_as_it_is(self, text):
        assert redact_text(text) == text

    def test_a_very_long_text_is_cut(self):
        cut = redact_text("word " * 100_000)
        assert len(cut) < 21_000
        assert cut.endswith("(500000 characters)")
