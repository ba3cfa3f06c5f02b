"""A running server leaves a note, which only its owner may read, and takes it away again."""

import json
import os
import stat

import pytest

from boards.cli.server_file import SERVER_FILE, announced, announced_address

ADDRESS = "http://127.0.0.1:8088"


def test_the_note_is_there_as_long_as_the_server(tmp_path):
    with announced(tmp_path, ADDRESS):
        assert announced_address(tmp_path) == ADDRESS
        note = tmp_path / SERVER_FILE
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        assert json.loads(note.read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []
    assert announced_address(tmp_path) is None


def test_a_note_that_was_left_behind_is_replaced(tmp_path):
    (tmp_path / SERVER_FILE).write_text("{}")
    (tmp_path / SERVER_FILE).chmod(0o644)
    with announced(tmp_path, "http://[::1]:9000"):
        assert stat.S_IMODE((tmp_path / SERVER_FILE).stat().st_mode) == 0o600
        assert announced_address(tmp_path) == "http://[::1]:9000"


def test_the_note_goes_when_the_server_breaks(tmp_path):
    with pytest.raises(ZeroDivisionError), announced(tmp_path, ADDRESS):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"pid": 1}',
        '{"url": null}',
        '{"url": "http://10.0.0.1:8088"}',
        '{"url": "http://127.0.0.1.example.com:8088"}',
        '{"url": "http://127.0.0.1@example.com"}',
        '{"url": "file:///etc/passwd"}',
        '{"url": "http://["}',
    ],
)
def test_a_strange_note_leads_nowhere(tmp_path, text):
    (tmp_path / SERVER_FILE).write_text(text)
    assert announced_address(tmp_path) is None
