"""Words: what people are told of a toll that is disputed, of the level they live under, and of a merge."""

import msgspec
from console_stories import event

from streams.model import Count, Direction, ThreatLevel, Toll
from streams.outlets.words import body, toll_words

LEVEL = ThreatLevel(country_code="FI", area="Pirkanmaa", level="high", rank=3, of=4, direction=Direction.RAISED)


def test_a_toll_says_whether_sources_differ_or_only_once_did() -> None:
    told = event("tampere", 1, casualties=Toll(killed=Count(latest=4, min=2, max=5)))
    assert toll_words(told) == "4 killed (reports say 2 to 5)"
    disputed = event("tampere", 1, casualties=Toll(killed=Count(latest=4, min=2, max=5, conflict=True)))
    assert toll_words(disputed) == "4 killed (sources differ: 2 to 5)"
    assert "Sources differ" not in body(disputed)
    assert "4 killed (sources differ: 2 to 5)" in body(disputed)


def test_a_level_told_elsewhere_is_one_in_force() -> None:
    raised = msgspec.structs.replace(event("tampere", 1), threat_level=LEVEL)
    assert "Threat level raised: high (3 of 4) Pirkanmaa" in body(raised)
    under = msgspec.structs.replace(raised, level_incident="fi-1")
    assert "Threat level in force: high (3 of 4) Pirkanmaa" in body(under)


def test_one_is_told_as_one() -> None:
    assert "1 article, 1 independent source" in body(event("tampere", 1))
    assert "5 articles, 3 independent sources" in body(event("tampere", 1, sources=(5, 4, 3)))


def test_a_merged_incident_says_where_it_goes_on() -> None:
    assert "Goes on as fi-2" in body(msgspec.structs.replace(event("tampere", 2), redirect="fi-2"))
