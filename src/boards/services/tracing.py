"""Traces: which parts a request and the runs it has started went through, and how long each took.

Everything that is done for a job stands in one trace, in whichever process and however much later:
the job's id is the id of its trace. The request that has submitted it is linked to that. Without an
exporter (`BOARDS_TRACES_URL`) nothing is recorded and next to nothing is done.

Attributes are names, ids and counts: never a prompt, a key or an address of a file.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from boards.errors import BoardsError

__all__ = ["SpanKind", "link_to", "of_job", "span"]

Value = str | int | float | bool
_TRACER = trace.get_tracer("boards")
_LOW_64 = (1 << 64) - 1


def of_job(job_id: UUID) -> Context:
    """The place in the trace of a job under which all that is done for it stands."""
    return trace.set_span_in_context(NonRecordingSpan(_root(job_id)))


def link_to(job_id: UUID) -> None:
    """Link what is going on to the trace of a job."""
    here = trace.get_current_span()
    if here.is_recording():
        here.set_attribute("boards.job_id", str(job_id))
        here.add_link(_root(job_id))


@contextmanager
def span(
    name: str,
    attributes: Mapping[str, Value] | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    within: Context | None = None,
) -> Iterator[Span]:
    """Record what is done inside. What it raises is noted by its code, without its private text."""
    with _TRACER.start_as_current_span(
        name,
        context=within,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as recorded:
        try:
            yield recorded
        except Exception as error:
            code = error.code if isinstance(error, BoardsError) else type(error).__name__
            recorded.set_status(Status(StatusCode.ERROR, code))
            raise


def _root(job_id: UUID) -> SpanContext:
    return SpanContext(
        trace_id=job_id.int,
        span_id=job_id.int & _LOW_64,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
