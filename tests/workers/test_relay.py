"""Relay and desk: an operator's order goes among the sightings of its country, once, and is answered."""

import msgspec
import pytest
from workers_doubles import START, record, sighting, sighting_record

from streams.model import AlertEvent
from streams.model.command import Command
from streams.model.kinds import CommandAction
from streams.settings import Settings
from streams.workers.desk import Desk, Folded
from streams.workers.records import Outgoing, encode, header
from streams.workers.relay import relayed_records

SETTINGS = Settings()
STORY = [sighting(1), sighting(2, town=5, minute=1)]


def order(action: CommandAction, **fields: object) -> Command:
    return Command(id="order-1", action=action, by="Signe", at=START, **fields)  # type: ignore[arg-type]


def relayed(*values: bytes | None) -> list[Outgoing]:
    return list(relayed_records(SETTINGS, [record(value, topic=SETTINGS.topic_commands) for value in values]))


def among_sightings(command: Command, offset: int) -> object:
    (out,) = relayed(encode(command))
    return record(out.value, topic=SETTINGS.topic_sightings, key=out.key, headers=out.headers, offset=offset)


def desk(state: dict[bytes, bytes | None] | None = None) -> Desk:
    made = Desk(SETTINGS)
    made.take_over(0, [(key, value) for key, value in (state or {}).items() if value is not None])
    return made


def fold(made: Desk, *records: object) -> Folded:
    done = Folded()
    for each in records:
        made.fold(each, done)  # type: ignore[arg-type]
    return done


def contents(folded: Folded) -> list[tuple[str, bytes | None, bytes | None]]:
    return [(each.topic, each.key, each.value) for each in folded.alerts]


def answers(folded: Folded) -> list[Command]:
    commands = [each.value or b"" for each in folded.alerts if each.topic == SETTINGS.topic_commands]
    return [msgspec.json.decode(value, type=Command) for value in commands]


@pytest.fixture
def ids() -> tuple[str, str]:
    told = fold(desk(), *(sighting_record(each, offset) for offset, each in enumerate(STORY)))
    first, second = dict.fromkeys(event.incident_id for event, *_ in told.events)
    return first, second


@pytest.fixture
def story(ids: tuple[str, str]) -> list[object]:
    first, second = ids
    merge = order(CommandAction.MERGE, incident_id=first, target=second, reason="one harbour")
    undo = msgspec.structs.replace(order(CommandAction.UNDO, incident_id=first, target="order-1"), id="order-2")
    records: list[object] = [sighting_record(each, offset) for offset, each in enumerate(STORY)]
    return [*records, *(among_sightings(each, 2 + number) for number, each in enumerate([merge, merge, undo]))]


def test_what_rearranges_goes_to_its_country_and_nothing_else_does() -> None:
    merge = order(CommandAction.MERGE, incident_id="ke-20310504-a", target="ke-20310504-b")
    seen = order(CommandAction.ACKNOWLEDGE, incident_id="ke-20310504-a", revision=1)
    out = relayed(encode(seen), None, encode(merge))
    assert [(each.topic, each.key, each.value) for each in out] == [(SETTINGS.topic_sightings, b"KE", encode(merge))]
    assert header(out[0].headers, "tocsin-record") == b"order"


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", b"[" * 100_000, b'{"id": 1}'])
def test_what_is_no_order_is_a_dead_letter(value: bytes) -> None:
    (letter,) = relayed(value)
    assert (letter.topic, letter.value) == (SETTINGS.topic_dead_letters, value)
    assert header(letter.headers, "tocsin-reason") == b"bad_order"
    there = record(value, topic=SETTINGS.topic_sightings, headers=(("tocsin-record", b"order"),))
    assert fold(desk(), there).refused == {"bad_order": 1}


def test_an_order_is_carried_out_once_and_answered(story: list[object], ids: tuple[str, str]) -> None:
    first, second = ids
    done = fold(desk(), *story)
    merged, undone = answers(done)
    assert (merged.action, merged.target, merged.reason, merged.incident_id) == (
        CommandAction.HONOUR,
        "order-1",
        "merged",
        first,
    )
    assert (undone.target, undone.reason, undone.made) == ("order-2", "undone", second)
    assert done.decisions["repeated", "redelivered"] == 1
    events = [event for event, told, _ in done.events if told is None]
    assert [(event.incident_id, event.redirect) for event in events] == [
        (first, None),
        (second, first),
        (first, None),
        (second, None),
    ]
    for topic in (SETTINGS.topic_active_shooter, SETTINGS.topic_incidents):
        values = [each.value or b"" for each in done.alerts if each.topic == topic]
        assert [msgspec.json.decode(value, type=AlertEvent) for value in values[-4:]] == events


@pytest.mark.parametrize("cut", range(6))
def test_another_worker_goes_on_from_the_state_to_the_same_records(story: list[object], cut: int) -> None:
    whole = fold(desk(), *story)
    before = fold(desk(), *story[:cut])
    first, second = (fold(desk(before.state), *story[cut:]) for _ in range(2))
    assert contents(first) == contents(second)
    assert contents(before) + contents(first) == contents(whole)
    assert {**before.state, **first.state} == whole.state
    assert fold(desk(whole.state), *story).alerts == []


def test_a_faulty_order_is_refused_so_that_its_author_sees_why(ids: tuple[str, str]) -> None:
    abroad = order(CommandAction.MERGE, incident_id=ids[0], target="fi-20310504-0")
    made = desk()
    done = fold(made, sighting_record(STORY[0], 0), among_sightings(abroad, 1))
    (answer,) = answers(done)
    assert (answer.action, answer.reason, answer.at) == (CommandAction.REFUSE, "other_country", START)
    assert len(done.events) == 1


def test_an_order_that_the_room_trips_over_stops_nobody(ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*_: object) -> None:
        raise RuntimeError("tripped")

    monkeypatch.setattr("streams.incidents.book.merge", trip)
    made = desk()
    command = order(CommandAction.MERGE, incident_id=ids[0], target=ids[1])
    done = fold(
        made, *(sighting_record(each, number) for number, each in enumerate(STORY)), among_sightings(command, 2)
    )
    assert done.refused == {"decision_failed": 1}
    assert [answer.reason for answer in answers(done)] == ["order_failed"]
