from datetime import UTC, datetime

import pytest

from streams.model import Action, Place
from streams.reading import REASONS, Reader
from streams.reading.model import ModelError, Weights, load_weights

PAGE = """- Example Wire
Region
All stories from the region: politics, attacks, sport and weather from Fooland and Barland.

Gunman at Large in Testgrad After Attack on Police

© Example Photo / A. Person
Subscribe
The highest level of terrorist threat has been declared in Testgrad after an armed attack on police on Monday.

Officials announced a counter-terrorism operation and asked residents not to leave their homes.

One attacker was detained, and police are searching for a second gunman who opened fire with a machine gun.

One passer-by and two police officers were killed and five more people are in hospital, the ministry said.

In 2011, 40 people were killed in a bombing in the south of the country.

Newsfeed
0
log in or register
"""
TESTGRAD = Place(name="Testgrad", country_code="KZ", precision="city")


@pytest.fixture(scope="module")
def page(article):
    return article(
        "Gunman at Large in Testgrad After Attack on Police", PAGE, published_at=datetime(2022, 3, 14, tzinfo=UTC)
    )


def test_an_attack_is_read_in_full(reader, page):
    reading = reader.settle(reader.read(page, reader.scan(page)), TESTGRAD)
    assert set(reading.kinds) >= {"terror_alert", "lockdown_advisory"}
    assert (reading.status, reading.severity, reading.urgency, reading.certainty) == (
        "current", "Extreme", "Immediate", "Observed",
    )  # fmt: skip
    assert (reading.casualties.killed, reading.casualties.injured) == (3, 5)
    assert (reading.threat_level.level, reading.threat_level.rank, reading.threat_level.direction) == (
        "red",
        3,
        "raised",
    )
    assert reading.advisory.action is Action.SHELTER
    assert reading.advisory.in_force
    assert (reading.suspects.at_large, reading.suspects.detained) == (1, 1)
    assert reading.official
    assert reading.event_time.at == datetime(2022, 3, 14, tzinfo=UTC)


def test_evidence_and_anchors_point_into_the_article(reader, page):
    reading = reader.read(page, reader.scan(page))
    assert {entry.field for entry in reading.evidence} >= {
        "kinds.terror_alert",
        "casualties.killed",
        "threat_level",
        "advisory",
    }
    for entry in reading.evidence:
        assert entry.quote in page.text or entry.quote in page.title
    anchored = [
        page.title[s.start : s.end] if s.where == "title" else page.text[s.start : s.end] for s in reading.anchors
    ]
    assert anchored[0] == page.title
    assert any("Testgrad" in stretch for stretch in anchored[1:])
    assert not any("Fooland" in stretch or "Subscribe" in stretch for stretch in anchored)


def test_everyday_news_stays_behind_the_gate(reader, article):
    calm = article("Bakery opens second shop", "The family baked four hundred loaves on Saturday.")
    assert reader.scan(calm) is None
    reading = reader.read(calm, None)
    assert not reading.alertable
    assert reading.severity is None


def test_the_gate_opens_for_headline_and_opening_and_not_for_a_tail(reader, article):
    calm = "The family baked four hundred loaves on Saturday, as it does every week. " * 30
    shots = "Gunmen opened fire at the market, killing four people."
    assert reader.heed(article("Gunmen open fire in Testgrad", calm)) is not None
    assert reader.heed(article("Saturday in Testgrad", f"{shots} {calm}")) is not None
    late = article("Bakery opens second shop", f"{calm}{shots}")
    assert reader.heed(late) is None
    assert reader.scan(late) is not None
    assert not reader.explain(late).signal


@pytest.mark.parametrize("before", ["<li class='item'><a href='#'>Sport</a></li>" * 60, "Sport\n" * 400])
def test_a_menu_before_the_news_is_no_opening(reader, article, before):
    shots = "Gunmen opened fire at the market in Testgrad on Saturday, killing four people, the police said."
    assert reader.heed(article("Saturday in Testgrad", f"{before}\n{shots}\n")) is not None


def test_every_reason_is_in_the_closed_set(reader, article):
    titles = [
        "Gunman opens fire",
        "Trial begins",
        "Goal!",
        "Bomb drill at school",
        "Red alert for floods",
        "Lockdown lifted",
        "",
    ]
    for title in titles:
        one = article(title, "Police said so on Monday.")
        assert reader.read(one, reader.scan(one)).reason in REASONS


def test_a_partial_end_keeps_the_incident_active(read):
    reading = read(
        "One gunman held, another still at large", "Residents of Orrin must stay indoors, police said on Monday."
    )
    assert reading.status == "current"
    assert reading.partial


@pytest.mark.parametrize(
    "title", ["Lockdown lifted at college after search", "All clear given at station after bomb threat"]
)
def test_an_end_is_no_longer_in_force(read, title):
    reading = read(title, "Police found nothing and people were allowed to return on Monday.")
    assert reading.status == "all_clear"
    assert reading.severity == "Minor"
    assert reading.advisory is None or not reading.advisory.in_force


def test_a_told_end_of_an_attack_is_its_end(read):
    reading = read(
        "Driver in Orrin attack held, people told they are safe",
        "Police in Orrin arrested the man who drove a lorry into a fair and killed two people. The threat is over, the "
        "mayor said, and streets are open again.",
    )
    assert reading.status == "all_clear"


def test_a_gunman_on_the_loose_is_one_beside_a_threat_level(read):
    reading = read(
        "Gunman on the loose in Orrin after attack on police",
        "The top level of terror alert was declared in Orrin after an armed attack on police officers on Monday, the "
        "ministry said.\n\nIt told people to stay indoors. A man had opened fire at a police station.",
    )
    assert reading.kinds == ("terror_alert", "active_shooter", "lockdown_advisory")


def test_old_dates_are_no_fresh_news(read):
    reading = read("Six people shot at bar", "The shooting took place on January 3, police said.")
    assert not reading.alertable


def test_rules_alone_can_read(rules, article):
    one = article("Bomb kills five at market", "Officials said on Monday that nine were hurt.")
    reading = rules.read(one, rules.scan(one))
    assert reading.alertable
    assert reading.casualties.killed == 5


def test_weights_for_other_features_are_refused():
    with pytest.raises(ModelError, match="train_reading"):
        load_weights(Weights(b"", (), (), (1.0, 0.0, 0.0)).dump())


def test_a_reader_with_other_weights_shares_the_rest(reader, article):
    other = reader.with_weights(load_weights())
    one = article("Gunman opens fire in mall, five people shot", "Police said so on Monday.")
    assert other.read(one, other.scan(one)) == reader.read(one, reader.scan(one))


def test_logits_need_a_model(rules, article):
    with pytest.raises(ValueError, match="rules only"):
        rules.logits(rules.draft(article("x", "y"), None))


def test_an_explanation_shows_the_way_to_the_reading(reader, article):
    one = article(
        "School locked down as gunman opens fire", "Police told people to stay inside on Monday. Two were hurt."
    )
    told = reader.explain(one)
    assert told.signal
    assert told.reading == reader.read(one, reader.scan(one))
    assert told.decision.status == told.reading.status
    assert told.severity_rule
    assert told.contributions
    assert sum(chance for _, chance in told.statuses()) == pytest.approx(1)
    assert len(told.kinds()) == 3
    for passage in told.passages:
        source = one.title if passage.where == "title" else one.text
        for mark in passage.marks:
            assert mark.tags
            assert passage.start <= mark.start < mark.end <= len(source)


def test_rules_alone_explain_without_a_model(article):
    told = Reader(rules_only=True).explain(article("Cats sleep", "All day."))
    assert told.opinion is None
    assert told.statuses() == []
    assert told.kinds() == []
