"""Quiet hours: over midnight, by weekday, and when the clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from streams.model import Severity
from streams.outlets.quiet import QuietHours

OSLO = ZoneInfo("Europe/Oslo")
NIGHT = QuietHours(start=time(22), end=time(7), zone=OSLO)
WEEKEND_NIGHTS = QuietHours(start=time(22), end=time(7), zone=OSLO, days=frozenset({"fri", "sat"}))
LUNCH = QuietHours(start=time(12), end=time(13), zone=OSLO)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "local", "quiet"),
    [
        (NIGHT, "2031-01-15 21:59:59", False),
        (NIGHT, "2031-01-15 22:00", True),
        (NIGHT, "2031-01-16 03:00", True),
        (NIGHT, "2031-01-16 06:59:59.5", True),
        (NIGHT, "2031-01-16 07:00", False),
        (LUNCH, "2031-01-16 11:59", False),
        (LUNCH, "2031-01-16 12:30", True),
        (LUNCH, "2031-01-16 13:00", False),
        (WEEKEND_NIGHTS, "2031-01-16 23:00", False),  # Thursday
        (WEEKEND_NIGHTS, "2031-01-17 23:00", True),  # Friday
        (WEEKEND_NIGHTS, "2031-01-19 05:00", True),  # Sunday morning belongs to Saturday
        (WEEKEND_NIGHTS, "2031-01-19 23:00", False),
        (NIGHT, "2031-03-30 03:30", True),  # clocks were put forward at 2
        (NIGHT, "2031-03-30 07:00", False),
        (NIGHT, "2031-10-26 06:59", True),  # clocks were put back at 3
    ],
)
def test_by_the_wall_clock_of_the_zone(hours: QuietHours, local: str, quiet: bool) -> None:
    assert hours.holds(Severity.SEVERE, at(local)) is quiet


def test_all_day_when_start_is_end() -> None:
    always = QuietHours(start=time(0), end=time(0), zone=OSLO)
    assert all(always.holds(Severity.MINOR, at(f"2031-01-15 {hour:02}:30")) for hour in range(24))


def test_severities() -> None:
    midnight = at("2031-01-15 00:00")
    below_severe = QuietHours(start=time(22), end=time(7), zone=OSLO, below=Severity.SEVERE)
    held = {severity for severity in Severity if below_severe.holds(severity, midnight)}
    assert held == {Severity.MINOR, Severity.MODERATE}
    assert not NIGHT.holds(Severity.EXTREME, midnight)
