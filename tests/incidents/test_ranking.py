"""The incident that a sighting most probably tells of: found without a close look at every one, and the same."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.incidents import Book, Policy
from streams.incidents.look import Told
from streams.incidents.match import alert_prior, chance, scale_for, weigh
from streams.incidents.pair import Crowd, Pair
from streams.incidents.scale import NAMES, Scale, learned
from streams.model import Kind, Place, Sighting, Status
from tests.incidents.build import HARROW, NORLUND, SORLAND, VELDEN, danger, sighting, toll

WORDS = ("tram", "harbour", "bakery", "vicar", "kestrel", "ombudsman", "quarry", "lighthouse", "allotment", "orchard")
UNITS = tuple(Scale(**{name: 1.0}) for name in NAMES)
PLACES = (VELDEN, HARROW, SORLAND, NORLUND, None)


class Drawn(NamedTuple):
    """One drawn article."""

    hours: float
    place: Place | None
    words: list[str]
    killed: int | None
    status: Status


DRAWN = st.builds(
    Drawn,
    hours=st.floats(0, 400, allow_nan=False).map(lambda hours: round(hours, 2)),
    place=st.sampled_from(PLACES),
    words=st.lists(st.sampled_from(WORDS), max_size=40),
    killed=st.none() | st.integers(0, 4),
    status=st.sampled_from((Status.CURRENT, Status.CURRENT, Status.ALL_CLEAR, Status.FOLLOWUP)),
)


def made(number: int, one: Drawn) -> Sighting:
    told = danger(casualties=toll(one.killed, None), status=one.status, kinds=(Kind.ACTIVE_SHOOTER,))
    return sighting(f"s{number}", one.hours, told, place=one.place, title="Shots heard", text=" ".join(one.words))


def likeliest(book: Book, told: Told) -> tuple[float, str | None]:
    """The best of all pairs, each weighed in full."""
    pairs, crowd = book.pairs(told)
    scale = scale_for(told, learned())
    rivals = sum(pair.alerts > 0 for pair in pairs)

    def likely(pair: Pair) -> float:
        prior = alert_prior(pair, book.policy.alert_prior, rivals) if pair.alerts else 0.0
        return chance(prior + weigh(pair, crowd, scale))

    ranked = [(likely(pair), pair.known.newest_us, pair.known.incident.id) for pair in pairs]
    found = max((one for one in ranked if one[0] >= book.policy.match_threshold), default=None)
    return (found[0], found[2]) if found else (0.0, None)


@settings(max_examples=60)
@given(st.lists(DRAWN, min_size=2, max_size=14))
def test_nothing_better_is_passed_over(drawn: list[Drawn]) -> None:
    book = Book(Policy())
    for number, one in enumerate(sorted(drawn, key=lambda one: one.hours)):
        new = made(number, one)
        expected = likeliest(book, Told(new))[1]
        decision = book.decide(new)
        if decision.decision in ("attached", "late", "stale"):
            assert decision.incident_id == expected
        else:
            assert expected is None
        book.apply(decision)


@settings(max_examples=40)
@given(st.lists(DRAWN, min_size=2, max_size=8))
def test_a_pair_weighs_what_its_features_weigh(drawn: list[Drawn]) -> None:
    book = Book(Policy())
    *known, last = sorted(drawn, key=lambda one: one.hours)
    for number, one in enumerate(known):
        book.apply(book.decide(made(number, one)))
    told = Told(made(len(known), last))
    pairs, crowd = book.pairs(told)
    for pair in pairs:
        scale = scale_for(told, learned())
        values = [weigh(pair, crowd, unit) for unit in UNITS]
        whole = sum(value * weight for value, weight in zip(values, scale.values(), strict=True))
        assert abs(whole - weigh(pair, crowd, scale)) < 1e-9


def test_a_scale_keeps_the_order_of_its_names() -> None:
    scale = Scale.of([float(number) for number in range(len(NAMES))])
    assert [getattr(scale, name) for name in NAMES] == list(scale.values())
    assert Crowd(0, 0, 0, 1, 0).alone
    assert not Crowd(0, 0, 0, 2, 0).alone


def pair_of(first: str, second: str, place: Place, *, hours: float = 1.0) -> tuple[Pair, Crowd]:
    """The pair of a headline in Velden and a second one, in ``place``."""
    book = Book(Policy())
    book.apply(book.decide(sighting("a", 0, title=first, text="", place=VELDEN)))
    (pair,), crowd = book.pairs(Told(sighting("b", hours, title=second, text="", place=place)))
    return pair, crowd


def test_a_town_that_is_named_counts_for_more_than_one_that_was_inferred() -> None:
    named, crowd = pair_of("Shots fired in Velden", "Man hurt by shots in Velden", VELDEN)
    inferred, _ = pair_of("Shots fired in Velden", "Man hurt by shots", VELDEN)
    assert (named.told.named, inferred.told.named, named.known.named) == (True, False, True)
    unit = Scale(same_x_named=1.0)
    assert (weigh(named, crowd, unit), weigh(inferred, crowd, unit)) == (1.0, 0.0)


def test_first_reports_and_trials_are_weighed_as_such() -> None:
    trial, crowd = pair_of("Shots fired in Velden", "Velden gunman pleads guilty", VELDEN, hours=200)
    plain, _ = pair_of("Velden gunman pleads guilty", "Shots fired in Velden", VELDEN, hours=200)
    assert weigh(trial, crowd, Scale(court=1.0)) == 1.0
    assert weigh(plain, crowd, Scale(plain=1.0)) == 1.0
    assert weigh(plain, crowd, Scale(known_court_x_plain=1.0)) == 1.0
