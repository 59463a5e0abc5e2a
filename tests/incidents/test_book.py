"""The laws of the book: pure decisions, redelivery, restoring, order, totality and bounded size."""

from datetime import UTC, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.incidents import REASONS, Book, Policy, PolicyError
from streams.incidents.policy import THREAT_LEVEL
from streams.model import (
    AlertEvent,
    Bound,
    Casualties,
    Direction,
    Incident,
    Kind,
    Place,
    Precision,
    Reading,
    Severity,
    Sighting,
    Status,
    Suspects,
    Urgency,
)
from tests.incidents.build import (
    HARROW,
    LIFTED,
    NOON,
    NORLUND,
    SHELTER,
    SORLAND,
    VELDEN,
    at,
    danger,
    level,
    over,
    sighting,
    toll,
)

WORDS = ("arcade", "ferry", "gunman", "tower", "lindgren", "quist", "harbour", "orchard", "bells", "tannery", "oster")

readings = st.builds(
    Reading,
    kinds=st.sampled_from(
        [
            (Kind.ACTIVE_SHOOTER,),
            (Kind.TERROR_ALERT,),
            (Kind.LOCKDOWN_ADVISORY,),
            (Kind.TERROR_ALERT, Kind.ACTIVE_SHOOTER),
        ]
    ),
    status=st.sampled_from(
        [Status.CURRENT, Status.CURRENT, Status.CURRENT, Status.ALL_CLEAR, Status.FOLLOWUP, Status.HOAX]
    ),
    severity=st.sampled_from(Severity),
    urgency=st.sampled_from(Urgency),
    confidence=st.sampled_from([0.3, 0.6, 0.9]),
    casualties=st.builds(
        Casualties,
        killed=st.none() | st.integers(min_value=0, max_value=40),
        injured=st.none() | st.integers(min_value=0, max_value=90),
        killed_bound=st.sampled_from(Bound),
    ),
    suspects=st.builds(Suspects, at_large=st.none() | st.integers(min_value=0, max_value=3)),
    threat_level=st.none()
    | st.builds(level, st.sampled_from(["yellow", "red"]), st.just(1), st.sampled_from(Direction)),
    advisory=st.sampled_from([None, SHELTER, LIFTED]),
    official=st.booleans(),
    partial=st.booleans(),
)


@st.composite
def streams(draw: st.DrawFn, most: int = 24, hours: int = 60) -> list[Sighting]:
    """Sightings in order of arrival, some late, some undated, some copies, with ids that differ."""
    found = []
    for number in range(draw(st.integers(min_value=1, max_value=most))):
        seen = draw(st.integers(min_value=0, max_value=hours * 60)) / 60
        lag = draw(st.sampled_from([0.0, 0.0, 0.1, 1.0, 8.0, 90.0]))
        published = draw(st.sampled_from([seen - lag, seen - lag, seen - lag, None]))
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
        text = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=30)))
        found.append(
            sighting(
                f"s{number}",
                seen,
                draw(readings),
                place=draw(st.sampled_from([VELDEN, VELDEN, HARROW, NORLUND, SORLAND, None])),
                title=" ".join(words),
                text=text,
                publisher=draw(st.sampled_from(["one", "two", "three", ""])),
                published=published,
            )
        )
    return sorted(found, key=lambda one: one.seen_at)


def play(book: Book, sightings: list[Sighting]) -> list[AlertEvent]:
    events = []
    for one in sightings:
        decision = book.decide(one)
        book.apply(decision)
        events += [outcome.event for outcome in decision.outcomes if outcome.event is not None]
    return events


def snapshots(book: Book) -> list[bytes]:
    return [msgspec.json.encode(incident) for incident in book.incidents()]


@given(streams())
def test_deciding_changes_nothing_and_repeats_itself(sightings: list[Sighting]) -> None:
    book = Book(Policy())
    for one in sightings:
        before = snapshots(book)
        first = msgspec.json.encode(book.decide(one))
        assert msgspec.json.encode(book.decide(one)) == first
        assert snapshots(book) == before
        book.apply(book.decide(one))


@given(streams())
def test_a_redelivery_is_a_duplicate(sightings: list[Sighting]) -> None:
    book = Book(Policy())
    homes = {}
    for one in sightings:
        decision = book.decide(one)
        book.apply(decision)
        homes[one.id] = decision.incident_id
    before = snapshots(book)
    for one in sightings:
        decision = book.decide(one)
        if homes[one.id] is not None:
            assert (decision.decision, decision.reason, decision.outcomes) == ("duplicate", "redelivered", ())
            assert decision.incident_id == homes[one.id]
    assert snapshots(book) == before


@given(streams(), st.randoms(use_true_random=False), st.integers(min_value=0, max_value=24))
def test_a_restored_book_goes_on_as_the_old_one_would(sightings: list[Sighting], dice: object, cut: int) -> None:
    book = Book(Policy())
    play(book, sightings[:cut])
    held = [msgspec.json.decode(snapshot, type=Incident) for snapshot in snapshots(book)]
    dice.shuffle(held)  # type: ignore[attr-defined]
    restored = Book(Policy())
    for incident in held:
        restored.restore(incident)
    for one in sightings[cut:]:
        decision, again = book.decide(one), restored.decide(one)
        assert msgspec.json.encode(decision) == msgspec.json.encode(again)
        book.apply(decision)
        restored.apply(again)
    assert snapshots(book) == snapshots(restored)


@given(streams())
def test_event_ids_are_unique_and_revisions_have_no_gaps(sightings: list[Sighting]) -> None:
    events = play(Book(Policy()), sightings)
    assert len({event.id for event in events}) == len(events)
    revisions: dict[str, int] = {}
    for event in events:
        assert event.revision == revisions.get(event.incident_id, 0) + 1
        assert event.reason in REASONS
        revisions[event.incident_id] = event.revision


@given(streams())
def test_partitions_do_not_touch_each_other(sightings: list[Sighting]) -> None:
    book, alone = Book(Policy()), Book(Policy())
    events = play(book, sightings)
    apart = play(alone, [one for one in sightings if one.partition_key == "NL"])
    assert [event for event in events if event.incident_id.startswith("nl-")] == apart


TOLERANT = (
    "phase",
    "kinds",
    "severity",
    "urgency",
    "certainty",
    "confidence",
    "place",
    "toll",
    "claims",
    "sources",
    "publishers",
    "origins",
    "tokens",
    "event_at",
    "first_seen_at",
    "last_seen_at",
    "newest_at",
    "cleared_at",
    "expires_at",
    "official",
)
"""The fields of a snapshot that do not depend on the order of arrival within the allowed lateness. The others tell of
the way: ids, revisions, who opened it, and the order of contributions and evidence."""

witnesses = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=120),
        st.sampled_from(["danger", "news", "clear"]),
        st.none() | st.integers(min_value=0, max_value=12),
        st.sampled_from([VELDEN, NORLUND]),
        st.sampled_from(Severity),
        st.booleans(),
    ),
    min_size=2,
    max_size=7,
    unique_by=lambda one: one[0],
)


def witness(number: int, values: tuple[int, str, int | None, Place, Severity, bool]) -> Sighting:
    minute, what, killed, place, how, by = values
    reading = {
        "danger": danger(severity=how, casualties=toll(killed), official=by, advisory=SHELTER),
        "news": danger(severity=how, casualties=toll(killed), official=by, urgency=Urgency.PAST),
        "clear": over(casualties=toll(killed), official=by),
    }[what]
    return sighting(f"w{number}", 2.5, reading, place=place, published=minute / 60, publisher=f"p{number % 4}")


@given(witnesses, st.randoms(use_true_random=False))
def test_order_within_lateness_does_not_matter(told: list[tuple], dice: object) -> None:  # type: ignore[type-arg]
    sightings = [witness(number, values) for number, values in enumerate(told)]
    shuffled = list(sightings)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    finals = []
    for order in (sightings, shuffled):
        book = Book(Policy())
        home = None
        for one in order:
            decision = book.decide_into(one, home)
            book.apply(decision)
            home = home or decision.incident_id
        (incident,) = book.incidents()
        finals.append({field: getattr(incident, field) for field in TOLERANT})
    assert finals[0] == finals[1]


wild_times = st.datetimes(
    min_value=NOON.replace(year=1900, tzinfo=None),
    max_value=NOON.replace(year=2199, tzinfo=None),
    timezones=st.just(UTC),
)
wild_places = st.none() | st.builds(
    Place,
    name=st.text(max_size=20),
    admin1=st.none() | st.text(max_size=5),
    country_code=st.none() | st.sampled_from(["NL", "EE"]),
    lat=st.none() | st.floats(allow_nan=True),
    lon=st.none() | st.floats(allow_nan=True),
    precision=st.sampled_from(Precision),
    geoname_id=st.none() | st.integers(),
)


@given(
    st.lists(
        st.tuples(wild_times, st.none() | wild_times, wild_places, readings, st.text(max_size=60), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=150)
def test_nothing_makes_the_book_raise(values: list[tuple]) -> None:  # type: ignore[type-arg]
    book = Book(Policy())
    for number, (seen, published, place, reading, title, bare) in enumerate(values):
        one = sighting(f"x{number}", 0, reading, place=place, title=title)
        wild = msgspec.structs.replace(one, seen_at=seen, published_at=published, day_precision=bare)
        book.apply(book.decide(wild))


def test_a_storm_leaves_a_small_snapshot_and_few_alarms() -> None:
    book = Book(Policy())
    events: list[AlertEvent] = []
    for number in range(3000):
        words = " ".join(f"rare{(number * 37 + step) % 5000}" for step in range(60))
        reading = danger(casualties=toll(number // 10, number // 5), official=number % 3 == 0)
        decision = book.decide_into(
            sighting(f"storm{number}", number / 300, reading, text=words, publisher=f"p{number}"),
            events[0].incident_id if events else None,
        )
        book.apply(decision)
        events += [outcome.event for outcome in decision.outcomes if outcome.event is not None]
    (snapshot,) = snapshots(book)
    assert len(snapshot) < 64 * 1024
    assert sum(event.notify for event in events) <= Policy().notify_budget * 2


def test_an_incident_id_comes_from_its_opening_sighting_alone() -> None:
    alone, later = Book(Policy()), Book(Policy())
    play(later, [sighting("z", -50, place=HARROW, title="Harrow Bay ferry seized")])
    assert alone.decide(sighting("a", 0)).incident_id == later.decide(sighting("a", 0)).incident_id


def test_a_revoked_partition_is_forgotten() -> None:
    book = Book(Policy())
    play(book, [sighting("a", 0), sighting("b", 0, place=None)])
    assert {incident.partition_key for incident in book.incidents()} == {"NL", "ZZ"}
    book.forget_partition(["NL"])
    assert [incident.partition_key for incident in book.incidents()] == ["ZZ"]
    assert list(book.incidents("NL")) == []
    assert book.decide(sighting("a", 0)).decision == "opened"


def test_what_nobody_speaks_of_any_more_is_forgotten() -> None:
    book = Book(Policy(memory_hours=48))
    play(book, [sighting("a", 0), sighting("b", 40, place=HARROW, title="Harrow Bay ferry seized")])
    decision = book.decide(sighting("c", 24 * 9, place=HARROW, title="Orchard owners in Harrow Bay told to hide"))
    book.apply(decision)
    assert len(decision.forgotten) == 1
    assert book.get(decision.forgotten[0]) is None
    book.forget("unknown")


def test_a_date_in_the_future_is_held_back_by_arrival() -> None:
    book = Book(Policy())
    future = msgspec.structs.replace(sighting("a", 0), published_at=NOON + timedelta(days=4000))
    play(book, [future, sighting("b", 1)])
    (incident,) = book.incidents()
    assert incident.last_seen_at == at(1)
    assert incident.newest_at == at(1)


def test_a_policy_is_read_from_toml() -> None:
    assert Policy.load() == Policy()
    assert Policy.parse("lateness_hours = 1.5").lateness == timedelta(hours=1.5)
    assert Policy().expiry((), level_only=True) == timedelta(hours=Policy().expiry_hours[THREAT_LEVEL])


@pytest.mark.parametrize(
    "text",
    ["lateness_hours =", "lateness_hours = 'long'", "no_such_name = 1", "[expiry_hours]\nterror_alert = 1.0", b"\xff"],
)
def test_a_faulty_policy_says_what_is_wrong(text: str | bytes) -> None:
    with pytest.raises(PolicyError, match="policy"):
        Policy.parse(text)
