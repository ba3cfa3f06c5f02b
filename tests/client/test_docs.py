"""The examples of docs/client.md run, in their order, against a real server."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from boards import client
from boards.client import Boards, ClientError
from boards.client.stubs.__main__ import main

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "client.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8088"


@pytest.mark.slow
def test_the_examples_run(address: str, tmp_path: Path):
    assert main(["--server", address, "--out", str(tmp_path / "models.py")]) == 0
    program = "\n".join(BLOCKS).replace(ADDRESS, address)

    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert "['done', 'done', 'done']" in ran.stdout
    assert "image_source" in ran.stdout
    assert "('inputs.palette', " in ran.stdout
    assert (tmp_path / "poster.png").read_bytes().startswith(b"\x89PNG")


def test_every_example_asks_the_usual_address():
    assert len(BLOCKS) >= 6
    assert all(ADDRESS in block for block in BLOCKS)


def test_the_page_names_every_method_and_every_error():
    methods = {name for name, _ in inspect.getmembers(Boards, inspect.isfunction)}
    errors = {
        name
        for name in client.__all__
        if isinstance(kind := getattr(client, name), type) and issubclass(kind, ClientError)
    }
    said = set(re.findall(r"[A-Za-z_]+", PAGE))

    unsaid = {each for each in methods if not each.startswith("_")} - said - {"close"}
    assert (unsaid, errors - said - {"JobError"}) == (set(), set())
