"""One trace for all that is done for a job, from the request to the provider."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from boards.bootstrap import asgi, open_app
from boards.errors import TimedOut
from boards.services import tracing
from boards.settings import Settings
from tests.providers.test_wire import answered
from tests.telemetry.test_metrics import Counted
from tests.telemetry.test_watching import GENERATORS

PROMPT = "A secret of mine"


@pytest.fixture(scope="module")
def provider() -> TracerProvider:
    made = TracerProvider()
    # A process has one, for ever; what others do in it is recorded too and does no harm.
    trace.set_tracer_provider(made)
    return made


@pytest.fixture
def spans(provider: TracerProvider) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield exporter
    processor.shutdown()


def named(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = (one for one in spans.get_finished_spans() if one.name == name)
    return found


async def test_a_job_has_one_trace_and_its_request_is_linked_to_it(
    spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    config = tmp_path / "generators.yaml"
    config.write_text(GENERATORS)
    settings = Settings(data_dir=tmp_path / "data", generators_config_path=config)
    async with (
        open_app(settings) as app,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(asgi(app)), base_url="http://127.0.0.1"
        ) as http,
    ):
        body = {"generator": "local-poster", "inputs": {"prompt": PROMPT}}
        caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        answer = await http.post("/api/v1/generations", json=body, headers={"traceparent": caller})
        job = UUID(answer.json()["job_id"])
        await http.get(f"/api/v1/jobs/{job}?wait=30")

    request = named(spans, "POST submit_generation")
    assert request.kind is SpanKind.SERVER
    assert request.context.trace_id == 0x0AF7651916CD43DD8448EB211C80319C
    assert [link.context.trace_id for link in request.links] == [job.int]
    run = named(spans, "run local-poster")
    assert run.context.trace_id == job.int
    told = repr([(one.name, one.attributes, one.events) for one in spans.get_finished_spans()])
    assert PROMPT not in told


async def test_a_call_to_a_provider_stands_in_it(spans: InMemorySpanExporter) -> None:
    counted = Counted()
    counted.network.answers = [answered({"id": "7"})]
    job = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    with tracing.span("run it", within=tracing.of_job(job)):
        await counted.wire.buy("/jobs", tenant_id="t", json={"prompt": PROMPT})
    call = named(spans, "one POST")
    assert call.kind is SpanKind.CLIENT
    assert call.context.trace_id == job.int
    assert call.attributes is not None
    assert call.attributes["boards.buys"] is True


def test_an_error_is_noted_by_its_code_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(TimedOut), tracing.span("long"):
        raise TimedOut("It took too long.", detail="a private word")
    found = named(spans, "long")
    assert (found.status.status_code, found.status.description) == (StatusCode.ERROR, "timed_out")
    assert found.events == ()
