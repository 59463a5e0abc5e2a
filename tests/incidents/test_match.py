"""Which sightings tell of one event, and which of two."""

import pytest

from streams.incidents import Book, Policy
from streams.incidents.scale import NAMES, learned
from streams.model import Direction, Kind, Place, Precision, Severity, Sighting, Status, Urgency
from tests.incidents.build import HARROW, NORLUND, SHELTER, SORLAND, VELDEN, danger, level, over, sighting, toll

SCHOOL = (
    "A pupil aged 16 shot two classmates at the Lindgren secondary school in Velden on Monday morning, police said. "
    "The headmistress locked the classrooms and teachers pushed desks against the doors."
)
CLUB = (
    "A 44-year-old bouncer shot five guests of the Blue Anchor nightclub in Velden late on Monday after a quarrel over "
    "a coat, detectives said. The owner, Torben Quist, hid in the cold store."
)


def groups(*sightings: Sighting, policy: Policy | None = None) -> list[str | None]:
    """Which incident each was given to, by a letter."""
    book = Book(policy or Policy())
    letters: dict[str | None, str | None] = {None: None}
    found = []
    for one in sightings:
        decision = book.decide(one)
        book.apply(decision)
        letters.setdefault(decision.incident_id, chr(ord("A") + len(letters) - 1))
        found.append(letters[decision.incident_id])
    return found


def test_the_weights_name_every_feature() -> None:
    assert all(len(weights.values()) == len(NAMES) for weights in learned())
    assert any(learned().full.values())
    assert any(learned().brief.values())


def test_two_reports_of_one_city_and_hour_are_one() -> None:
    assert groups(sighting("a", 0), sighting("b", 0.5, title="Shots heard near Velden tram stop")) == ["A", "A"]


def test_another_city_is_another_event() -> None:
    assert groups(sighting("a", 0), sighting("b", 0.5, place=HARROW, title="Harrow Bay school locked down")) == [
        "A",
        "B",
    ]


def test_a_country_finds_its_city_and_a_city_refines_a_country() -> None:
    wide = sighting("w", 0.5, place=NORLUND, title="Gunman fires at shoppers in Norlund arcade")
    region = sighting("r", 0.6, place=SORLAND, title="Gunman fires at shoppers in arcade")
    assert groups(sighting("a", 0), wide, region) == ["A", "A", "A"]
    book = Book(Policy())
    for one in (wide, sighting("a", 0.7)):
        book.apply(book.decide(one))
    (incident,) = book.incidents()
    assert incident.place == VELDEN


def test_two_shootings_in_one_city_on_one_day_stay_two() -> None:
    school = sighting("a", 0, danger(casualties=toll(0, 2)), title="Two pupils shot at Velden school", text=SCHOOL)
    club = sighting("b", 10, danger(casualties=toll(0, 5)), title="Five guests shot at Velden nightclub", text=CLUB)
    again = sighting(
        "c", 11, danger(casualties=toll(0, 2)), title="Lindgren school in Velden: pupil, 16, held", text=SCHOOL[60:]
    )
    more = sighting(
        "d", 12, danger(casualties=toll(0, 5)), title="Blue Anchor: bouncer, 44, shot five guests", text=CLUB[40:]
    )
    assert groups(school, club, again, more) == ["A", "B", "A", "B"]


def test_a_second_attack_weeks_later_is_another() -> None:
    assert groups(sighting("a", 0), sighting("b", 24 * 30, title="Knife attack on Velden ferry")) == ["A", "B"]


def test_a_copy_finds_its_original_wherever_it_was_placed() -> None:
    placed, misplaced = sighting("a", 0, text=SCHOOL), sighting("b", 1, text=SCHOOL, place=HARROW)
    assert groups(placed, misplaced) == ["A", "A"]


def test_a_namesake_far_away_may_be_the_place_mistaken() -> None:
    namesake = Place(
        name="Velden",
        admin1="Westmark",
        country="Norlund",
        country_code="NL",
        lat=57.0,
        lon=9.9,
        precision=Precision.CITY,
        geoname_id=77,
    )
    story = sighting("b", 1, place=namesake, title="Shoppers flee gunman in Velden arcade", text=SCHOOL[80:])
    assert groups(sighting("a", 0, text=SCHOOL), story) == ["A", "A"]


def test_a_follow_up_opens_nothing_and_finds_only_what_is_recent_and_near() -> None:
    book = Book(Policy())
    follow = sighting("f", 0, danger(status=Status.FOLLOWUP, kinds=()), opens=False)
    decision = book.decide(follow)
    assert (decision.decision, decision.incident_id, decision.outcomes) == ("ignored", None, ())
    late = sighting("f", 24 * 9, danger(kinds=(), status=Status.FOLLOWUP), opens=False)
    soon = sighting("g", 20, danger(kinds=(), status=Status.FOLLOWUP), opens=False)
    away = sighting("h", 20, danger(kinds=(), status=Status.FOLLOWUP), opens=False, place=HARROW)
    assert groups(sighting("a", 0), soon, away, late) == ["A", "A", None, None]


def test_a_national_level_swallows_no_attack() -> None:
    national = danger(
        kinds=(Kind.TERROR_ALERT,),
        threat_level=level("yellow", 1, Direction.KEPT),
        severity=Severity.MODERATE,
        urgency=Urgency.FUTURE,
    )
    notice = sighting("n", 0, national, place=NORLUND, title="Yellow threat level extended in all Norlund")
    again = sighting("m", 30, national, place=NORLUND, title="Norlund keeps yellow threat level until autumn")
    attack = sighting("a", 31, title="Gunman fires at shoppers in Velden arcade")
    assert groups(notice, again, attack) == ["A", "A", "B"]


def test_a_level_told_with_an_attack_belongs_to_it() -> None:
    raised = danger(kinds=(Kind.TERROR_ALERT,), threat_level=level("red", 3, Direction.RAISED, "Velden"))
    assert groups(sighting("a", 0), sighting("b", 1, raised, title="Velden on red alert")) == ["A", "A"]


def test_an_all_clear_finds_the_incident_it_ends() -> None:
    lockdown = danger(kinds=(Kind.LOCKDOWN_ADVISORY,), advisory=SHELTER)
    ended = sighting("b", 3, over(), title="Velden lockdown lifted")
    assert groups(sighting("a", 0, lockdown, title="Velden schools locked down"), ended) == ["A", "A"]


@pytest.mark.parametrize("place", [None, NORLUND, SORLAND, VELDEN])
def test_any_place_can_be_asked_for(place: Place | None) -> None:
    assert groups(sighting("a", 0, place=place), sighting("b", 1, place=place)) == ["A", "A"]


def test_nothing_is_matched_across_countries() -> None:
    abroad = VELDEN.__class__(
        name="Velden", country="Estmark", country_code="EE", lat=52.1, lon=5.2, precision=Precision.CITY
    )
    assert groups(sighting("a", 0), sighting("b", 0.2, place=abroad)) == ["A", "B"]


def test_a_region_named_for_an_incident_in_a_city_is_not_every_city_of_it() -> None:
    wide = sighting("w", 0.5, place=NORLUND, title="Gunman fires at shoppers in Norlund arcade")
    follow = danger(kinds=(), status=Status.FOLLOWUP)
    elsewhere = sighting(
        "f", 20, follow, opens=False, place=HARROW, title="Harrow Bay shoppers remember gunman in arcade"
    )
    assert groups(sighting("a", 0), wide, elsewhere) == ["A", "A", None]


@pytest.mark.parametrize("degrees", [float("inf"), float("-inf"), float("nan"), 1e308])
def test_a_place_that_is_not_on_earth_is_known_by_its_name(degrees: float) -> None:
    odd = Place(name="Velden", country_code="NL", lat=degrees, lon=degrees, precision=Precision.CITY)
    assert groups(sighting("a", 0, place=odd), sighting("b", 0.5, place=odd)) == ["A", "A"]
