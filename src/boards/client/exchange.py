"""What goes over the wire and what is made of what comes back, for both clients. No I/O.

Redirects are never followed and no proxy of the environment is asked, so that a token goes to the
server that was named and to nobody else.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, TypeVar

import httpx2

from boards.client.errors import (
    CODES,
    AnswerLost,
    Busy,
    ClientError,
    Misused,
    NotBoards,
    Problem,
    Refused,
    ServerFailed,
    Unreachable,
)
from boards.client.operations import ANSWER_SECONDS, Operation
from boards.client.reading import Unreadable

__all__ = ["DEFAULT_SERVER", "Address", "fault_of", "problem_of", "result_of"]

T = TypeVar("T")

DEFAULT_SERVER = "http://127.0.0.1:8088"
CONNECT_SECONDS = 10.0
_HEADER = re.compile(r"[!-~]+")
_KNOWN = frozenset({"type", "title", "status", "detail", "code", "problems"})
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_UNSENDABLE = (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL)


class Settings(TypedDict):
    """What both kinds of httpx2's clients are made with."""

    base_url: str
    headers: dict[str, str]
    timeout: httpx2.Timeout
    trust_env: bool
    follow_redirects: bool


class Sent(TypedDict, total=False):
    """What a request is made with."""

    params: dict[str, str]
    headers: dict[str, str]
    json: Any
    data: dict[str, str]
    files: dict[str, tuple[str, Any]]
    timeout: httpx2.Timeout


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server is and who asks there: an API token, and the slug of a tenant to act in.

    `timeout` is how many seconds an answer may take. Misused for what no header can say.
    """

    server: str
    token: str | None = field(default=None, repr=False)
    tenant: str | None = None
    timeout: float = ANSWER_SECONDS

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^/]", self.server):
            raise Misused(f"{self.server!r} is no address of a server; write {DEFAULT_SERVER!r}.")
        for name, value in (("token", self.token), ("tenant", self.tenant)):
            if value is not None and not _HEADER.fullmatch(value):
                raise Misused(f"The {name} is empty or holds what no header can say.")

    def settings(self) -> Settings:
        """What a client of httpx2 is made with."""
        headers = {"Accept": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.tenant is not None:
            headers["X-Tenant"] = self.tenant
        return Settings(
            base_url=self.server,
            headers=headers,
            timeout=_timeout(self.timeout),
            trust_env=False,
            follow_redirects=False,
        )

    def sent(self, operation: Operation[Any]) -> Sent:
        """What one request is made with, beside its verb and path."""
        sent = Sent(params=dict(operation.query), headers=dict(operation.headers))
        if operation.seconds is not None:
            sent["timeout"] = _timeout(max(operation.seconds, self.timeout))
        if operation.upload is not None:
            # The server takes the fields before the file.
            sent["data"] = dict(operation.upload.fields)
            sent["files"] = {"file": (operation.upload.filename, operation.upload.file)}
        elif operation.body is not None:
            sent["json"] = operation.body
        return sent


def _timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


def result_of(operation: Operation[T], answer: httpx2.Response) -> T:
    """What an answer says. ProblemError when it is a problem, NotBoards when it is none of ours."""
    if not answer.is_success:
        raise problem_of(answer)
    try:
        return operation.read(None if answer.status_code == 204 else json.loads(answer.content))
    except Unreadable as error:
        raise _not_boards(answer, f"its answer cannot be read: {error}") from None
    except ValueError:
        raise _not_boards(answer, "its answer is no JSON") from None


def problem_of(answer: httpx2.Response) -> ClientError:
    """The error that an answer tells of; its body has been read."""
    try:
        said = json.loads(answer.content)
        code, detail = str(said["code"]), str(said["detail"])
        problems = tuple(
            Problem(at=str(one["at"]), message=str(one["message"]))
            for one in said.get("problems", ())
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return _not_boards(answer, "it refuses without a problem of ours")
    kind = CODES.get(code, ServerFailed if answer.is_server_error else Refused)
    error = kind(
        detail,
        code=code,
        status=answer.status_code,
        title=str(said.get("title", "")),
        problems=problems,
        request_id=_text(said, "request_id"),
        error_id=_text(said, "error_id"),
        more={name: value for name, value in said.items() if name not in _KNOWN},
    )
    if isinstance(error, Busy):
        error.retry_after = _seconds(answer)
    return error


def fault_of(error: httpx2.RequestError | httpx2.InvalidURL, address: Address) -> ClientError:
    """What it means that no answer came."""
    if isinstance(error, _UNSENDABLE):
        return Misused(f"This cannot be sent to {address.server!r}: {error}.")
    if isinstance(error, _NEVER_SENT):
        return Unreachable(
            f"No server answers at {address.server!r}. Start one with `boards up`, or correct the "
            "address."
        )
    return AnswerLost(f"The server at {address.server!r} gave no answer ({type(error).__name__}).")


def _not_boards(answer: httpx2.Response, why: str) -> NotBoards:
    where = answer.request.url.copy_with(path="/", query=None)
    return NotBoards(
        f"What answers at {where} is no Boards server that this client knows (HTTP "
        f"{answer.status_code}): {why}.",
        status=answer.status_code,
    )


def _text(said: Mapping[str, object], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _seconds(answer: httpx2.Response) -> float | None:
    try:
        return max(float(answer.headers["retry-after"]), 0.0)
    except (KeyError, ValueError):
        return None
