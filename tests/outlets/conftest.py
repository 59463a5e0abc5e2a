"""Alerts of invented incidents, and receivers on loopback, for the tests of outlets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from streams.model import (
    AlertEvent,
    ArticleRef,
    Certainty,
    Change,
    Count,
    Kind,
    Phase,
    Place,
    Precision,
    Severity,
    Sources,
    Toll,
    Urgency,
)
from streams.outlets.message import Envelope

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
HARBOUR = Place(
    name="Vardhavn",
    admin1="Nordmark",
    country="Norway",
    country_code="NO",
    lat=70.37,
    lon=31.1,
    precision=Precision.CITY,
    geoname_id=777,
)
HOSTILE = (
    '<script>alert(1)</script> @everyone <!channel> [click](http://evil.example/x) *bold* =cmd|"/c calc" \x1b[31m\u202e'
)


def make_event(incident: str = "no-1", revision: int = 1, change: Change = Change.OPENED, **fields: Any) -> AlertEvent:
    """An alert with everything that has to be there."""
    values: dict[str, Any] = {
        "id": f"{incident}:{revision}",
        "incident_id": incident,
        "revision": revision,
        "change": change,
        "notify": change not in (Change.CORROBORATED, Change.CLOSED),
        "reason": "first_report",
        "status": {
            Change.ALL_CLEAR: Phase.ALL_CLEAR,
            Change.CLOSED: Phase.CLOSED,
            Change.RETRACTED: Phase.RETRACTED,
        }.get(change, Phase.ACTIVE),
        "kinds": (Kind.ACTIVE_SHOOTER,),
        "severity": Severity.SEVERE,
        "urgency": Urgency.IMMEDIATE,
        "certainty": Certainty.LIKELY,
        "confidence": 0.91,
        "headline": "Shots heard at the fish market",
        "place": HARBOUR,
        "threat_level": None,
        "advisory": None,
        "casualties": Toll(killed=Count(latest=2, min=1, max=2)),
        "sources": Sources(articles=3, publishers=2, independent=2),
        "first_seen_at": NOON,
        "last_seen_at": NOON + timedelta(minutes=revision),
        "trigger": ArticleRef(article_id="a-1", title="t", url="https://news.example/a?b=1", source="news.example"),
    }
    return msgspec.convert(msgspec.to_builtins(AlertEvent(**(values | fields))), AlertEvent)


def make_envelope(alert: AlertEvent, *, at: datetime | None = None, offset: int = 0, topic: str = "t") -> Envelope:
    """``alert`` as it was received."""
    return Envelope(event=alert, at=at or alert.last_seen_at, marks=((topic, 0, offset),))


class Catcher:
    """A receiver on loopback. ``answers`` are used up first, one per request; then every request is answered 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | str | tuple[int, dict[str, str]]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(answer, tuple):
            return web.Response(status=answer[0], headers=answer[1])
        return web.Response(status=answer if isinstance(answer, int) else 200)


@pytest.fixture
async def catcher() -> AsyncIterator[Catcher]:
    found = Catcher()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("/hook"))
    yield found
    await server.close()


@pytest.fixture(scope="session")
def event() -> Callable[..., AlertEvent]:
    return make_event


@pytest.fixture(scope="session")
def envelope() -> Callable[..., Envelope]:
    return make_envelope


@pytest.fixture(scope="session")
def noon() -> datetime:
    return NOON


@pytest.fixture
def hostile() -> str:
    """A headline that tries everything at once."""
    return HOSTILE
