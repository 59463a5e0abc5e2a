"""Replay: the same articles give the same alerts, byte for byte, in event time."""

from datetime import UTC, datetime, timedelta

import msgspec

from streams.incidents import Policy, sight
from streams.model import (
    Article,
    Change,
    Kind,
    Place,
    Placing,
    Precision,
    Reading,
    Severity,
    Sighting,
    Status,
    Suppressed,
    Urgency,
)
from streams.model.command import Command
from streams.model.kinds import CommandAction
from streams.replay import ReplayStep, in_order, replay

DAWN = datetime(2031, 9, 2, 5, 0, tzinfo=UTC)
QUAY = Place(name="Quay", country_code="NL", lat=52.0, lon=5.0, precision=Precision.CITY, geoname_id=5)


class Analysis(msgspec.Struct, frozen=True):
    reading: Reading
    placing: Placing
    sightings: tuple[Sighting, ...]
    suppressed: Suppressed | None


class Clerk:
    """An analyst who goes by single words."""

    def analyze(self, article: Article) -> Analysis:
        alert = "gunman" in article.title
        reading = Reading(
            kinds=(Kind.ACTIVE_SHOOTER,) if alert else (),
            status=Status.CURRENT if alert else Status.UNRELATED,
            severity=Severity.SEVERE if alert else None,
            urgency=Urgency.IMMEDIATE,
            confidence=0.9 if alert else 0.1,
            reason="word",
        )
        placing = Placing(place=None if "nowhere" in article.title else QUAY)
        quiet = Suppressed(article_id=article.id, status=reading.status, reason="word")
        return Analysis(reading, placing, sight(article, reading, placing), None if alert else quiet)

    def triage(self, article: Article) -> Analysis:
        return self.analyze(article)


def article(name: str, title: str, minutes: float | None, arrived: float | None = None) -> Article:
    published = None if minutes is None else DAWN + timedelta(minutes=minutes)
    late = None if arrived is None else DAWN + timedelta(minutes=arrived)
    return Article(id=name, title=title, published_at=published, arrived_at=late)


ARTICLES = [
    article("late", "gunman at the quay tannery", 5, arrived=900),
    article("first", "gunman at the quay tannery", 10),
    article("quiet", "tulips at the quay", 20),
    article("second", "gunman shot at from the quay roofs", 30),
    article("nowhere", "cheese prices, nowhere", 40),
]


def play(*, consolidate_all: bool = False) -> list[ReplayStep]:
    return list(replay(ARTICLES, Clerk(), Policy(), consolidate_all=consolidate_all))


def test_articles_are_taken_as_they_arrived() -> None:
    assert [step.article.id for step in play()] == ["first", "quiet", "second", "nowhere", "late"]


def test_an_article_without_times_keeps_its_place() -> None:
    timeless = [article("b", "x", 60), article("none", "x", None), article("a", "x", 0)]
    assert [one.id for one in in_order(timeless)] == ["a", "b", "none"]
    assert [one.id for one in in_order([article("n", "x", None), article("m", "x", None)])] == ["n", "m"]


def test_nothing_to_replay_gives_nothing() -> None:
    assert list(replay([], Clerk(), Policy())) == []


def test_replaying_twice_gives_the_same_bytes() -> None:
    assert msgspec.json.encode(play()) == msgspec.json.encode(play())


def test_every_article_is_assigned_or_says_why_not() -> None:
    steps = play()
    rows = {step.assignment.article_id: step.assignment for step in steps}
    assert rows["first"].decision == "opened"
    assert rows["second"].incident_id == rows["first"].incident_id
    assert (rows["late"].decision, rows["late"].incident_id) == ("late", rows["first"].incident_id)
    assert (rows["quiet"].incident_id, rows["quiet"].decision, rows["quiet"].reason) == (None, "suppressed", "word")
    events = [event for step in steps for event in step.events]
    assert events[0].change is Change.OPENED
    assert sum(event.notify for event in events) == 1


def test_orders_are_carried_out_at_their_time_and_replay_to_the_same_bytes() -> None:
    told = [
        article("a", "gunman at the quay tannery", 0),
        article("b", "gunman shot at from the quay roofs", 30),
        article("c", "gunman at the quay tannery again", 200),
    ]
    [quay] = [step.assignment.incident_id for step in replay(told[:1], Clerk(), Policy())]

    def order(name: str, action: CommandAction, minutes: float, **fields: object) -> Command:
        given = {"id": name, "action": action, "by": "Ines", "at": DAWN + timedelta(minutes=minutes)}
        return msgspec.convert(given | {"incident_id": quay} | fields, Command)

    orders = [
        order("split", CommandAction.SPLIT, 100, article_ids=["b"]),
        order("seen", CommandAction.ACKNOWLEDGE, 20, revision=1),
        order("faulty", CommandAction.MERGE, 10, target="zz-20310101-0"),
        order("undo", CommandAction.UNDO, 300, target="split"),
    ]
    steps = list(replay(told, Clerk(), Policy(), orders=orders))
    made = [[(one.sighting_id, one.decision) for one in step.decisions] for step in steps]
    assert made == [
        [("a", "opened"), ("faulty", "ignored")],
        [("b", "attached"), ("split", "split")],
        [("c", "attached"), ("undo", "undone")],
    ]
    assert [event.reason for event in steps[1].events[-2:]] == ["split", "split"]
    assert steps[2].events[-1].redirect == quay
    again = replay(told, Clerk(), Policy(), orders=reversed(orders))
    assert msgspec.json.encode(list(again)) == msgspec.json.encode(steps)


def test_consolidating_all_takes_every_placed_article() -> None:
    rows = {step.assignment.article_id: step.assignment for step in play(consolidate_all=True)}
    assert rows["quiet"].incident_id is not None
    assert rows["nowhere"].incident_id is None
