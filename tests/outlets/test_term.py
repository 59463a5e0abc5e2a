"""A term: from records to commits, and again after a restart."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from streams.model import AlertEvent, Change, Severity
from streams.model.desk import Desk
from streams.outlets.docket import Docket, Manner
from streams.outlets.message import Envelope
from streams.outlets.quiet import QuietHours
from streams.outlets.route import Route
from streams.outlets.sequence import Lane
from streams.outlets.term import PENDING_MOST, Term

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

A: Lane = ("a", 0)
ALWAYS = QuietHours(start=time(0), end=time(0), zone=ZoneInfo("UTC"))


def begin(positions: dict[Lane, tuple[int, str]], **manner: Any) -> Term:
    routes = (Route(name="all", receivers=("x",)),)
    return Term(Docket(Manner(**{"routes": routes} | manner), Desk()), positions)


def test_what_waits_is_committed_around(event: Make, envelope: Wrap, noon: datetime) -> None:
    alerts = [
        event("no-1"),
        event("no-2", severity=Severity.EXTREME),
        event("no-3"),
        event("no-2", 2, Change.CORROBORATED, severity=Severity.EXTREME),
    ]

    def read(term: Term) -> list[str]:
        start = term.commits()
        assert not start
        for offset, each in enumerate(alerts):
            term.read(("a", 0, offset), envelope(each, topic="a", offset=offset))
        assert term.unsorted
        term.advance({A}, noon)
        told = []
        while (message := term.next(noon)) is not None:
            told += [each.id for each in message.events]
            term.settle(message)
        return told

    night = begin({A: (0, "")}, quiet=(ALWAYS,))
    assert read(night) == ["no-2:1"]
    commits = night.commits()
    assert commits == {A: (0, "done:1,3")}
    night.committed(commits)
    assert night.commits() == {}

    morning = begin(commits)
    assert read(morning) == ["no-1:1", "no-3:1"]
    assert morning.commits() == {A: (4, "")}


def test_records_that_hold_no_alert_are_passed_by(noon: datetime) -> None:
    term = begin({A: (7, "")})
    term.read(("a", 0, 7), None)
    assert term.advance({A}, noon) == []
    assert term.commits() == {A: (8, "")}


def test_a_full_docket_stops_the_reading(event: Make, envelope: Wrap, noon: datetime) -> None:
    term = begin({A: (0, "")}, quiet=(ALWAYS,))
    for offset in range(PENDING_MOST):
        term.read(("a", 0, offset), envelope(event(f"no-{offset}"), topic="a", offset=offset))
    assert term.full == {A}
    term.advance({A}, noon)
    assert term.pending == PENDING_MOST
    assert term.full == {A}
