"""The checkers: a run of the real desk and intake is found whole, and every kind of damage done to it is found."""

import itertools
from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from streams.analysis import Analyst
from streams.settings import Settings, load_settings
from streams.topics import changelog_name
from streams.workers.desk import Desk, Folded
from streams.workers.intake import Intake, Sorted
from streams.workers.records import Headers, Outgoing
from streams.workers.watch import alert_topics
from tests.chaos.accounts import Accounts
from tests.chaos.damage import Damage, Harm
from tests.chaos.mix import mix
from tests.chaos.revisions import Revisions

ARTICLES = 400


class Rec(msgspec.Struct, frozen=True, kw_only=True):
    """A record as a consumer would give it."""

    topic: str
    partition: int = 0
    offset: int
    timestamp: int = 1_750_000_000_000
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


Log = dict[str, list[Rec]]


@cache
def settings() -> Settings:
    return load_settings({}, partitions=1)


def append(log: Log, out: Outgoing) -> Rec:
    lane = log.setdefault(out.topic, [])
    lane.append(Rec(topic=out.topic, offset=len(lane), key=out.key, value=out.value, headers=out.headers))
    return lane[-1]


@cache
def analyst() -> Analyst:
    return Analyst()


@cache
def _clean() -> Log:
    log: Log = {}
    articles = settings().topic_articles
    intake, desk, done = Intake(settings(), analyst()), Desk(settings()), Sorted()
    desk.take_over(0, [])
    for each in itertools.islice(mix(3, templates=25), ARTICLES):
        record = append(log, Outgoing(topic=articles, key=each.key, value=each.value))
        intake.sort([record], done)  # type: ignore[list-item]  # a record of ours has all that is looked at
    for out in done.records:
        append(log, out)
    for record in log[settings().topic_sightings]:
        folded = Folded()
        desk.fold(record, folded)
        for out in (*folded.alerts, *desk.state_records(folded, 0)):
            append(log, out)
    return log


def clean() -> Log:
    return {topic: list(records) for topic, records in _clean().items()}


def judge(log: Log) -> Damage:
    at = settings()
    accounts, revisions = Accounts(at, analyst()), Revisions(at)
    for record in log[at.topic_articles]:
        accounts.article(record)
    for record in log[at.topic_sightings]:
        accounts.outcome(record)
        revisions.sighting(record)
    for topic in (at.topic_suppressed, at.topic_dead_letters):
        for record in log[topic]:
            accounts.outcome(record)
    for topic in (*alert_topics(at), at.topic_incidents):
        for record in log.get(topic, []):
            revisions.alert(record)
    for record in log[changelog_name(at)]:
        revisions.state(record)
    return accounts.damage().joined(revisions.damage())


def kinds(log: Log) -> set[Harm]:
    return set(judge(log).counts)


def changed(record: Rec, old: bytes, new: bytes) -> Rec:
    assert old in (record.value or b"")
    return msgspec.structs.replace(record, value=(record.value or b"").replace(old, new, 1))


def test_what_the_workers_make_is_whole() -> None:
    log = clean()
    damage = judge(log)
    assert not damage, damage.examples
    assert all(log[topic] for topic in (settings().topic_suppressed, settings().topic_dead_letters))
    assert len(log[settings().topic_incidents]) > 5


@pytest.mark.parametrize("topic", ["topic_suppressed", "topic_dead_letters", "topic_incidents"])
def test_identical_repeats_are_no_damage(topic: str) -> None:
    log = clean()
    records = log[getattr(settings(), topic)]
    records += records[-1:]
    assert not judge(log)


@pytest.mark.parametrize("topic", ["topic_suppressed", "topic_dead_letters"])
def test_a_lost_outcome_is_found(topic: str) -> None:
    log = clean()
    del log[getattr(settings(), topic)][3 if topic == "topic_suppressed" else 0]
    assert kinds(log) == {Harm.LOST}


def test_a_lost_sighting_is_found() -> None:
    log = clean()
    del log[settings().topic_sightings][-1]
    assert Harm.LOST in kinds(log)


def alert_topic(log: Log) -> list[Rec]:
    return max((log.get(topic, []) for topic in alert_topics(settings())), key=len)


def test_a_lost_alert_is_found_as_lost_and_as_a_gap() -> None:
    log = clean()
    names = [msgspec.json.decode(each.value or b"")["id"] for each in alert_topic(log)]
    revised = next(name for name in names if f"{name.rpartition(':')[0]}:2" in names and name.endswith(":1"))
    for topic in alert_topics(settings()):
        log[topic] = [each for each in log.get(topic, []) if msgspec.json.decode(each.value or b"")["id"] != revised]
    assert kinds(log) == {Harm.LOST, Harm.GAP}


def _divergent_suppressed(log: Log) -> None:
    lane = log[settings().topic_suppressed]
    lane.append(changed(lane[0], b'"status"', b'"Status"'))


def _divergent_sighting(log: Log) -> None:
    lane = log[settings().topic_sightings]
    lane.append(changed(lane[0], b'"confidence":0', b'"confidence":1'))


def _divergent_letter(log: Log) -> None:
    lane = log[settings().topic_dead_letters]
    lane.append(msgspec.structs.replace(lane[0], value=b"something else"))


def _divergent_stamp(log: Log) -> None:
    lane = log[settings().topic_sightings]
    first = msgspec.structs.replace(lane[0], headers=(("tocsin-article-at", b"12"),), offset=len(lane))
    lane.append(first)


def _divergent_alert(log: Log) -> None:
    lane = alert_topic(log)
    lane.append(changed(lane[0], b'"change":"opened"', b'"change":"updated"'))


def _divergent_header(log: Log) -> None:
    lane = alert_topic(log)
    lane.append(msgspec.structs.replace(lane[0], headers=lane[0].headers[1:]))


@pytest.mark.parametrize(
    "spoil",
    [
        _divergent_suppressed,
        _divergent_sighting,
        _divergent_letter,
        _divergent_stamp,
        _divergent_alert,
        _divergent_header,
    ],
)
def test_a_repeat_that_differs_is_found(spoil: Callable[[Log], None]) -> None:
    log = clean()
    spoil(log)
    assert Harm.DIVERGENT in kinds(log)


def test_an_article_in_two_places_is_found() -> None:
    log = clean()
    found = msgspec.json.decode(log[settings().topic_sightings][0].value or b"")["article"]["article_id"]
    told = changed(log[settings().topic_suppressed][0], b'"article_id":"chaos-', b'"article_id":"')
    value = (told.value or b"").replace(told.key[6:] if told.key else b"", found.encode(), 1)
    log[settings().topic_suppressed].append(msgspec.structs.replace(told, value=value, key=found.encode()))
    assert Harm.TWICE in kinds(log)


def test_what_comes_from_nowhere_is_found() -> None:
    log = clean()
    lane = log[settings().topic_suppressed]
    lane.append(changed(lane[0], b'"article_id":"chaos-', b'"article_id":"order-'))
    assert kinds(log) == {Harm.INVENTED}
    log = clean()
    lane = alert_topic(log)
    name = msgspec.json.decode(lane[0].value or b"")["id"]
    lane.append(changed(lane[0], f'"id":"{name}"'.encode(), f'"id":"{name}99"'.encode()))
    assert Harm.INVENTED in kinds(log)


def test_a_revision_before_its_time_is_found() -> None:
    log = clean()
    for topic in alert_topics(settings()):
        log[topic] = log.get(topic, [])[::-1]
    assert kinds(log) == {Harm.DISORDER}


def test_an_old_revision_written_last_is_found() -> None:
    log = clean()
    lane = log[settings().topic_incidents]
    newest = {each.key: each for each in lane}
    old = next(each for each in lane if newest[each.key] is not each and newest[each.key].value is not None)
    lane.append(old)
    assert kinds(log) == {Harm.STATE}


def _lost_row(lane: list[Rec]) -> None:
    key = next(each.key for each in lane if not (each.key or b"").startswith(b"@") and each.value is not None)
    lane[:] = [each for each in lane if each.key != key]


def _old_row(lane: list[Rec]) -> None:
    newest = {each.key: each for each in lane}
    lane.append(next(each for each in lane if newest[each.key] is not each and newest[each.key].value is not None))


def _foreign_row(lane: list[Rec]) -> None:
    lane.append(Rec(topic=lane[0].topic, offset=len(lane), key=b"inc_nobody", value=b"{}"))


def _old_position(lane: list[Rec]) -> None:
    lane.append(next(each for each in lane if (each.key or b"").startswith(b"@position")))


@pytest.mark.parametrize("spoil", [_lost_row, _old_row, _foreign_row, _old_position])
def test_state_that_is_not_the_folds_is_found(spoil: Callable[[list[Rec]], None]) -> None:
    log = clean()
    spoil(log[changelog_name(settings())])
    assert kinds(log) == {Harm.STATE}
