"""Folding, finding and the gazetteer's own contents."""

import pytest

from streams.places import Gazetteer, GazetteerError
from streams.places.finder import Finder
from streams.places.folding import fold
from streams.places.gazetteer import Level
from streams.places.mentions import Case, case_of


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("São Paulo", "sao paulo"),
        ("Sa\u0303o Paulo", "sao paulo"),
        ("St. Louis", "saint louis"),
        ("Winston-Salem", "winston salem"),
        ("N’Djamena", "ndjamena"),
        ("Łódź", "lodz"),
        ("АЛМАТЫ", "алматы"),
        ("Йошкар-Ола", "йошкар ола"),
        ("И\u0306ошкар", "йошкар"),
        ("", ""),
    ],
)
def test_fold(name: str, key: str) -> None:
    assert fold(name) == key


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("A man was shot in Oslo on Monday", Case.SENTENCE),
        ("Man Shot Dead in Oslo on Monday", Case.TITLE),
        ("MAN SHOT DEAD IN OSLO", Case.UPPER),
        ("man shot dead in oslo", Case.LOWER),
        ("", Case.SENTENCE),
        ("123 — 456", Case.SENTENCE),
    ],
)
def test_case_of(text: str, case: int) -> None:
    assert case_of(text) is case


def test_the_longest_name_is_found(gazetteer: Gazetteer) -> None:
    text = "He went by New York City to Newcastle upon Tyne, W. Va. and Port St. Lucie."
    found = [text[m.start : m.end] for m in Finder(gazetteer).find(text, "text")]
    assert found == ["New York City", "Newcastle upon Tyne", "W. Va.", "Port St. Lucie"]


def test_a_state_is_linked_to_the_town_before_it(gazetteer: Gazetteer) -> None:
    mentions = Finder(gazetteer).find("In Athens, Ohio, and in Macon, GA", "text")
    assert [(m.key, m.holder.key if m.holder else None) for m in mentions if not m.held] == [
        ("athens", "ohio"),
        ("macon", "GA"),
    ]


def test_short_capitals_are_no_towns(gazetteer: Gazetteer) -> None:
    for text in ("The UN said so", "The U.N. said so"):
        assert "un" not in {m.key for m in Finder(gazetteer).find(text, "text")}


def test_headlines_without_capitals_keep_their_short_forms(gazetteer: Gazetteer) -> None:
    finder = Finder(gazetteer)
    for title, found in (
        ("us troops fired on in iraq", ["us", "iraq"]),
        ("let us pray", []),
        ("bomb closes ny bridge", ["ny"]),
        ("blast near georgias parliament", ["georgias"]),
    ):
        assert [title[m.start : m.end] for m in finder.find(title, "title")] == found


@pytest.mark.parametrize(
    ("name", "country", "level"),
    [
        ("kazakhstan", "KZ", Level.COUNTRY),
        ("казахстан", "KZ", Level.COUNTRY),
        ("алматы", "KZ", Level.CITY),
        ("lancaster county", "US", Level.ADMIN2),
        ("bavaria", "DE", Level.ADMIN1),
        ("british", "GB", Level.COUNTRY),
        ("mediterranean sea", "", Level.REGION),
        ("times square", "US", Level.LANDMARK),
    ],
)
def test_the_gazetteer_knows(gazetteer: Gazetteer, name: str, country: str, level: int) -> None:
    senses = gazetteer.senses(gazetteer.keys[name])
    assert (country, level) in {(gazetteer.countries[gazetteer.country[i]], gazetteer.level(i)) for i, _ in senses}


def test_capitals_are_known(gazetteer: Gazetteer) -> None:
    names = {gazetteer.countries[country]: gazetteer.names[index] for country, index in gazetteer.capitals.items()}
    assert names["KZ"] == "Astana"
    assert names["FR"] == "Paris"
    assert names["US"] == "Washington"
    assert len(names) > 180


def test_another_file_is_refused() -> None:
    with pytest.raises(GazetteerError, match="build_gazetteer"):
        Gazetteer(b"something else")
