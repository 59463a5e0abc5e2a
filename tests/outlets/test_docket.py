"""The docket: order per incident, quiet hours, storms, reminders, repeats; all by given times."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.model import AlertEvent, Change, Severity, Sources
from streams.model.command import Command, Scope
from streams.model.desk import Desk
from streams.model.kinds import CommandAction
from streams.outlets.docket import Docket, Manner
from streams.outlets.message import Envelope, Form, Message
from streams.outlets.quiet import QuietHours
from streams.outlets.route import Route

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

EVERYTHING = Route(name="all", receivers=("x",))
NIGHT = QuietHours(start=time(22), end=time(7), zone=ZoneInfo("UTC"))
MIDNIGHT = datetime(2031, 5, 6, 0, 0, tzinfo=UTC)
MORNING = datetime(2031, 5, 6, 7, 0, tzinfo=UTC)
NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)


def docket(**manner: Any) -> Docket:
    return Docket(Manner(**{"routes": (EVERYTHING,)} | manner), Desk())


def drain(found: Docket, now: datetime) -> list[Message]:
    messages = []
    while (message := found.next(now)) is not None:
        messages.append(message)
    return messages


def ids(messages: list[Message]) -> list[list[str]]:
    return [[event.id for event in message.events] for message in messages]


def test_only_what_a_person_should_be_told(event: Make, envelope: Wrap) -> None:
    found = docket()
    for number, change in enumerate((Change.OPENED, Change.CORROBORATED, Change.ESCALATED, Change.CLOSED), start=1):
        found.take(envelope(event(revision=number, change=change)), NOON)
    assert ids(drain(found, NOON)) == [["no-1:1"], ["no-1:3"]]


def test_one_that_keeps_state_is_told_of_every_end_and_of_nothing_outdated(event: Make, envelope: Wrap) -> None:
    found = docket(keeps_state=True, digests=False)
    assert found.take(envelope(event("no-9", 4, Change.CLOSED)), NOON).reason == "not_notifiable"
    assert found.take(envelope(event(revision=3, change=Change.ESCALATED)), NOON).tell
    assert found.take(envelope(event(revision=2, change=Change.UPDATED)), NOON).reason == "superseded"
    assert found.take(envelope(event(revision=5, change=Change.CLOSED)), NOON).reason == "ends"
    assert ids(drain(found, NOON)) == [["no-1:3"], ["no-1:5"]]


def test_what_was_told_is_followed_where_no_route_matches_any_more(event: Make, envelope: Wrap) -> None:
    severe = Route(name="severe", receivers=("x",), min_severity=Severity.SEVERE)
    found = docket(routes=(severe,))
    assert found.take(envelope(event()), NOON).tell
    milder = event(revision=2, change=Change.CORRECTED, severity=Severity.MINOR)
    assert found.take(envelope(milder), NOON).reason == "followed"
    assert found.take(envelope(event("no-2", severity=Severity.MINOR)), NOON).reason == "other_severity"


def test_a_route_for_openings_only_does_not_follow(event: Make, envelope: Wrap) -> None:
    openings = Route(name="openings", receivers=("x",), changes=frozenset({Change.OPENED}))
    found = docket(routes=(openings,))
    assert found.take(envelope(event()), NOON).tell
    assert found.take(envelope(event(revision=2, change=Change.UPDATED)), NOON).reason == "other_change"


def test_an_incident_that_comes_into_scope_is_told_whatever_the_change(event: Make, envelope: Wrap) -> None:
    confirmed = Route(name="confirmed", receivers=("x",), sources=2, changes=frozenset({Change.OPENED}))
    found = docket(routes=(confirmed,))
    assert found.take(envelope(event(sources=Sources(independent=1))), NOON).reason == "other_sources"
    second = event(revision=2, change=Change.CORROBORATED, sources=Sources(independent=2))
    assert found.take(envelope(second), NOON).reason == "reached:confirmed"
    third = event(revision=3, change=Change.CORROBORATED, sources=Sources(independent=3))
    assert found.take(envelope(third), NOON).reason == "not_notifiable"
    # Not one that was never to be told, nor one that is over.
    unknown = event("no-2", 5, Change.CORROBORATED, sources=Sources(independent=3))
    assert found.take(envelope(unknown), NOON).reason == "not_notifiable"
    found.take(envelope(event("no-3", sources=Sources(independent=1))), NOON)
    over = event("no-3", 2, Change.ALL_CLEAR, sources=Sources(independent=2))
    assert not found.take(envelope(over), NOON).tell
    assert ids(drain(found, NOON)) == [["no-1:2"]]


def test_copies_of_an_alert_are_one_message_that_settles_all_of_them(event: Make, envelope: Wrap) -> None:
    found = docket()
    found.take(envelope(event(), topic="a", offset=5), NOON)
    assert found.take(envelope(event(), topic="b", offset=9), NOON).reason == "copy"
    (message,) = drain(found, NOON)
    assert message.marks == (("a", 0, 5), ("b", 0, 9))
    assert found.take(envelope(event(), topic="c"), NOON).reason == "repeat"


def test_quiet_hours_hold_and_the_worst_takes_its_history_along(event: Make, envelope: Wrap) -> None:
    found = docket(quiet=(NIGHT,))
    for incident in ("no-1", "no-2"):
        found.take(envelope(event(incident)), MIDNIGHT)
    assert drain(found, MIDNIGHT) == []
    assert found.pending == 2
    worse = event("no-2", 2, Change.ESCALATED, severity=Severity.EXTREME)
    found.take(envelope(worse), MIDNIGHT)
    assert ids(drain(found, MIDNIGHT)) == [["no-2:1", "no-2:2"]]
    assert ids(drain(found, MORNING - timedelta(seconds=1))) == []
    assert ids(drain(found, MORNING)) == [["no-1:1"]]
    assert found.pending == 0


def test_a_storm_is_told_in_digests_and_the_worst_at_once(event: Make, envelope: Wrap) -> None:
    found = docket(storm_after=3, storm_window=timedelta(seconds=60))
    for number in range(1, 9):
        found.take(envelope(event(f"no-{number}")), NOON)
    assert ids(drain(found, NOON)) == [["no-1:1"], ["no-2:1"], ["no-3:1"]]
    found.take(envelope(event("no-9", severity=Severity.EXTREME)), NOON + timedelta(seconds=1))
    assert ids(drain(found, NOON + timedelta(seconds=59))) == [["no-9:1"]]
    (digest,) = drain(found, NOON + timedelta(seconds=60))
    assert digest.form is Form.DIGEST
    assert [each.id for each in digest.events] == [f"no-{number}:1" for number in range(4, 9)]
    # It goes on: the next ones wait for the next digest, until a window brings few.
    found.take(envelope(event("no-10")), NOON + timedelta(seconds=61))
    assert drain(found, NOON + timedelta(seconds=61)) == []
    assert ids(drain(found, NOON + timedelta(seconds=121))) == [["no-10:1"]]
    found.take(envelope(event("no-11")), NOON + timedelta(seconds=122))
    assert ids(drain(found, NOON + timedelta(seconds=122))) == [["no-11:1"]]


def test_no_digests_for_a_receiver_that_takes_single_alerts(event: Make, envelope: Wrap) -> None:
    found = docket(quiet=(NIGHT,), digests=False)
    for number in (1, 2):
        found.take(envelope(event(f"no-{number}")), MIDNIGHT)
    assert ids(drain(found, MORNING)) == [["no-1:1"], ["no-2:1"]]


def test_reminders_while_it_is_active_and_severe(event: Make, envelope: Wrap) -> None:
    found = docket(remind_every=timedelta(minutes=30))
    found.take(envelope(event(), at=NOON), NOON)
    found.take(envelope(event("no-2", severity=Severity.MODERATE), at=NOON), NOON)
    drain(found, NOON)
    assert found.next(NOON + timedelta(minutes=29)) is None
    first = found.next(NOON + timedelta(minutes=30))
    assert first is not None
    assert (first.id, first.form, first.marks) == ("no-1:1#reminder-1", Form.REMINDER, ())
    assert found.next(NOON + timedelta(minutes=31)) is None
    # Two were due meanwhile: one is told, with its own number.
    third = found.next(NOON + timedelta(minutes=95))
    assert third is not None
    assert third.id == "no-1:1#reminder-3"
    found.take(envelope(event(revision=2, change=Change.ALL_CLEAR)), NOON + timedelta(minutes=100))
    drain(found, NOON + timedelta(minutes=100))
    assert found.next(NOON + timedelta(hours=3)) is None


def test_no_reminder_of_what_someone_has_seen(event: Make, envelope: Wrap) -> None:
    desk = Desk()
    found = Docket(Manner(routes=(EVERYTHING,), remind_every=timedelta(minutes=30)), desk)
    found.take(envelope(event(), at=NOON), NOON)
    drain(found, NOON)
    desk.apply(Command(id="c", action=CommandAction.ACKNOWLEDGE, by="me", at=NOON, incident_id="no-1", revision=1))
    assert found.next(NOON + timedelta(hours=1)) is None
    found.take(envelope(event(revision=2, change=Change.ESCALATED), at=NOON + timedelta(hours=1)), NOON)
    drain(found, NOON + timedelta(hours=1))
    assert found.next(NOON + timedelta(hours=1, minutes=30)) is not None


def test_reminders_end_and_are_not_made_up_for(event: Make, envelope: Wrap) -> None:
    found = docket(remind_every=timedelta(hours=1))
    found.absorb(envelope(event(), at=NOON))
    found.awake(NOON + timedelta(hours=5))
    assert found.next(NOON + timedelta(hours=5)) is None
    reminded = found.next(NOON + timedelta(hours=6))
    assert reminded is not None
    assert reminded.id == "no-1:1#reminder-6"
    assert found.next(NOON + timedelta(hours=25)) is None


def test_a_silence_is_heeded_but_never_hides_an_end(event: Make, envelope: Wrap) -> None:
    silence = Command(
        id="s",
        action=CommandAction.SILENCE,
        by="me",
        at=NOON,
        until=NOON + timedelta(hours=1),
        scope=Scope(country_code="NO"),
    )
    pager = Docket(Manner(routes=(EVERYTHING,), keeps_state=True), Desk([silence]))
    pager.absorb(envelope(event()))
    assert pager.take(envelope(event(revision=2, change=Change.UPDATED)), NOON).reason == "silenced"
    assert pager.take(envelope(event(revision=3, change=Change.ALL_CLEAR)), NOON).reason == "ends"
    assert pager.take(envelope(event("no-2")), NOON).reason == "silenced"
    assert pager.take(envelope(event("no-3")), NOON + timedelta(hours=1)).tell


@pytest.mark.parametrize("digests", [True, False])
@given(
    steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(list(Severity)), st.integers(0, 5 * 3600)), max_size=40)
)
def test_whatever_happens_each_is_told_once_and_in_order(
    event: Make, envelope: Wrap, digests: bool, steps: list[tuple[int, Severity, int]]
) -> None:
    found = docket(quiet=(NIGHT,), storm_after=2, digests=digests)
    now, told, revisions = MIDNIGHT, [], dict.fromkeys(range(4), 0)
    for incident, severity, wait in steps:
        revisions[incident] += 1
        change = Change.OPENED if revisions[incident] == 1 else Change.UPDATED
        found.take(envelope(event(f"no-{incident}", revisions[incident], change, severity=severity), at=now), now)
        told += drain(found, now)
        now += timedelta(seconds=wait)
    while found.pending:
        now += timedelta(minutes=30)
        told += drain(found, now)
    flat = [each for message in told for each in message.events]
    for incident, count in revisions.items():
        mine = [each.revision for each in flat if each.incident_id == f"no-{incident}"]
        assert mine == list(range(1, count + 1))
