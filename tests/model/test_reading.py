"""What makes a reading alertable."""

import pytest

from streams.model import Direction, Kind, Reading, Severity, Status, ThreatLevel


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kinds", [(), (Kind.TERROR_ALERT,), tuple(Kind)])
def test_alertable_takes_a_kind_and_a_present_danger_or_its_end(status: Status, kinds: tuple[Kind, ...]) -> None:
    expected = bool(kinds) and status in (Status.CURRENT, Status.ALL_CLEAR)
    assert Reading(status=status, kinds=kinds).alertable is expected


def test_the_empty_reading_claims_nothing() -> None:
    reading = Reading()
    assert not reading.alertable
    assert reading.severity is None
    assert reading.casualties.killed is None
    assert reading.advisory is reading.threat_level is reading.event_time is None


@pytest.mark.parametrize(
    ("level", "rank", "of", "told"),
    [
        ("high", 3, 4, "high (3 of 4)"),
        ("5", 5, 5, "5 of 5"),
        ("2", 4, 5, "2 (4 of 5)"),
        ("red", None, None, "red"),
        (None, None, None, "highest"),
    ],
)
def test_a_level_that_is_its_own_rank_is_told_once(
    level: str | None, rank: int | None, of: int | None, told: str
) -> None:
    assert ThreatLevel(level=level, rank=rank, of=of, direction=Direction.RAISED).ranked() == told


def test_values_do_not_change() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Reading().severity = Severity.MINOR
