"""Consolidate on Apache Kafka: what it publishes, and that no stop, kill or rebalance changes it."""

import asyncio
import signal
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
from harness import Worker, alerts_of, as_records, read, send, sighting, stories, until, until_records

from streams.incidents import Book, Policy
from streams.model import Kind, Sighting, Status
from streams.settings import Settings
from streams.topics import changelog_name
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import list_dead_letters
from streams.workers.records import Outgoing, encode, header, partition_of

ALERT_TOPICS = ("topic_terror_alert", "topic_active_shooter", "topic_lockdown_advisory")


def expected(sightings: list[Sighting]) -> dict[str, bytes]:
    """What the fold alone makes of ``sightings``: alert id to content. The reference that Kafka must not change."""
    book = Book(Policy.load())
    alerts = {}
    for each in sightings:
        decision = book.decide(each)
        book.apply(decision)
        for outcome in decision.outcomes:
            if outcome.event is not None:
                alerts[outcome.event.id] = encode(outcome.event)
    return alerts


async def check(settings: Settings, sightings: list[Sighting]) -> None:
    """Every alert is there, each id with one content, that of the fold; no revision is missing."""
    alerts = alerts_of(await read(settings, *(getattr(settings, topic) for topic in ALERT_TOPICS)))
    wanted = expected(sightings)
    assert {alert: contents for alert, contents in alerts.items() if len(contents) > 1} == {}
    assert {alert: next(iter(contents)) for alert, contents in alerts.items()} == wanted
    revisions = defaultdict(set)
    for alert in alerts:
        incident, _, revision = alert.rpartition(":")
        revisions[incident].add(int(revision))
    assert all(found == set(range(1, len(found) + 1)) for found in revisions.values())
    newest = {record.key: record.value for record in await read(settings, settings.topic_incidents)}
    assert set(newest.values()) <= set(wanted.values()) | {None}


async def until_folded(settings: Settings, sightings: list[Sighting], within_s: float = 60.0) -> None:
    await until_records(
        settings,
        sum(1 for _ in expected(sightings)),
        settings.topic_incidents,
        within_s=within_s,
    )


@pytest.fixture
async def settings(kafka_settings: Settings) -> Settings:
    quick = kafka_settings.model_copy(update={"kafka_session_timeout_s": 8.0, "commit_interval_s": 0.5})
    await apply_topics(quick)
    return quick


async def test_alerts_go_to_the_topic_of_every_kind_that_the_incident_had(settings: Settings, tmp_path: Path) -> None:
    told = [
        sighting(1, minute=0, kinds=(Kind.TERROR_ALERT,)),
        sighting(2, minute=5, kinds=(Kind.TERROR_ALERT, Kind.LOCKDOWN_ADVISORY)),
        sighting(3, minute=9, kinds=(Kind.TERROR_ALERT,), status=Status.ALL_CLEAR),
    ]
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_ready()
        await send(settings, as_records(settings, told))
        await until_folded(settings, told)
        status, exposition = worker.get("/metrics")
        assert (status, worker.get("/healthz")[0]) == (200, 200)
        assert worker.stop() == 0
    await check(settings, told)
    by_topic = {topic: alerts_of(await read(settings, getattr(settings, topic))) for topic in ALERT_TOPICS}
    last = max(expected(told), key=lambda alert: int(alert.rpartition(":")[2]))
    assert last in by_topic["topic_terror_alert"]
    assert last in by_topic["topic_lockdown_advisory"]
    assert not by_topic["topic_active_shooter"]
    assert "tocsin_alert_events_total" in exposition
    for record in await read(settings, settings.topic_terror_alert):
        event = msgspec.json.decode(record.value)
        assert header(record.headers, "ce_id") == event["id"].encode()
        assert header(record.headers, "ce_specversion") == b"1.0"
        assert header(record.headers, "ce_time") == event["last_seen_at"].encode()
        assert header(record.headers, "content-type") == b"application/json"
        assert record.key == event["incident_id"].encode()


async def test_forgotten_incidents_leave_tombstones(settings: Settings, tmp_path: Path) -> None:
    later = int(Policy.load().memory_hours * 60) + 10 * 24 * 60
    told = [sighting(1), sighting(2, town=9, minute=later), sighting(3, town=9, minute=later + 60)]
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_ready()
        await send(settings, as_records(settings, told))

        async def forgotten() -> bool:
            return any(record.value is None for record in await read(settings, settings.topic_incidents))

        await until(forgotten)
        assert worker.stop() == 0
    first = Book(Policy.load()).decide(told[0]).incident_id
    assert first is not None
    tombstones = [
        r for topic in (settings.topic_incidents, changelog_name(settings)) for r in await read(settings, topic)
    ]
    assert [r.topic for r in tombstones if r.value is None and r.key == first.encode()] == [
        settings.topic_incidents,
        changelog_name(settings),
    ]


async def test_what_is_no_sighting_becomes_a_dead_letter(settings: Settings, tmp_path: Path) -> None:
    wrong = [None, b"", b"\xff\xfe", b"{", b"[]", b"[" * 100_000, b'{"id": 3}']
    records = [
        Outgoing(topic=settings.topic_sightings, key=b"KE", value=value, headers=(("trace", b"\x00\x01"),))
        for value in wrong
    ]
    good = sighting(1)
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_ready()
        await send(settings, [*records, *as_records(settings, [good])])
        await until_folded(settings, [good])
        assert worker.stop() == 0
    letters = [letter async for letter in list_dead_letters(settings)]
    assert [letter.value for letter in letters] == wrong
    assert {letter.reason for letter in letters} == {"bad_sighting"}
    assert {(letter.key, letter.headers, letter.worker) for letter in letters} == {
        (b"KE", (("trace", b"\x00\x01"),), "consolidate")
    }
    await check(settings, [good])


async def test_a_stop_commits_and_a_restart_goes_on(settings: Settings, tmp_path: Path) -> None:
    told = stories(600)
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_ready()
        await send(settings, as_records(settings, told[:300]))
        await until_folded(settings, told[:300])
        assert worker.stop() == 0
    await send(settings, as_records(settings, told[300:]))
    with Worker("consolidate", settings, tmp_path) as worker:
        await until_folded(settings, told)
        await worker.until_ready()
        assert 'reason="already_folded"' not in worker.get("/metrics")[1]
        assert worker.stop() == 0
    await check(settings, told)


async def test_kills_change_nothing(settings: Settings, tmp_path: Path) -> None:
    told = stories(1600)
    await send(settings, as_records(settings, told[:800]))
    for _ in range(2):
        with Worker("consolidate", settings, tmp_path) as worker:
            before = len(await read(settings, settings.topic_incidents))

            async def moving(before: int = before) -> bool:
                return len(await read(settings, settings.topic_incidents)) > before

            await until(moving, every_s=0.02)
            worker.process.kill()
            worker.process.wait()
        await send(settings, as_records(settings, told[800:1200]) if _ == 0 else as_records(settings, told[1200:]))
    with Worker("consolidate", settings, tmp_path) as worker:
        await until_folded(settings, told)
        assert worker.stop() == 0
    await check(settings, told)


async def test_two_workers_share_and_take_over(settings: Settings, tmp_path: Path) -> None:
    told = stories(900)
    with Worker("consolidate", settings, tmp_path, "-a") as first:
        await first.until_ready()
        await send(settings, as_records(settings, told[:300]))
        with Worker("consolidate", settings, tmp_path, "-b") as second:
            await send(settings, as_records(settings, told[300:600]))
            await second.until_ready()
            await until_folded(settings, told[:600])
            await second.until_logged("assigned 2 partitions")
            assert first.stop() == 0
            await send(settings, as_records(settings, told[600:]))
            await until_folded(settings, told)
            assert second.stop() == 0
    used = {partition_of(each.partition_key.encode(), settings.partitions) for each in told}
    assert len(used) > 2
    await check(settings, told)


async def test_a_frozen_worker_that_goes_on_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    told = stories(900)
    with Worker("consolidate", settings, tmp_path, "-a") as first, Worker("consolidate", settings, tmp_path) as second:
        await first.until_ready()
        await second.until_ready()
        sending = asyncio.create_task(send(settings, as_records(settings, told[:500])))
        await first.until_logged("assigned 2 partitions")
        first.process.send_signal(signal.SIGSTOP)
        await sending
        await second.until_logged("assigned 4 partitions")
        await send(settings, as_records(settings, told[500:700]))
        await until_folded(settings, told[:700])
        first.process.send_signal(signal.SIGCONT)
        await send(settings, as_records(settings, told[700:]))
        await until_folded(settings, told)
        await first.until_ready()
        assert [first.stop(), second.stop()] == [0, 0]
    await check(settings, told)
