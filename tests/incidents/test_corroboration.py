"""Copies and families count once; confidence rises with independent origins."""

from hypothesis import given
from hypothesis import strategies as st

from streams.incidents import Book, Policy
from streams.incidents.corroboration import confidence_of, own_origin
from streams.model import Sighting, Sources
from tests.incidents.build import danger, sighting

WIRE = (
    "VELDEN (NPA) - A man with a hunting rifle opened fire from the roof of the old customs house on Monday, police "
    "said. Market traders lay down between their stalls until officers with shields reached them half an hour later. "
    "Ferries were held at the north pier and the ring road was shut in both directions."
)
OWN = (
    "From her kitchen window Mila Oster saw the trams stop and the drivers run. She counted seven bangs, she says, and "
    "then the square was empty but for a pram that rolled slowly towards the fountain and came to rest there."
)


def sources(*sightings: Sighting) -> Sources:
    book = Book(Policy())
    for one in sightings:
        book.apply(book.decide(one))
    (incident,) = book.incidents()
    return incident.sources


def test_two_hundred_copies_are_one_source() -> None:
    copies = [sighting(f"c{number}", number / 60, text=WIRE, wire="npa") for number in range(200)]
    assert sources(*copies) == Sources(articles=200, publishers=200, independent=1)


def test_copies_without_a_credit_are_one_source() -> None:
    copies = [sighting(f"c{number}", number / 60, text=WIRE) for number in range(20)]
    assert sources(*copies).independent == 1


def test_own_words_are_another_source() -> None:
    assert sources(sighting("a", 0, text=WIRE), sighting("b", 0.1, text=OWN)).independent == 2


def test_one_owner_is_one_source() -> None:
    first, second = sighting("a", 0, text=WIRE, publisher="one"), sighting("b", 0.1, text=OWN, publisher="one")
    assert sources(first, second) == Sources(articles=2, publishers=1, independent=1)


def test_the_agency_itself_and_its_subscriber_are_one() -> None:
    agency = sighting("a", 0, text=WIRE, publisher="norlund press agency")
    subscriber = sighting("b", 0.1, text=OWN, wire="npa")
    assert sources(agency, subscriber).independent == 1


def test_an_article_without_publisher_stands_for_itself() -> None:
    assert own_origin(sighting("a", 0, publisher="")) != own_origin(sighting("b", 0, publisher=""))


@given(st.floats(min_value=0, max_value=1), st.integers(min_value=1, max_value=60), st.booleans())
def test_confidence_grows_with_sources_and_authority(best: float, independent: int, official: bool) -> None:
    held = confidence_of(best, independent, official=official)
    assert 0 <= held < 1
    assert confidence_of(best, independent + 1, official=official) >= held
    assert confidence_of(best, independent, official=True) >= held


def test_confidence_is_in_the_alert() -> None:
    book = Book(Policy())
    book.apply(book.decide(sighting("a", 0, danger(confidence=0.6), text=WIRE)))
    decision = book.decide(sighting("b", 0.2, danger(confidence=0.6), text=OWN))
    (outcome,) = decision.outcomes
    assert outcome.event is not None
    assert outcome.event.change == "corroborated"
    assert not outcome.event.notify
    assert outcome.event.confidence > 0.6
