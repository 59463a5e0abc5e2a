from datetime import UTC, datetime

import pytest

from streams.reading.expiry import ExpiryReader

PUBLISHED = datetime(2022, 3, 16, 12, 0, tzinfo=UTC)
"""A Wednesday."""
SINCE = datetime(2022, 3, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def expiry():
    return ExpiryReader()


@pytest.mark.parametrize(
    ("sentence", "month", "day"),
    [
        ("The yellow level holds until 15 August", 8, 16),
        ("The level will stay in force until August 15.", 8, 16),
        ("The level is kept through the 2nd of April", 4, 3),
        ("The alert expires on April 2, 2022", 4, 3),
        ("The level stays until Thursday", 3, 18),
        ("The level stays until Wednesday", 3, 24),
        ("The level is in place until midnight", 3, 17),
        ("The level holds until tomorrow", 3, 18),
        ("The red level was declared for 14 days", 3, 29),
        ("The level was raised for the next 40 days", 4, 24),
        ("The level was raised for two weeks", 3, 29),
        ("The level was raised for a month", 4, 14),
        ("The alert was issued for another 48 hours", 3, 17),
        ("The ministry declared a 14-day orange level", 3, 29),
        ("Красный уровень введен до 15 августа", 8, 16),
        ("Уровень действует до четверга", 3, 18),
        ("Уровень введен на 15 суток", 3, 30),
        ("Желтый уровень объявлен сроком на 40 дней", 4, 24),
        ("Уровень введен в течение двух недель", 3, 29),
        ("Уровень установлен на месяц", 4, 14),
        ("Le niveau est maintenu jusqu'au 15 août", 8, 16),
        ("Le niveau est relevé jusqu'à jeudi", 3, 18),
        ("Le niveau est relevé pendant 30 jours", 4, 14),
        ("Le niveau est relevé pour une durée de deux semaines", 3, 29),
        ("El nivel se mantiene hasta el 15 de agosto", 8, 16),
        ("El nivel se mantiene hasta el jueves", 3, 18),
        ("El nivel sube durante 30 días", 4, 14),
        ("Die Stufe gilt bis zum 15. August", 8, 16),
        ("Die Stufe gilt bis Donnerstag", 3, 18),
        ("Die Stufe gilt für 30 Tage", 4, 14),
        ("Die Stufe gilt zwei Wochen lang", 3, 29),
    ],
)
def test_a_time_is_told(expiry, sentence, month, day):
    assert expiry.read(sentence, PUBLISHED, SINCE) == datetime(2022, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "sentence",
    [
        "The level will stay until further notice",
        "The level has been in force for 40 days",
        "The level was raised for the first time",
        "The level was raised for security reasons",
        "The level was kept until 31 February",
        "The level was in force until 2 March 2021",
        "The level will stay for 900 days",
        "Police worked for hours",
        "Уровень повышен до красного",
        "Le niveau est relevé",
    ],
)
def test_no_time_is_told(expiry, sentence):
    assert expiry.read(sentence, PUBLISHED, SINCE) is None


def test_a_date_without_a_year_lies_ahead(expiry):
    late = datetime(2022, 12, 20, tzinfo=UTC)
    assert expiry.read("It holds until January 10", late, late) == datetime(2023, 1, 11, tzinfo=UTC)
