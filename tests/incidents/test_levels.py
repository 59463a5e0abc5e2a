"""Threat levels: states of their own, kept apart from the attacks of their area and shown with them while in force."""

import msgspec
import pytest

from streams.incidents import Book, Policy
from streams.model import (
    AlertEvent,
    Decision,
    Direction,
    Incident,
    Kind,
    Place,
    Precision,
    Reading,
    Severity,
    Sighting,
    ThreatLevel,
)
from tests.incidents.build import HARROW, NORLUND, SORLAND, VELDEN, at, danger, level, over, sighting

ABROAD = Place(name="Tarn", country="Estmark", country_code="EE", lat=58.0, lon=26.0, precision=Precision.CITY)


def notice(told: ThreatLevel) -> Reading:
    """A level told by itself."""
    return danger(kinds=(Kind.TERROR_ALERT,), severity=Severity.MODERATE, threat_level=told)


def play(*sightings: Sighting) -> tuple[Book, list[Decision]]:
    book, decisions = Book(Policy()), []
    for one in sightings:
        decision = book.decide(one)
        assert msgspec.json.encode(decision) == msgspec.json.encode(book.decide(one))
        book.apply(decision)
        decisions.append(decision)
    return book, decisions


def last(decisions: list[Decision]) -> AlertEvent:
    event = decisions[-1].outcomes[-1].event
    assert event is not None
    return event


def shown(*sightings: Sighting) -> tuple[str | None, str | None, list[str | None]]:
    """Level of the last event, the incident that it names for it, and the incidents of all sightings."""
    _, decisions = play(*sightings)
    event = last(decisions)
    word = event.threat_level.level if event.threat_level else None
    return word, event.level_incident, [one.incident_id for one in decisions]


RAISED = sighting("l1", 0, notice(level("orange", 2, Direction.RAISED)), place=NORLUND, title="Norlund goes to orange")


def test_an_attack_carries_the_level_of_its_country_and_stays_an_incident_of_its_own() -> None:
    word, of, (told, attack) = shown(RAISED, sighting("a", 5))
    assert (word, of) == ("orange", told)
    assert told != attack


def test_the_state_of_an_attack_holds_only_what_was_told_of_it() -> None:
    book, decisions = play(RAISED, sighting("a", 5))
    incident = book.get(decisions[-1].incident_id or "")
    assert isinstance(incident, Incident)
    assert incident.threat_level is None


def test_a_level_that_was_lowered_holds_as_lowered() -> None:
    lowered = sighting(
        "l2", 30, notice(level("yellow", 1, Direction.LOWERED)), place=NORLUND, title="Norlund to yellow"
    )
    assert shown(RAISED, lowered, sighting("a", 31))[0] == "yellow"


def test_a_level_of_an_area_holds_there_alone_and_goes_before_that_of_the_country() -> None:
    area = sighting(
        "l2", 1, notice(level("red", 3, Direction.RAISED, area="Sorland")), place=SORLAND, title="Red for Sorland"
    )
    assert shown(RAISED, area, sighting("a", 2, place=VELDEN))[0] == "red"
    assert shown(area, RAISED, sighting("a", 2, place=VELDEN))[0] == "red"
    assert shown(RAISED, area, sighting("a", 2, place=HARROW, title="Ferry seized off Harrow Bay"))[0] == "orange"


def test_a_level_told_by_an_attack_reaches_the_other_attacks_of_the_country() -> None:
    attack = sighting("a", 0, danger(threat_level=level("red", 3, Direction.RAISED)))
    word, of, (first, second) = shown(attack, sighting("b", 1, place=HARROW, title="Ferry seized off Harrow Bay"))
    assert (word, of) == ("red", first)
    assert first != second


@pytest.mark.parametrize("hours", [15.1 * 24, 400 * 24])
def test_a_level_expires_by_event_time(hours: float) -> None:
    assert shown(RAISED, sighting("a", hours))[:2] == (None, None)


def test_a_level_ends_when_it_said_that_it_would() -> None:
    until = msgspec.structs.replace(level("orange", 2, Direction.RAISED), expires_at=at(48))
    told = msgspec.structs.replace(RAISED, reading=notice(until))
    assert shown(told, sighting("a", 47))[0] == "orange"
    assert shown(told, sighting("a", 49))[0] is None


def test_a_level_ends_with_its_all_clear_and_does_not_cross_borders() -> None:
    lifted = over(kinds=(Kind.TERROR_ALERT,), advisory=None, threat_level=None)
    end = sighting("l2", 3, lifted, place=NORLUND, title="Norlund goes to orange no more")
    _, decisions = play(RAISED, end)
    assert decisions[1].incident_id == decisions[0].incident_id
    assert shown(RAISED, end, sighting("a", 5))[0] is None
    assert shown(RAISED, sighting("a", 5, place=ABROAD))[0] is None


def test_a_level_carries_its_own_word_whatever_else_is_told() -> None:
    attack = sighting("a", 1, danger(threat_level=level("red", 3, Direction.RAISED)))
    again = sighting("l2", 2, notice(level("orange", 2, Direction.KEPT)), place=NORLUND, title="Norlund stays orange")
    book, decisions = play(RAISED, attack, again)
    held = book.get(decisions[0].incident_id or "")
    assert held is not None
    assert held.level_only
    assert held.threat_level is not None
    assert held.threat_level.level == "orange"
