"""What makes a reading alertable."""

import pytest

from streams.model import Kind, Reading, Severity, Status


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


def test_values_do_not_change() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        Reading().severity = Severity.MINOR
