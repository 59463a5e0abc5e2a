from console_stories import DENMARK, event, stories, toll

from streams.console.history import advisory_spells, changes, claims, differences
from streams.console.words import REASONS, STATUSES, level_words, reason_words
from streams.incidents.reasons import REASONS as CODES
from streams.model import Bound, Count, Direction, Status, ThreatLevel, Toll


def test_every_reason_and_status_has_words() -> None:
    assert set(REASONS) == CODES
    assert set(STATUSES) == set(Status)
    assert reason_words("some_new_code") == "Some new code."


def test_equal_events_differ_in_nothing() -> None:
    assert differences(event("a", 1), event("a", 2)) == ()


def test_differences_are_told_in_words_the_gravest_first() -> None:
    before = event("a", 1, casualties=toll(1))
    after = event(
        "a",
        2,
        headline="Other words",
        casualties=Toll(killed=Count(latest=3, min=1, max=3, bound=Bound.AT_LEAST)),
        place=DENMARK,
    )
    found = [(change.field, change.before, change.after) for change in differences(before, after)]
    assert found[0] == ("killed", "1", "at least 3")
    assert [field for field, _, _ in found] == ["killed", "place", "headline"]


def test_changes_stand_beside_their_revisions() -> None:
    events = [each for each in stories() if each.incident_id == "tampere"]
    assert [len(each) > 0 for each in changes(events)] == [False, True, True, True]


def test_a_claim_is_told_once_per_value() -> None:
    events = [event("a", 1, casualties=toll(1)), event("a", 2, casualties=toll(1)), event("a", 3, casualties=toll(2))]
    killed = [(claim.revision, claim.value) for claim in claims(events) if claim.field == "killed"]
    assert killed == [(3, "2"), (1, "1")]


def test_a_claim_is_what_its_source_said_though_another_figure_stands() -> None:
    before = event("a", 1, casualties=Toll(injured=Count(latest=7, min=7, max=7)))
    after = event("a", 2, casualties=Toll(injured=Count(latest=7, min=5, max=7, conflict=True)))
    higher = event("a", 3, casualties=Toll(injured=Count(latest=7, min=5, max=9, conflict=True)))
    injured = [claim.value for claim in claims([before, after, higher]) if claim.field == "injured"]
    assert injured == ["9", "5", "7"]
    (change,) = differences(before, after)
    assert (change.before, change.after) == ("7", "7 (sources differ: 5 to 7)")


def test_no_advisory_no_spell() -> None:
    assert advisory_spells([event("a")]) == ()


def test_a_level_is_told_with_its_scale() -> None:
    level = ThreatLevel(country_code="KZ", area="Almaty", level="red", rank=3, of=3, direction=Direction.RAISED)
    assert level_words(level) == "Threat level red (3 of 3), raised, Almaty"
    fourth = ThreatLevel(level="4", rank=4, of=5, direction=Direction.RAISED)
    assert level_words(fourth) == "Threat level 4 of 5, raised"
    assert level_words(ThreatLevel(direction=Direction.KEPT)) == "Highest threat level, kept"
