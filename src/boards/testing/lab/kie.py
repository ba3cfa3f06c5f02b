"""Kie.ai in the lab: its market and its routes for video and music, with 200 around every answer.

Fields come from the facts on Kie's pages (envelope, states, codes, upload) and from public clients
(Aleph, Suno). What a market model makes follows from its declaration; an unknown one makes images.
"""

import json
import secrets
import time
from collections.abc import Iterable
from functools import cache, partial

from pydantic import JsonValue
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.catalog import load_declarations
from boards.domain.artifacts import ArtifactType
from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, LabJob, Progress, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage
from boards.testing.lab.hooks import KieSigner

__all__ = ["KieLab"]

_STATES = {
    Progress.QUEUED: "queuing",
    Progress.RUNNING: "generating",
    Progress.DONE: "success",
    Progress.FAILED: "fail",
    Progress.CANCELLED: "fail",
}
_WORDS = {
    Progress.QUEUED: "PENDING",
    Progress.RUNNING: "TEXT_SUCCESS",
    Progress.DONE: "SUCCESS",
    Progress.FAILED: "GENERATE_AUDIO_FAILED",
    Progress.CANCELLED: "GENERATE_AUDIO_FAILED",
}
_TRACKS = 2
"""A song comes in two versions."""
_FLAGS = {Progress.DONE: 1, Progress.FAILED: 3, Progress.CANCELLED: 2}
SECRET = "kie-lab-webhook-key"  # noqa: S105 - the lab's, for all to see
_FLAGGED = "Your prompt was flagged by Website as violating content policies."


class KieLab:
    """The API below `/kie`, the upload's own host below `/kie-upload`."""

    name = "kie"
    keys = {"KIE_API_KEY": "kie-lab-0123456789"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: set[str] = set()
        self.signer = KieSigner(secret=SECRET)

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/kie", "upload_url": f"{lab_url}/kie-upload"}

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        market = desk.endpoint(self, Stage.SUBMIT, self._create)
        dedicated = desk.endpoint(self, Stage.SUBMIT, self._generate)
        upload = desk.endpoint(self, Stage.UPLOAD, self._upload)
        look = desk.endpoint(self, Stage.POLL, self._record)
        fetch = desk.endpoint(self, Stage.FETCH, self._record)

        async def record(request: Request) -> Response:
            # One address for both: once it has told the end, whoever asks again wants the result.
            is_fetch = request.query_params.get("taskId") in self._told
            return await (fetch if is_fetch else look)(request)

        root = "/kie/api/v1"
        return [
            Route(f"{root}/jobs/createTask", market, methods=["POST"]),
            Route(f"{root}/jobs/recordInfo", record, methods=["GET"]),
            Route(f"{root}/veo/generate", dedicated, methods=["POST"]),
            Route(f"{root}/veo/record-info", record, methods=["GET"]),
            Route(f"{root}/aleph/generate", dedicated, methods=["POST"]),
            Route(f"{root}/aleph/record-info", record, methods=["GET"]),
            Route(f"{root}/generate", dedicated, methods=["POST"]),
            Route(f"{root}/generate/sounds", dedicated, methods=["POST"]),
            Route(f"{root}/generate/record-info", record, methods=["GET"]),
            Route("/kie-upload/api/file-stream-upload", upload, methods=["POST"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                return _envelope(401, "You do not have access permissions")
            case Kind.BUSY:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                return _envelope(429, "Too many requests", headers=headers)
            case Kind.QUOTA:
                return _envelope(402, "The current credits are insufficient. Please top up.")
            case Kind.NOT_FOUND:
                return _envelope(404, "Not found")
            case Kind.INPUT:
                return _envelope(422, "image_size is not within the range: 500")
            case Kind.MODERATION:
                return _envelope(400, _FLAGGED)
            case _ if fault.code:
                return _envelope(int(fault.code), "It did not work out.")
            case _:
                return gateway(fault.status, fault)

    async def _create(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        if not isinstance(body.get("model"), str):
            return _envelope(422, "This field is required: model")
        return self._opened(request, str(body["model"]), body, body.get("input"), fault)

    async def _generate(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        return self._opened(request, request.url.path, body, body, fault)

    def _opened(
        self,
        request: Request,
        endpoint: str,
        body: dict[str, JsonValue],
        given: JsonValue,
        fault: Fault | None,
    ) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        if not isinstance(given, dict):
            return _envelope(422, "This field is required: input")
        for name in _needed(endpoint, given):
            if not given.get(name):
                return _envelope(422, f"This field is required: {name}")
        task_id = f"task_{secrets.token_hex(12)}"
        callback = body.get("callBackUrl")
        tell = partial(self._tell, callback) if isinstance(callback, str) else None
        job = self._desk.open_job(self, endpoint, body, fault, id=task_id, tell=tell)
        return _envelope(200, "success", {"taskId": job.id})

    async def _record(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._desk.jobs.get((self.name, request.query_params.get("taskId", "")))
        if job is None:
            return _envelope(422, "recordInfo is null")
        event = Event.FETCHED if job.id in self._told else Event.LOOKED
        self._desk.book.write(self.name, event, job.id)
        if job.is_over:
            self._told.add(job.id)
        path = request.url.path
        told = self._song if path.endswith("/generate/record-info") else self._video
        if path.endswith("recordInfo"):
            told = self._task
        return _envelope(200, "success", told(job))

    def _tell(self, url: str, job: LabJob) -> None:
        done = job.progress is Progress.DONE
        body: dict[str, JsonValue] = {
            "code": 200 if done else 501,
            "msg": "success" if done else "failed",
            "data": self._task(job),
        }
        self._desk.hooks.job_ended(self.name, url, body, self.signer, job_id=job.id)

    def _task(self, job: LabJob) -> dict[str, JsonValue]:
        """A market task: what was asked and what came of it, both as a text."""
        code, said = _failure(job)
        now = int(time.time() * 1000)
        return {
            "taskId": job.said_id,
            "model": job.endpoint,
            "state": _STATES[job.progress],
            "param": json.dumps(job.body),
            "resultJson": json.dumps(self._result(job)) if job.progress is Progress.DONE else "",
            "failCode": code,
            "failMsg": said,
            "costTime": int(self._desk.seconds * 1000),
            "completeTime": now if job.is_over else None,
            "createTime": now,
            "updateTime": now,
        }

    def _video(self, job: LabJob) -> dict[str, JsonValue]:
        """A video task: a flag, and the result as an object."""
        code, said = _failure(job)
        response: JsonValue = None
        if job.progress is Progress.DONE:
            response = {"taskId": job.id, **self._result(job), "resolution": "720p"}
        return {
            "taskId": job.said_id,
            "paramJson": json.dumps(job.body),
            "completeTime": "2026-11-20 10:30:00" if job.is_over else None,
            "response": response,
            "successFlag": _FLAGS.get(job.progress, 0),
            "errorCode": code or None,
            "errorMessage": said,
            "createTime": "2026-11-20 10:25:00",
            "fallbackFlag": False,
        }

    def _song(self, job: LabJob) -> dict[str, JsonValue]:
        """A task of music: a word, and the tracks as objects."""
        code, said = _failure(job)
        response: JsonValue = None
        if job.progress is Progress.DONE:
            response = {"taskId": job.id, **self._result(job)}
        return {
            "taskId": job.id,
            "param": json.dumps(job.body),
            "response": response,
            "status": _WORDS[job.progress],
            "type": "GENERATE",
            "errorCode": code or None,
            "errorMessage": said or None,
        }

    def _result(self, job: LabJob) -> dict[str, JsonValue]:
        if not job.result:
            urls: list[JsonValue] = [] if job.is_empty else [self._make(job)]
            if job.endpoint.endswith("/aleph/generate"):
                job.result = {"resultVideoUrl": urls[0] if urls else ""}
            elif "/v1/generate" in job.endpoint:
                tracks = [*urls, *(self._make(job, n) for n in range(1, _TRACKS) if urls)]
                job.result = {"sunoData": [_track(each, n) for n, each in enumerate(tracks)]}
            else:
                job.result = {"resultUrls": urls}
        return job.result

    def _make(self, job: LabJob, n: int = 0) -> str:
        kind = _makes().get(job.endpoint, ArtifactType.IMAGE)
        if "/v1/generate" in job.endpoint:
            sound = media.sound("mp3", seed=(job.number + n) % 12)
            return self._desk.keep(self.name, sound, "audio/mpeg")
        if kind is ArtifactType.VIDEO or job.endpoint.endswith(
            ("/veo/generate", "/aleph/generate")
        ):
            return self._desk.keep(self.name, media.video(seed=job.number % 16), "video/mp4")
        if kind is ArtifactType.AUDIO:
            sound = media.sound("wav", seed=job.number % 12)
            return self._desk.keep(self.name, sound, "audio/wav")
        given = job.body.get("input")
        format = str(given.get("output_format") or "png") if isinstance(given, dict) else "png"
        seed = job.number % 8
        if format == "png":
            data = media.png_with_credentials(1024, 1024, seed)
        else:
            data = media.image(format, 1024, 1024, seed)
        return self._desk.keep(self.name, data, f"image/{format}")

    async def _upload(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.UPLOAD, kind=Kind.AUTH))
        async with request.form() as form:
            file, folder = form.get("file"), form.get("uploadPath")
            if not isinstance(file, UploadFile) or not folder:
                return _envelope(400, "file and uploadPath are required")
            data, mime = await file.read(), file.content_type or "application/octet-stream"
            name = file.filename or "file"
        url = self._desk.keep(self.name, data, mime)
        self._desk.book.write(self.name, Event.UPLOADED, url.rpartition("/")[2])
        kept: dict[str, JsonValue] = {
            "fileName": name,
            "filePath": f"{folder}/{name}",
            "downloadUrl": url,
            "fileSize": len(data),
            "mimeType": mime,
        }
        return json_answer({"success": True, "code": 200, "msg": "File uploaded", "data": kept})


def _needed(endpoint: str, given: dict[str, JsonValue]) -> tuple[str, ...]:
    """What a request needs. A song in custom mode needs lyrics unless it is instrumental."""
    if endpoint.endswith("/aleph/generate"):
        return ("prompt", "videoUrl")
    if endpoint.endswith("/v1/generate"):
        lyrics = () if given.get("instrumental") is True else ("prompt",)
        return ("model", "callBackUrl", "title", "style", *lyrics)
    return ("prompt",)


def _track(url: JsonValue, number: int) -> JsonValue:
    return {
        "id": f"track-{number}",
        "audioUrl": url,
        "streamAudioUrl": url,
        "title": "Lab",
        "tags": "lab",
        "duration": 1.0,
    }


@cache
def _makes() -> dict[str, ArtifactType]:
    """What the market's declared models make, by the name that a task carries."""
    return {each.model: each.makes for each in load_declarations("kie") if each.model}


def _failure(job: LabJob) -> tuple[str, str]:
    if job.progress not in {Progress.FAILED, Progress.CANCELLED}:
        return "", ""
    code = job.fault.code if job.fault is not None else ""
    if code == "content_policy_violation":
        return "400", _FLAGGED
    return (code if code.isdecimal() else "501"), f"It ended with {code or 'an error'}."


def _envelope(
    code: int,
    message: str,
    data: dict[str, JsonValue] | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """Kie's one shape: the code inside counts."""
    return json_answer({"code": code, "msg": message, "data": data}, 200, headers)
