"""What the words around a name say, and the hints that spare searching for it."""

import pytest

from streams.places import Gazetteer, cues, hints
from streams.places.finder import Finder
from streams.places.neighbours import word_after, word_before

SENTENCES = (
    "Three people were shot dead in Oslo's main square.",
    "The minister, speaking in Oslo, condemned it.",
    "A man from Oslo was charged; he was born in Oslo state.",
    "The Oslo district court heard him, Oslo police said.",
    "He was flown to Oslo University Hospital. Oslo schools closed.",
    "Gunmen hit Oslo: Oslo nationals and Oslo tourists fled.",
    "A farm north of Oslo burned; fire reached the Oslo suburbs and the border.",
    "Oslo",
)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_hint_misses_no_cue(text: str) -> None:
    """A cue that the searches find with every hint given is found with the true hints too."""
    every = (1 << 12) - 1
    at = text.find("Oslo")
    while at >= 0:
        end, before = at + 4, cues.last_words(text, at)
        told, hint = cues.hints_before(text, at, before), hints.after(text, end)
        assert cues.event_after(text, end, hint) == cues.event_after(text, end, every)
        assert cues.police_after(text, end, hint) == cues.police_after(text, end, every)
        assert cues.says_region(text, at, end, hint) == cues.says_region(text, at, end, every)
        for adjective in (True, False):
            said = cues.reasons_against(text, at, end, before, told=told, hint=hint, adjective=adjective)
            assert said == cues.reasons_against(text, at, end, before, told=every, hint=every, adjective=adjective)
        at = text.find("Oslo", end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two people were killed in Oslo", True),
        ("A bomb went off near the old port of Oslo", True),
        ("A blast rocked Oslo", True),
        ("Two people were killed. He spoke in Oslo", False),
        ("The fair opened in Oslo", False),
    ],
)
def test_violence_leads_up_to_a_name_within_its_clause(text: str, expected: bool) -> None:
    at = text.index("Oslo")
    before = cues.last_words(text, at)
    assert cues.event_led(before, cues.hints_before(text, at, before)) is expected


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("held in Oslo after", ("in", False), ("after", True)),
        ("held in “Oslo” after", ("in", False), ("", False)),
        ("Closed\nOslo's streets", ("Closed", True), ("'s", False)),
        ("Oslo", ("", False), ("", False)),
        ("Mr. Oslo, of", ("Mr.", False), (",", False)),
    ],
)
def test_neighbours(text: str, before: tuple[str, bool], after: tuple[str, bool]) -> None:
    at = text.index("Oslo")
    assert word_before(text, at) == before
    assert word_after(text, at + 4) == after


def test_plain_words_are_names_only_where_the_text_says_so(gazetteer: Gazetteer) -> None:
    find = Finder(gazetteer).find
    assert not find("Many were hurt. Of them two stayed. Hurt people waited.", "text")
    assert [m.key for m in find("A fire broke out in Hurt, Virginia, on Monday.", "text")] == ["hurt", "virginia"]
