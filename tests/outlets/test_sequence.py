"""The merge of lanes: by time, never before the older ones are known, and by revision within an incident."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.model import AlertEvent, Change
from streams.outlets.message import Envelope
from streams.outlets.sequence import LANE_MOST, Merge, in_order

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

A, B = ("a", 0), ("b", 0)


def test_a_record_waits_until_nothing_older_can_come(event: Make, envelope: Wrap, noon: datetime) -> None:
    merge = Merge((A, B))
    merge.add(B, envelope(event(revision=2, change=Change.UPDATED), at=noon + timedelta(seconds=2)))
    assert merge.emit(()) == []
    assert merge.waiting
    merge.add(A, envelope(event(revision=1), at=noon))
    assert [each.event.revision for each in merge.emit((A, B))] == [1, 2]
    assert not merge.waiting


def test_a_full_lane_is_known(event: Make, envelope: Wrap) -> None:
    merge = Merge((A, B))
    for number in range(LANE_MOST):
        merge.add(A, envelope(event(revision=number + 1)))
    assert merge.full == {A}


def test_revisions_go_before_clocks(event: Make, envelope: Wrap, noon: datetime) -> None:
    late = envelope(event(revision=1), at=noon + timedelta(seconds=5))
    early = envelope(event(revision=2, change=Change.UPDATED), at=noon)
    other = envelope(event("no-2"), at=noon + timedelta(seconds=1))
    assert [each.event.id for each in in_order([late, early, other])] == ["no-1:1", "no-2:1", "no-1:2"]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_two_topics_of_one_incident_come_out_in_order(
    event: Make, envelope: Wrap, noon: datetime, steps: list[tuple[bool, bool]]
) -> None:
    lanes: dict[tuple[str, int], list[Envelope]] = {A: [], B: []}
    for number, (in_a, in_b) in enumerate(steps, start=1):
        found = envelope(event(revision=number), at=noon + timedelta(seconds=number))
        for lane, there in ((A, in_a or not in_b), (B, in_b)):
            if there:
                lanes[lane].append(found)
    merge, given_out = Merge(lanes), []
    for found in lanes[B]:
        merge.add(B, found)
        given_out += merge.emit(())
    for found in lanes[A]:
        merge.add(A, found)
        given_out += merge.emit({B})
    given_out += merge.emit({A, B})
    revisions = [each.event.revision for each in given_out]
    assert revisions == sorted(revisions)
    assert set(revisions) == set(range(1, len(steps) + 1))
