"""What is counted, and who may read it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from boards.adapters.providers.wire import Connection, Wire
from boards.adapters.telemetry.metrics import CONTENT_TYPE, Metrics
from boards.api.app import create_app
from boards.api.rest import metrics as route
from boards.domain.access import Actor
from boards.errors import BoardsError, TimedOut
from boards.generators.declared import Rate
from boards.outbound.answers import Response
from tests.api.doubles import client_of, make_doubles
from tests.providers.test_wire import BASE, KEY, Clock, Network, answered


@dataclass
class OneKey:
    def missing(self, provider: str) -> str | None:
        return None

    async def key(self, provider: str, tenant_id: str, *, buys: bool = False) -> str:
        return KEY

    async def another(self, provider: str, tenant_id: str, refused: str) -> str | None:
        return None


@dataclass
class Counted:
    """A wire to a network that answers as told, and what it has counted."""

    metrics: Metrics = field(default_factory=Metrics)
    network: Network = field(default_factory=Network)
    clock: Clock = field(default_factory=Clock)

    @property
    def wire(self) -> Wire:
        return Wire(
            "one",
            BASE,
            connection=Connection(
                client=self.network,  # type: ignore[arg-type]
                keys=OneKey(),
                base_url=BASE,
                meter=self.metrics,
            ),
            auth=lambda key: {"authorization": key},
            rate=Rate(per_second=1.0, burst=3),
            clock=self.clock,
        )

    def count(self, outcome: str, *, paid: str = "yes") -> bool:
        line = (
            f'boards_provider_calls_total{{outcome="{outcome}",paid="{paid}",provider="one"}} 1.0'
        )
        return line in self.metrics.render().decode()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answered({}), "ok"),
        (answered({}, 429), "busy"),
        (answered({}, 422), "refused"),
        (answered({}, 503), "failed"),
        (TimedOut("no answer"), "lost"),
    ],
)
async def test_each_paid_call_is_counted_by_how_it_ended(
    answer: Response | Exception, outcome: str
) -> None:
    counted = Counted()
    counted.network.answers.append(answer)
    try:
        await counted.wire.buy("/make", tenant_id="t", json={})
    except BoardsError:
        assert outcome != "ok"
    assert counted.count(outcome)
    assert KEY not in counted.metrics.render().decode()


async def test_a_look_is_counted_apart() -> None:
    counted = Counted()
    await counted.wire.ask("GET", "/jobs/1", tenant_id="t")
    assert counted.count("ok", paid="no")
    assert not counted.count("ok", paid="yes")


class TestWhoReads:
    @pytest.mark.parametrize(
        ("change", "status"),
        [
            (lambda actor: replace(actor, platform_admin=True), 200),
            (lambda actor: actor, 403),
            (lambda actor: replace(actor, user_id=None), 401),
            (lambda actor: replace(actor, platform_admin=True, scopes=frozenset()), 403),
        ],
        ids=["administrator", "member", "nobody", "a token without the scope"],
    )
    async def test_only_administrators_of_the_server(
        self, change: Callable[[Actor], Actor], status: int
    ) -> None:
        doubles = make_doubles()
        doubles.actor = change(doubles.actor)

        async def counted() -> bytes:
            return Metrics().render()

        app = create_app(
            doubles,  # type: ignore[arg-type]
            version="1",
            routers=[route.router(counted, CONTENT_TYPE)],
        )
        async with client_of(app) as http:
            answer = await http.get("/metrics")
        assert answer.status_code == status
        if status == 200:
            assert "boards_provider_calls" in answer.text
