from datetime import UTC, datetime

import pytest

from streams.model import Article
from streams.reading.when import event_time, is_of_past_year, is_old


def article(published="2022-03-16T12:00:00", **more):
    return Article(id="w", title="t", published_at=datetime.fromisoformat(published).replace(tzinfo=UTC), **more)


@pytest.mark.parametrize(
    ("passage", "day"),
    [
        ("It happened on Monday evening.", 14),
        ("Today shots were fired.", 16),
        ("He was seen yesterday.", 15),
        ("On Thursday, just past midnight.", 17),
        ("The attack of March 12 shook the town.", 12),
        ("on 13 March 2022", 13),
        ("Это произошло в понедельник.", 14),
        ("Нападение произошло вчера вечером.", 15),
        ("Взрыв прогремел 12 марта.", 12),
        ("Un homme a ouvert le feu mardi.", 15),
        ("L'attaque du 12 mars a fait deux morts.", 12),
        ("El ataque ocurrió el lunes.", 14),
        ("El ataque del 12 de marzo dejó un muerto.", 12),
        ("Die Tat geschah am Montag.", 14),
        ("Der Anschlag vom 12. März 2022 erschütterte die Stadt.", 12),
    ],
)
def test_days_are_counted_from_publication(passage, day):
    time = event_time(article(), passage)
    assert time is not None
    assert (time.at.day, time.told, time.precision) == (day, True, "day")


@pytest.mark.parametrize("passage", ["Mardi Gras was loud.", "Placido Domingo sang.", "They ate fish, et al."])
def test_names_are_no_days(passage):
    time = event_time(article(), passage)
    assert time is not None
    assert not time.told


def test_without_a_day_publication_stands_in():
    assert event_time(article(), "Shots were fired.").told is False
    assert event_time(article(day_precision=True), "Shots were fired.").precision == "day"
    assert event_time(Article(id="w", title="t"), "on Monday") is None


@pytest.mark.parametrize(
    ("passage", "old"),
    [
        ("on March 1", True),
        ("on March 14", False),
        ("on Friday", False),
        ("on December 30", True),
        ("on March 30", False),
        ("on February 31", False),
    ],
)
def test_old_events(passage, old):
    one = article()
    assert is_old(one, event_time(one, passage)) is old


@pytest.mark.parametrize(
    ("headline", "opening", "past"),
    [
        ("Man gets 22 years for 2019 shooting", "", True),
        ("Man jailed", "He shot two people in 2020.", True),
        ("Deadliest attack since 2004", "", False),
        ("Attack in 2022", "", False),
        ("Flight KL-1998 evacuated", "", False),
        ("Four shot", "Shots rang out.", False),
    ],
)
def test_years_gone_by(headline, opening, past):
    assert is_of_past_year(article(), headline, opening) is past


def test_a_record_and_a_verb_are_no_dates():
    assert is_of_past_year(article(), "", "It was the worst such attack since gunmen killed two in 1999.") is False
    told = event_time(article(), "Shooting of 3 may be linked to feud")
    assert told is not None
    assert not told.told


def test_the_old_year_is_near_in_january():
    assert is_of_past_year(article("2022-01-10T12:00:00"), "Gunman of December 2021 sought", "") is False
    assert is_of_past_year(Article(id="w", title="t"), "The attack of 1998", "") is False
