from datetime import UTC, datetime

import pytest

from streams.model import Direction, Place, ThreatLevel
from streams.reading.levels import HIGHEST, LOWEST, SECOND, Levels


@pytest.fixture(scope="module")
def levels():
    return Levels()


def place(code):
    return Place(name="Testville", country_code=code, precision="city")


@pytest.mark.parametrize(
    ("code", "word", "expected"),
    [
        ("KZ", "yellow", ("yellow", 1, 3)),
        ("RU", "yellow", ("yellow", 2, 3)),
        ("GB", "substantial", ("substantial", 3, 5)),
        ("NL", "substantial", ("4", 4, 5)),
        ("NZ", "low", ("low", 2, 5)),
        ("KZ", HIGHEST, ("red", 3, 3)),
        ("BE", "4", ("4", 4, 4)),
        ("GB", SECOND, ("severe", 4, 5)),
        ("GB", LOWEST, ("low", 1, 5)),
        ("FR", HIGHEST, ("urgence attentat", 3, 3)),
        ("TR", HIGHEST, (None, None, None)),
        (None, "severe", ("severe", None, None)),
    ],
)
def test_a_word_ranks_by_its_country(levels, code, word, expected):
    settled = levels.settle(ThreatLevel(level=word, direction=Direction.RAISED), code, "Here")
    assert (settled.level, settled.rank, settled.of) == expected


def test_two_levels_decide_the_direction(levels):
    told = ThreatLevel(level="yellow", previous="red", direction=Direction.RAISED)
    settled = levels.settle(told, "KZ", "Here")
    assert settled.direction is Direction.LOWERED
    assert settled.previous == "red"


@pytest.mark.parametrize(
    ("title", "code", "level", "direction"),
    [
        ("Terror threat level raised from substantial to severe", "GB", "severe", "raised"),
        ("Terror alert level cut from four to three", "BE", "3", "lowered"),
        ("Highest terror alert declared after market bombing", "KZ", "red", "raised"),
        ("Yellow terror threat level extended until May", "KZ", "yellow", "kept"),
        ("В области введён красный уровень террористической опасности", "RU", "red", "raised"),
    ],
)
def test_levels_are_read_from_headlines(read, title, code, level, direction):
    reading = read(title, "The interior ministry said so on Tuesday.", place(code))
    assert reading.threat_level is not None
    assert (reading.threat_level.level, reading.threat_level.direction) == (level, direction)
    assert reading.threat_level.country_code == code


def test_the_top_level_is_extreme_and_a_lowered_one_minor(read):
    assert (
        read("Terror threat level raised to critical", "The government said so on Monday.", place("GB")).severity
        == "Extreme"
    )
    lowered = read("Terror threat level lowered to substantial", "The government said so on Monday.", place("GB"))
    assert (lowered.status, lowered.severity) == ("all_clear", "Minor")


@pytest.mark.parametrize(
    ("title", "text", "code", "expires"),
    [
        (
            "Yellow terror threat level declared in Karsk region",
            "The yellow terror threat level was declared in the Karsk region on Tuesday. It will hold for 14 days.",
            "KZ",
            datetime(2022, 3, 29, tzinfo=UTC),
        ),
        (
            "Terror threat level raised to severe until Sunday",
            "The government announced the change on Wednesday.",
            "GB",
            datetime(2022, 3, 21, tzinfo=UTC),
        ),
        (
            "Yellow terror threat level extended until 15 May",
            "The region said so on Wednesday.",
            "KZ",
            datetime(2022, 5, 16, tzinfo=UTC),
        ),
        (
            "В области введён красный уровень террористической опасности до 20 марта",
            "Об этом сообщило министерство внутренних дел.",
            "RU",
            datetime(2022, 3, 21, tzinfo=UTC),
        ),
        ("Terror threat level raised to severe", "Schools are closed until Friday.", "GB", None),
        (
            "Terror threat level lowered to substantial",
            "The severe terror threat level had been due to hold until 15 May.",
            "GB",
            None,
        ),
    ],
)
def test_a_level_expires_when_told(read, title, text, code, expires):
    reading = read(title, text, place(code))
    assert reading.threat_level is not None
    assert reading.threat_level.expires_at == expires
