"""Desk: the same records give the same alerts, whoever folds them and however often."""

import msgspec
import pytest
from workers_doubles import record, sighting, sighting_record

from streams.model import AlertEvent, Kind, Status
from streams.settings import Settings
from streams.workers.desk import Desk, Folded, StateError
from streams.workers.records import Outgoing, header

SETTINGS = Settings()
STORY = [
    sighting(1, kinds=(Kind.TERROR_ALERT,)),
    sighting(2, town=5, minute=1),
    sighting(3, minute=2, kinds=(Kind.TERROR_ALERT, Kind.LOCKDOWN_ADVISORY)),
    sighting(4, minute=3, kinds=(Kind.TERROR_ALERT,)),
    sighting(5, minute=40, kinds=(Kind.TERROR_ALERT,), status=Status.ALL_CLEAR),
]
RECORDS = [sighting_record(told, offset) for offset, told in enumerate(STORY)]


def desk(state: dict[bytes, bytes | None] | None = None) -> Desk:
    made = Desk(SETTINGS)
    made.take_over(0, [(key, value) for key, value in (state or {}).items() if value is not None])
    return made


def fold(made: Desk, *records: object) -> Folded:
    done = Folded()
    for each in records:
        made.fold(each, done)
    return done


def contents(folded: Folded) -> list[tuple[str, bytes | None, bytes | None]]:
    return [(each.topic, each.key, each.value) for each in folded.alerts]


def test_an_alert_goes_to_every_kind_that_its_incident_had_and_to_the_incidents() -> None:
    last = [each for each in fold(desk(), *RECORDS).alerts if each.key][-3:]
    assert {each.topic for each in last} == {
        SETTINGS.topic_terror_alert,
        SETTINGS.topic_lockdown_advisory,
        SETTINGS.topic_incidents,
    }
    assert len({each.value for each in last}) == 1
    event = msgspec.json.decode(last[0].value or b"", type=AlertEvent)
    assert event.status == "all_clear"


@pytest.mark.parametrize("cut", range(len(RECORDS) + 1))
def test_another_worker_goes_on_from_the_state_to_the_same_alerts(cut: int) -> None:
    whole = fold(desk(), *RECORDS)
    before = fold(desk(), *RECORDS[:cut])
    after = fold(desk(before.state), *RECORDS[cut:])
    assert contents(before) + contents(after) == contents(whole)
    assert {**before.state, **after.state} == whole.state


@pytest.mark.parametrize("cut", range(1, len(RECORDS) + 1))
def test_what_was_folded_is_not_folded_again(cut: int) -> None:
    before = fold(desk(), *RECORDS[:cut])
    again = fold(desk(before.state), *RECORDS[:cut])
    assert (again.alerts, again.state) == ([], {})
    assert again.decisions["repeated", "already_folded"] == cut


def test_what_was_published_but_not_written_is_published_again_to_the_byte() -> None:
    before = fold(desk(), *RECORDS[:2])
    first, second = (fold(desk(before.state), *RECORDS[2:]) for _ in range(2))
    assert contents(first) == contents(second)
    assert [each.headers for each in first.alerts] == [each.headers for each in second.alerts]


def test_the_position_is_the_last_to_be_written() -> None:
    made = desk()
    records = list(made.state_records(fold(made, *RECORDS), 0))
    assert records[-1].key == b"@position/0"
    assert msgspec.json.decode(records[-1].value or b"") == {"next_offset": len(RECORDS)}
    assert {each.partition for each in records} == {0}


def test_partitions_do_not_know_of_each_other() -> None:
    made = desk()
    made.take_over(1, [])
    fold(made, *RECORDS)
    twin = fold(made, sighting_record(STORY[0], 0, partition=1))
    assert next(iter(twin.decisions)) == ("opened", "new_incident")
    assert list(made.open_incidents())
    made.hand_over([0, 1])
    assert not list(made.open_incidents())
    with pytest.raises(StateError, match="not at hand"):
        fold(made, RECORDS[0])


@pytest.mark.parametrize("value", [None, b"", b"{", b"\xff", b"[" * 100_000, b'{"id": 1}'])
def test_what_is_no_sighting_is_a_dead_letter(value: bytes | None) -> None:
    done = fold(desk(), record(value, topic=SETTINGS.topic_sightings, key=b"KE"), sighting_record(STORY[0], 1))
    letter = done.alerts[0]
    assert isinstance(letter, Outgoing)
    assert (letter.topic, letter.key, letter.value) == (SETTINGS.topic_dead_letters, b"KE", value)
    assert header(letter.headers, "tocsin-reason") == b"bad_sighting"
    assert done.refused == {"bad_sighting": 1}
    assert done.events


def test_state_that_cannot_be_read_is_no_state() -> None:
    with pytest.raises(StateError, match="ke-1"):
        Desk(SETTINGS).take_over(0, [(b"ke-1", b"{")])
