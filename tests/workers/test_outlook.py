"""Outlook: open incidents counted by severity, support and threat level."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from streams.metrics import Metrics
from streams.model import Incident, Kind, Phase
from streams.workers.outlook import show_incidents

AT = datetime(2031, 5, 4, 8, 0, tzinfo=UTC).isoformat()


def incident(name: str, **fields: Any) -> Incident:
    values = {
        "id": name,
        "revision": 1,
        "phase": "active",
        "kinds": ["active_shooter"],
        "severity": "Extreme",
        "urgency": "Immediate",
        "certainty": "Observed",
        "confidence": 0.9,
        "headline": "Shots at the tram depot",
        "place": None,
        "threat_level": None,
        "advisory": None,
        "suspects": {},
        "toll": {},
        "sources": {"articles": 1, "publishers": 1, "independent": 1},
        "opened_by": {"article_id": "a"},
        **dict.fromkeys(("event_at", "first_seen_at", "last_seen_at", "last_danger_at", "expires_at"), AT),
    }
    return msgspec.convert(values | fields, Incident)


def level(country: str | None, rank: int | None, of: int | None) -> dict[str, Any]:
    return {"country_code": country, "rank": rank, "of": of, "direction": "raised"}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_incidents_count_in_each_of_their_kinds(metrics: Metrics) -> None:
    both = incident("a", kinds=["active_shooter", "lockdown_advisory"])
    show_incidents(metrics, [both, incident("b"), incident("c", severity="Minor")])
    value = metrics.registry.get_sample_value
    assert value("tocsin_open_incidents", {"kind": Kind.ACTIVE_SHOOTER, "severity": "Extreme"}) == 2
    assert value("tocsin_open_incidents", {"kind": Kind.LOCKDOWN_ADVISORY, "severity": "Extreme"}) == 1
    assert value("tocsin_open_incidents", {"kind": Kind.ACTIVE_SHOOTER, "severity": "Minor"}) == 1


@pytest.mark.parametrize(("independent", "shown"), [(0, "1"), (1, "1"), (2, "2"), (3, "3+"), (40, "3+")])
def test_support_is_told_in_three_steps(metrics: Metrics, independent: int, shown: str) -> None:
    show_incidents(metrics, [incident("a", sources={"articles": 50, "publishers": 50, "independent": independent})])
    labels = {"kind": Kind.ACTIVE_SHOOTER, "sources": shown}
    assert metrics.registry.get_sample_value("tocsin_open_incidents_by_sources", labels) == 1


def test_the_highest_level_of_a_country_is_in_force(metrics: Metrics) -> None:
    kinds = ["terror_alert"]
    told = [level("XA", 2, 3), level("XA", 3, 3), level("XB", 4, 5), level("XC", None, None), level(None, 1, 3)]
    over = incident("over", kinds=kinds, phase=Phase.ALL_CLEAR.value, threat_level=level("XD", 2, 3))
    show_incidents(metrics, [*(incident(str(n), kinds=kinds, threat_level=each) for n, each in enumerate(told)), over])
    value = metrics.registry.get_sample_value
    assert [value("tocsin_threat_level_rank", {"country": each}) for each in ("XA", "XB", "XC", "XD")] == [
        3,
        4,
        None,
        None,
    ]
    assert value("tocsin_threat_level_steps", {"country": "XB"}) == 5


def test_what_is_over_is_shown_no_more(metrics: Metrics) -> None:
    show_incidents(metrics, [incident("a", threat_level=level("XA", 2, 3))])
    show_incidents(metrics, [])
    assert metrics.registry.get_sample_value("tocsin_threat_level_rank", {"country": "XA"}) is None
    labels = {"kind": Kind.ACTIVE_SHOOTER, "severity": "Extreme"}
    assert metrics.registry.get_sample_value("tocsin_open_incidents", labels) is None
