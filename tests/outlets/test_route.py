"""Routes: each part by itself, and the reason that is given."""

from collections.abc import Callable

import pytest

from streams.model import AlertEvent, Change, Kind, Severity, Sources
from streams.outlets.route import Circle, Route, weigh

Make = Callable[..., AlertEvent]


@pytest.mark.parametrize(
    ("parts", "missed"),
    [
        ({}, None),
        ({"kinds": frozenset({Kind.ACTIVE_SHOOTER, Kind.TERROR_ALERT})}, None),
        ({"kinds": frozenset({Kind.TERROR_ALERT})}, "kind"),
        ({"min_severity": Severity.SEVERE}, None),
        ({"min_severity": Severity.EXTREME}, "severity"),
        ({"sources": 2}, None),
        ({"sources": 3}, "sources"),
        ({"countries": frozenset({"NO", "SE"})}, None),
        ({"countries": frozenset({"SE"})}, "place"),
        ({"admin1": frozenset({"NORDMARK"})}, None),
        ({"admin1": frozenset({"Sydmark"})}, "place"),
        ({"near": (Circle(lat=70.0, lon=31.0, km=60),)}, None),
        ({"near": (Circle(lat=70.0, lon=31.0, km=30),)}, "place"),
        ({"countries": frozenset({"SE"}), "near": (Circle(lat=70.4, lon=31.1, km=5),)}, None),
    ],
)
def test_each_part(event: Make, parts: dict[str, object], missed: str | None) -> None:
    route = Route(name="r", receivers=("x",), **parts)  # type: ignore[arg-type]
    assert route.misses(event()) == missed


def test_an_alert_without_a_place_goes_where_it_is_asked_for(event: Make) -> None:
    anywhere = Route(name="r", receivers=("x",))
    here = Route(name="r", receivers=("x",), countries=frozenset({"NO"}))
    here_or_unknown = Route(name="r", receivers=("x",), countries=frozenset({"NO"}), unplaced=True)
    nowhere = event(place=None)
    assert [route.misses(nowhere) for route in (anywhere, here, here_or_unknown)] == [None, "place", None]


def test_the_verdict_names_the_route_or_what_was_missed(event: Make) -> None:
    shooters = Route(name="shooters", receivers=("x",), changes=frozenset({Change.OPENED}))
    busy = Route(name="busy", receivers=("x",), sources=5)
    assert weigh((busy, shooters), event()).reason == "route:shooters"
    assert weigh((shooters,), event(revision=2, change=Change.UPDATED)).reason == "other_change"
    assert weigh((busy,), event()).reason == "other_sources"
    assert weigh((busy,), event(sources=Sources(independent=5))).tell
    assert weigh((), event()).reason == "no_route"
