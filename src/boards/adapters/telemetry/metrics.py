"""What is counted for whoever watches the server, in Prometheus's text form."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """The counts of one process. Labels are few and known beforehand: providers and outcomes."""

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

    def call(self, provider: str, *, buys: bool, outcome: str, seconds: float) -> None:
        """One call to a provider has ended."""
        paid = "yes" if buys else "no"
        self._calls.labels(provider, paid, outcome).inc()
        self._seconds.labels(provider, paid).observe(seconds)

    def render(self) -> bytes:
        """All counts, as a scraper reads them."""
        return generate_latest(self._registry)
