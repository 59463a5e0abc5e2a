"""The locator as the analysis room calls it."""

import msgspec
import pytest

from streams.model import Article, Precision, Span, Toponym
from streams.places import Locator


def article(title: str = "", text: str = "", source: str = "") -> Article:
    return Article(id="a", title=title, text=text, source=source)


def named(locator: Locator, text: str) -> list[tuple[str, str | None]]:
    return [(toponym.text, toponym.country_code) for toponym in locator.locate(article(text=text)).toponyms]


def test_a_page_with_a_tagline_is_placed_where_its_story_is(locator: Locator) -> None:
    title = "Two policemen shot in Bishkek, hunt under way"
    text = (
        "Steppe Courier — the Orient\nEverything from Beijing and Delhi to Tokyo: politics, trade and travel in China,"
        f" India and Japan.\n\n{title}\n\nPhoto: Steppe Courier\nSubscribe\nA man shot two policemen outside a bank in"
        " Bishkek on Tuesday, the Kyrgyz interior ministry said. Shops nearby were told to close.\nNewsfeed\n0\nlog in"
    )
    start = text.index("A man shot")
    anchors = (Span(where="title", start=0, end=len(title)), Span(where="text", start=start, end=start + 60))
    for given in (anchors, ()):
        placing = locator.locate(article(title, text), given)
        assert placing.place is not None
        assert (placing.place.name, placing.place.country_code) == ("Bishkek", "KG")
        assert placing.place.precision is Precision.CITY
        assert not {other.country_code for other in placing.others} & {"CN", "IN", "JP"}


def test_toponyms_tell_where_they_stand(locator: Locator) -> None:
    given = article("Shots in Oslo", "Shots were fired in Oslo and in Bergen, Norway.")
    placing = locator.locate(given)
    assert [t.text for t in placing.toponyms] == ["Oslo", "Oslo", "Bergen", "Norway"]
    for toponym in placing.toponyms:
        field = given.title if toponym.where == "title" else given.text
        assert field[toponym.start : toponym.end] == toponym.text
    assert [t.where for t in placing.toponyms] == ["title", "text", "text", "text"]


def test_a_place_has_its_region_and_country_in_english(locator: Locator) -> None:
    place = locator.locate(article("Siege in Munich", "Police in Munich surrounded a shop.")).place
    assert place is not None
    assert (place.name, place.admin1, place.country, place.country_code) == ("Munich", "Bavaria", "Germany", "DE")
    assert place.geoname_id == 2867714
    assert place.admin1_code == "02"
    assert place.lat == pytest.approx(48.137, abs=0.01)


def test_nothing_named_and_no_outlet_gives_no_place(locator: Locator) -> None:
    placing = locator.locate(article("Gunman opens fire", "Two people were hurt when a man opened fire."))
    assert placing.place is None
    assert placing.reason == "no_toponym"


def test_an_outlet_of_one_town_places_what_names_none(locator: Locator) -> None:
    placing = locator.locate(article("Gunman opens fire at school", "Two pupils were hurt.", "dallasnews.com"))
    assert placing.place is not None
    assert placing.place.country_code == "US"
    assert placing.reason == "outlet_home"


def test_abbreviations_count_in_their_own_spelling(locator: Locator) -> None:
    found = named(locator, "He drove from Tampa, Fla., to Washington, D.C., and flew to the UK. Let us go, he said.")
    assert found == [("Tampa", "US"), ("Fla.", "US"), ("Washington", "US"), ("D.C.", "US"), ("UK", "GB")]


def test_one_name_has_one_sense_in_an_article(locator: Locator) -> None:
    placing = locator.locate(
        article(
            "Fire in Athens", "A fire broke out in Athens, Georgia. People in Athens, near Atlanta, were told to leave."
        )
    )
    points = {(t.lat, t.lon) for t in placing.toponyms if t.text == "Athens"}
    assert len(points) == 1
    assert {t.country_code for t in placing.toponyms if t.text == "Athens"} == {"US"}


def test_possessives_hyphens_and_curly_quotes_are_no_part_of_a_name(locator: Locator) -> None:
    found = named(
        locator, "“Berlin’s streets” were calm, but in Stratford-upon-Avon and in Nairobi's centre shots fell."
    )
    assert [text for text, _ in found] == ["Berlin", "Stratford-upon-Avon", "Nairobi"]


def test_an_explanation_shows_names_senses_and_scores(locator: Locator) -> None:
    given = article("Shots in Paris, Texas", "Shots were fired in Paris, Texas, on Friday.")
    explained = locator.explain(given)
    assert explained.placing == locator.locate(given)
    paris = next(name for name in explained.names if name.key == "paris")
    assert paris.senses[0].chosen
    assert {sense.place.country_code for sense in paris.senses} >= {"US", "FR"}
    assert explained.events[0].score == max(event.score for event in explained.events)
    assert msgspec.json.decode(msgspec.json.encode(explained), type=type(explained)) == explained


def test_the_same_article_is_placed_the_same(locator: Locator) -> None:
    given = article(
        "Shots in Springfield", "Shots were fired in Springfield, Ill., and heard in Chatham and Rochester."
    )
    assert locator.locate(given) == locator.locate(given) == Locator(gazetteer=locator.gazetteer).locate(given)


def test_a_toponym_is_written_with_its_field(locator: Locator) -> None:
    toponym = locator.locate(article("Shots in Oslo")).toponyms[0]
    assert msgspec.to_builtins(toponym)["in"] == "title"
    assert isinstance(toponym, Toponym)
