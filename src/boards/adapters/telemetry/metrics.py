"""What is counted for whoever watches the server, in Prometheus's text form."""

from collections.abc import Callable, Iterable
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from boards.errors import ConfigError
from boards.services.ports.gauges import Figures

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The counts of one process. Labels are few and known beforehand: providers, phases,
    operations and outcomes."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "boards_provider_calls",
            "Calls to providers, by whether they were to be paid and how they ended.",
            ("provider", "paid", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "boards_provider_call_seconds",
            "How long calls to providers took.",
            ("provider", "paid"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Histogram(
            "boards_http_request_seconds",
            "How long requests took, up to the first byte of the answer.",
            ("operation", "status"),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._ended = Counter(
            "boards_runs_ended",
            "Runs that came to their end by this process, by how.",
            ("phase",),
            registry=self._registry,
        )
        self._streams = Gauge(
            "boards_streams", "Streams of events that are open here.", registry=self._registry
        )
        self._running = Gauge(
            "boards_running", "Generations that run in this process.", registry=self._registry
        )
        self._faults = Gauge(
            "boards_ledger_faults",
            "Faults that the last examination of the ledger by this process has found.",
            registry=self._registry,
        )

    def call(self, provider: str, *, buys: bool, outcome: str, seconds: float) -> None:
        """One call to a provider has ended."""
        paid = "yes" if buys else "no"
        self._calls.labels(provider, paid, outcome).inc()
        self._seconds.labels(provider, paid).observe(seconds)

    def request(self, *, operation: str, status: int, seconds: float) -> None:
        """One request is answered. `operation` is one of the contract's, or another route's."""
        self._requests.labels(operation, str(status)).observe(seconds)

    def ended(self, phase: str) -> None:
        """A run has come to its end, by a commit of this process."""
        self._ended.labels(phase).inc()

    def examined(self, faults: int) -> None:
        """The ledger was examined, and so many faults were found."""
        self._faults.set(faults)

    def ask(self, *, streams: Callable[[], int], running: Callable[[], int]) -> None:
        """Ask these how much this process has to do, whenever somebody looks."""
        self._streams.set_function(streams)
        self._running.set_function(running)

    def show_at(self, host: str, port: int) -> Callable[[], None]:
        """Show the counts over HTTP in a thread, to whoever can reach it; gives what ends it.
        ConfigError when the address is not free."""
        try:
            server, thread = start_http_server(port, addr=host, registry=self._registry)
        except OSError as error:
            message = f"Counts cannot be shown at {host}:{port}: {error.strerror}."
            raise ConfigError(message) from error

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end

    def render(self, figures: Figures | None = None, now: datetime | None = None) -> bytes:
        """All counts, as a scraper reads them; with the figures of the whole installation."""
        text = generate_latest(self._registry)
        if figures is None or now is None:
            return text
        standing = CollectorRegistry()
        standing.register(_Standing(figures, now))
        return text + generate_latest(standing)


class _Standing(Collector):
    """The figures of one moment; every process tells the same of them."""

    def __init__(self, figures: Figures, now: datetime) -> None:
        self._figures = figures
        self._now = now

    def collect(self) -> Iterable[Metric]:
        figures = self._figures
        waiting = GaugeMetricFamily(
            "boards_waiting", "Generations that wait to start.", labels=["provider"]
        )
        age = GaugeMetricFamily(
            "boards_waiting_oldest_seconds",
            "How long the oldest of them has waited.",
            labels=["provider"],
        )
        for provider, depth in figures.waiting.items():
            waiting.add_metric([provider], depth.waiting)
            age.add_metric([provider], max((self._now - depth.oldest).total_seconds(), 0))
        under_way = GaugeMetricFamily(
            "boards_under_way", "Generations under way, by phase.", labels=["provider", "phase"]
        )
        for (provider, phase), count in figures.under_way.items():
            under_way.add_metric([provider, phase], count)
        attention = GaugeMetricFamily(
            "boards_attention",
            "Generations about which a person has to decide.",
            labels=["provider"],
        )
        for provider, count in figures.attention.items():
            attention.add_metric([provider], count)
        lapsed = 0.0
        if figures.oldest_lease is not None:
            lapsed = max((self._now - figures.oldest_lease).total_seconds(), 0.0)
        yield from (waiting, age, under_way, attention)
        yield GaugeMetricFamily(
            "boards_lease_overdue_seconds",
            "For how long the lease of a run has lapsed that nobody has taken over.",
            value=lapsed,
        )
        yield GaugeMetricFamily("boards_holds", "Holds that are open.", value=figures.holds)
        yield GaugeMetricFamily(
            "boards_held_usd", "USD that is held for runs under way.", value=float(figures.held)
        )
