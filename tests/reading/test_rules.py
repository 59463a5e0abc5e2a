import pytest

from streams.model import Article, Status
from streams.reading import Reader


@pytest.fixture(scope="module")
def rules():
    return Reader(rules_only=True)


def ruled(rules, title, text=""):
    article = Article(id="case", title=title, text=text)
    return rules.read(article, rules.scan(article))


@pytest.mark.parametrize(
    "title",
    [
        "3 killed, 12 wounded in weekend shootings across the city",
        "2 dead, 9 hurt in citywide shootings since Friday night",
        "Violent weekend: 11 shot in separate incidents",
        "Shootings leave 5 wounded on south side",
    ],
)
def test_victims_of_several_shootings_make_no_mass_shooting(rules, title):
    assert ruled(rules, title).status is Status.CRIME


@pytest.mark.parametrize(
    "title",
    [
        "Six shot at block party in Dunford",
        "Mass shooting in Corvo: two dead, five wounded",
        "Two killed, three hurt in shooting at bar",
    ],
)
def test_victims_of_one_shooting_do(rules, title):
    assert ruled(rules, title).status is Status.CURRENT


@pytest.mark.parametrize(
    "title",
    [
        "Two soldiers killed in roadside bombing",
        "Rebels kill four troops in ambush on army patrol",
        "Three marines die in grenade attack",
    ],
)
def test_soldiers_killed_in_war_are_no_alert(rules, title):
    assert ruled(rules, title).status is Status.CONFLICT


@pytest.mark.parametrize(
    "title", ["Hotel bombing survivors speak", "Station bombing trial opens", "Embassy attack probe"]
)
def test_what_comes_after_an_attack_is_no_attack(rules, title):
    assert ruled(rules, title).status is Status.FOLLOWUP


def test_an_end_told_with_an_arrest_is_an_end_and_no_court_news(rules):
    reading = ruled(rules, "Suspect arrested in shooting on Mill Lane", "A nearby school was on lockdown for an hour.")
    assert reading.status is Status.ALL_CLEAR
