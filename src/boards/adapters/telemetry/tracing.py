"""Sends traces to a collector, by OTLP over HTTP."""

from collections.abc import Callable

from opentelemetry import trace

from boards.errors import ConfigError

__all__ = ["send_traces"]


def send_traces(url: str, *, version: str, role: str) -> Callable[[], None]:
    """Send what is traced in this process to a collector; gives what flushes it at the end.

    `url` is the collector's, such as `http://localhost:4318/v1/traces`. ConfigError where the extra
    is not installed. Once for a process.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        message = "Traces need more packages: pip install 'boards-studio[telemetry]'"
        raise ConfigError(message) from error
    about = {"service.name": "boards", "service.version": version, "boards.role": role}
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    trace.set_tracer_provider(provider)
    return provider.shutdown
