"""Webhook endpoints from the command line, with a receiver on this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook

from boards.cli.exits import Exit


class Receiver(HTTPServer):
    """Keeps what it gets, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(home, monkeypatch) -> Iterator[Receiver]:
    server = Receiver()
    monkeypatch.setenv("BOARDS_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("BOARDS_WEBHOOK_PRIVATE_HOSTS", server.place)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_is_made_tested_and_its_log_read(cli, receiver):
    url = f"http://{receiver.place}/in"
    made = cli("webhooks", "create", url, "--event", "job.done", "--json").json
    key = made["endpoint"]["id"]
    ran = cli("webhooks", "test", key)
    assert ran.code == Exit.OK
    assert ran.out == "webhook.test was taken (204).\n"
    [(headers, body)] = receiver.got
    assert Webhook(made["secret"]).verify(body, headers)["type"] == "webhook.test"

    [listed] = cli("webhooks", "list", "--json").json
    assert (listed["id"], listed["events"]) == (key, ["job.done"])
    assert made["secret"] not in cli("webhooks", "list").out
    [delivery] = cli("webhooks", "deliveries", key, "--json").json
    assert delivery["state"] == "delivered"
    assert cli("webhooks", "redeliver", key, delivery["id"]).code == Exit.OK
    assert len(receiver.got) == 2


def test_a_test_that_is_not_taken_has_an_exit_code_of_its_own(cli, receiver):
    receiver.status = 500
    url = f"http://{receiver.place}/in"
    key = cli("webhooks", "create", url, "--json").json["endpoint"]["id"]
    ran = cli("webhooks", "test", key)
    assert ran.code == Exit.FAILED
    assert "500" in ran.out


def test_an_endpoint_is_changed_renewed_and_deleted(cli, receiver):
    url = f"http://{receiver.place}/in"
    made = cli("webhooks", "create", url, "--json").json
    key = made["endpoint"]["id"]
    assert cli("webhooks", "update", key, "--disable", "--json").json["enabled"] is False
    assert "by hand" in cli("webhooks", "list").out
    assert cli("webhooks", "update", key, "--enable", "--json").json["enabled"] is True
    renewed = cli("webhooks", "rotate", key, "--json").json["secret"]
    assert renewed != made["secret"]
    assert cli("webhooks", "delete", key).code == Exit.OK
    assert cli("webhooks", "list", "--json").json == []
    assert cli("webhooks", "test", key).code == Exit.NOT_FOUND


def test_a_private_address_and_an_unknown_event_are_refused(cli, receiver):
    ran = cli("webhooks", "create", "http://127.0.0.1:1/in")
    assert ran.code == Exit.USAGE
    assert "BOARDS_WEBHOOK_PRIVATE_HOSTS" in ran.err
    ran = cli("webhooks", "create", f"http://{receiver.place}/in", "--event", "job.begun")
    assert ran.code == Exit.USAGE
    assert "job.done" in ran.err


def test_without_a_secret_key_it_says_what_to_set(cli, home):
    ran = cli("webhooks", "create", "https://hooks.example/in")
    assert ran.code != Exit.OK
    assert "BOARDS_SECRET_KEY" in ran.err


def test_the_end_of_a_job_is_told_by_the_process_that_made_it(cli, receiver):
    url = f"http://{receiver.place}/in"
    secret = cli("webhooks", "create", url, "--json").json["secret"]
    assert cli("generate", "local-noop").code == Exit.OK
    # The command may have ended before; the next one that works takes the message along.
    key = cli("webhooks", "list", "--json").json[0]["id"]
    for _ in range(20):
        if receiver.got:
            break
        [delivery] = cli("webhooks", "deliveries", key, "--json").json
        cli("webhooks", "redeliver", key, delivery["id"])
    headers, body = receiver.got[0]
    message = Webhook(secret).verify(body, headers)
    assert message["type"] == "job.done"
    assert message["data"]["state"] == "done"
