"""Articles become sightings: who speaks, in whose words, and with which rare words."""

import re
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.incidents import sight
from streams.incidents.publishers import agency_key, publisher_of, wire_of
from streams.incidents.sketch import COPY_SHARE, SIZE, copy_share, sketch, words
from streams.incidents.tokens import MAX_TOKENS, ages_in, corrects, tokens_of
from streams.model import Article, Casualties, Kind, Placing, Reading, Status
from tests.incidents.build import NOON, VELDEN, danger

STORY = (
    "Three people were taken to hospital after a man with a crossbow walked through the covered market of Velden on "
    "Monday, the mayor's office said. Stallholders pulled down their shutters and led customers into the cellars. "
    "Officers from the river precinct found the man asleep under the clock tower and led him away without a struggle. "
    "Trams were halted for an hour while the squares on both banks were searched."
)
OTHER = (
    "The harbour council voted on Thursday to dredge the northern basin, a work that was put off twice for want of "
    "money. Ferries will leave from the long pier until autumn, and the fish hall is to get a new roof. Residents had "
    "asked for the quay wall to be raised instead, since the cellars along it fill with water every spring."
)


def article(**changes: object) -> Article:
    fields: dict[str, object] = {"id": "a1", "title": "Crossbow man", "text": STORY, "published_at": NOON}
    return Article(**(fields | changes))  # type: ignore[arg-type]


def sketched(title: str, text: str) -> tuple[int, ...]:
    return sketch(words(title), words(text))


def test_an_alert_gives_one_sighting() -> None:
    (made,) = sight(article(source="velden-post.example"), danger(), Placing(place=VELDEN))
    assert (made.id, made.publisher, made.seen_at, made.opens) == ("a1", "velden post", NOON, True)


def test_attacks_in_several_towns_give_one_each_and_the_first_has_the_toll() -> None:
    told = danger(casualties=Casualties(killed=5))
    suburb = msgspec.structs.replace(VELDEN, name="Velden Mills", geoname_id=77, lat=VELDEN.lat + 0.2)
    far = msgspec.structs.replace(VELDEN, name="Ostrand", geoname_id=78, lat=VELDEN.lat + 2.0)
    first, second = sight(article(), told, Placing(place=VELDEN, others=(suburb, far)))
    assert [(each.id, each.place and each.place.name) for each in (first, second)] == [
        ("a1", VELDEN.name),
        ("a1#2", "Ostrand"),
    ]
    assert (first.reading.casualties.killed, second.reading.casualties.killed) == (5, None)
    assert second.article.article_id == "a1"
    calm = Reading(status=Status.FOLLOWUP)
    assert len(sight(article(), calm, Placing(place=VELDEN, others=(far,)))) == 1


def test_an_alert_without_a_place_still_gives_one() -> None:
    (made,) = sight(article(), danger(), Placing())
    assert made.partition_key == "ZZ"


def test_what_is_no_alert_gives_none() -> None:
    assert sight(article(), Reading(status=Status.CRIME), Placing(place=VELDEN)) == ()


@pytest.mark.parametrize("status", [Status.FOLLOWUP, Status.HOAX])
def test_a_follow_up_may_only_attach(status: Status) -> None:
    (made,) = sight(article(), Reading(status=status), Placing(place=VELDEN))
    assert made.opens is False
    assert sight(article(), Reading(status=status), Placing()) == ()


def test_a_default_kind_makes_any_placed_article_open() -> None:
    (made,) = sight(article(), Reading(), Placing(place=VELDEN), default_kind=Kind.ACTIVE_SHOOTER)
    assert made.opens is True
    assert made.reading.kinds == (Kind.ACTIVE_SHOOTER,)
    assert sight(article(), Reading(), Placing(), default_kind=Kind.ACTIVE_SHOOTER) == ()


def test_arrival_is_when_an_article_became_known() -> None:
    (made,) = sight(article(published_at=None, arrived_at=NOON), danger(), Placing(place=VELDEN))
    assert (made.seen_at, made.published_at) == (NOON, None)


@pytest.mark.parametrize(
    ("source", "url", "publisher"),
    [
        ("www.velden-post.example", "", "velden post"),
        ("https://news.velden-post.com.au/x", "", "velden post"),
        ("The Velden Post", "", "velden post"),
        ("", "https://velden-post.com/2031/x", "velden post"),
        ("", "", ""),
        ("denver.cbslocal.com", "", "cbslocal"),
        ("seattle.cbslocal.com", "", "cbslocal"),
    ],
)
def test_publishers_fold(source: str, url: str, publisher: str) -> None:
    assert publisher_of(source, url) == publisher


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("VELDEN (NPA) - Shots were heard.", "npa"),
        ("(NorthWire) - Shots were heard.", "northwire"),
        ("VELDEN, April 7 (Reuters) - Shots were heard.", "reuters"),
        ("Shots were heard near the quay.\n\n(Associated Press)", "ap"),
        ("Shots were heard near the quay.\n\nNorlund Press Association / editorial staff", None),
        ("Shots were heard near the quay.\n\nNPA / editorial staff", "npa"),
        ("Shots were heard near the quay.\n\nCoastal Evening Press Service", "ceps"),
        ("Copyright 2031 The Associated Press", "ap"),
        ("The mayor (55) spoke on the quay (pictured).", None),
        ("", None),
    ],
)
def test_agencies_are_credited(text: str, key: str | None) -> None:
    assert wire_of(text) == key


def test_an_agency_and_its_initials_are_one() -> None:
    assert agency_key("Norlund Press Agency") == agency_key("NPA")
    assert agency_key("  ") is None


def test_copies_share_their_sketch() -> None:
    edited = "Home | News | Weather\n" + STORY.replace("on Monday", "this week") + "\nSubscribe to our letter"
    assert copy_share(sketched("One title", STORY), sketched("Another", edited)) >= COPY_SHARE
    assert copy_share(sketched("One title", STORY), sketched("One title", OTHER)) == 0.0
    assert copy_share((), sketched("", STORY)) == 0.0


def test_case_and_marks_do_not_change_a_sketch() -> None:
    assert sketched("", STORY.upper().replace("'", "’")) == sketched("", STORY)


def test_a_story_in_long_words_alone_and_one_in_short_words_alone_are_sketched() -> None:
    long = " ".join(f"quarterly{number}" for number in range(60))
    short = " ".join(f"w{number}" for number in range(60))
    assert len(sketched("", long)) == len(sketched("", short)) == SIZE


def test_a_headline_alone_is_sketched_and_a_few_words_are_not() -> None:
    assert len(sketched("Crossbow man walks through the market", "")) == 3
    assert sketched("Crossbow man held", "") == ()


@given(st.text(max_size=300))
def test_words_are_the_same_with_and_without_the_short_way(text: str) -> None:
    assert words(text) == re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    assert words(text + " “don’t”…") == [*words(text), "don", "t"]


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("A 17-year-old and two 9 year olds were hurt.", {17, 9}),
        ("Mara Lind, 34, was held.", {34}),
        ("Aged 61, he walked home.", {61}),
        ("A man aged 52 (aged 52) and a girl, age 8.", {52, 8}),
        ("An average 17 of 340 trams, 12 of them new, ran 3 days.", set()),
        ("Die 23-jährige Frau", {23}),
    ],
)
def test_ages_are_found(text: str, ages: set[int]) -> None:
    assert ages_in(text) == ages


def test_tokens_leave_out_common_words() -> None:
    title = "Crossbow man held in Velden, a 41-year-old"
    tokens = tokens_of(words(title), words(STORY), ages_in(title))
    assert {"crossbow", "a:41", "v:market"} <= set(tokens)
    assert not {"the", "people", "police"} & set(tokens)


def test_a_headline_marks_how_far_the_story_has_come() -> None:
    held = tokens_of(words("Man charged after shots at Velden market"), words(STORY), ())
    assert "f:held" in held
    assert not [
        token for token in tokens_of(words("Shots at Velden market"), words("He was charged."), ()) if "f:" in token
    ]


def test_a_correction_says_so() -> None:
    assert corrects(words("CORRECTION: two hurt in Velden"), words(""))
    assert corrects(words("Two hurt in Velden"), words("An earlier version of this story gave three."))
    assert not corrects(words("Two hurt in Velden"), words(STORY))


@given(st.text(max_size=300), st.text(max_size=2000), st.text(max_size=40))
def test_any_text_makes_a_sighting(title: str, text: str, source: str) -> None:
    (made,) = sight(article(title=title, text=text, source=source), danger(), Placing(place=VELDEN))
    assert len(made.sketch) <= SIZE
    assert sum(token[1:2] != ":" for token in made.tokens) <= MAX_TOKENS
    assert sight(article(title=title, text=text, source=source), danger(), Placing(place=VELDEN)) == (made,)
