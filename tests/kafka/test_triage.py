"""Triage on Apache Kafka: every record that reaches the topic is accounted for, whatever it holds and whoever dies."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from harness import Worker, article, read, send, until, until_records
from prometheus_client.samples import Sample

from streams.analysis import Analyst
from streams.metrics import Metrics
from streams.model import ArticleError, Sighting, decode_article
from streams.settings import Settings
from streams.workers import triage
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import list_dead_letters, replay_dead_letters
from streams.workers.produce import produce
from streams.workers.records import Outgoing, header

ALARM = {
    "title": "Gunman opens fire at market hall in Kassel, police tell people to shelter in place",
    "text": "KASSEL, Germany - A gunman opened fire at the market hall in Kassel on Tuesday morning, killing two "
    "people and wounding five, police said. The shooter is still at large. Police urged residents to shelter in place "
    "and to stay away from windows.",
    "source": "kassel-kurier.example",
    "published_at": "2031-05-04T09:00:00Z",
}

BAD = [
    None,
    b"",
    b"  \n",
    b"nope",
    b"{",
    b"[]",
    b'{"id": 7, "title": "x"}',
    b'{"title": "no id"}',
    b'{"id": "x"}',
    b'{"id": "x", "title": ["x"]}',
    b'{"id": "x", "title": " ", "text": null}',
    b'{"id": "x", "title": "a", "title": "b"}',
    b'{"id": "\\u001b[2J", "title": "x"}',
    b'{"id": "a\\u0000b", "title": "x"}',
    b'{"id": "x", "title": "\\ud800"}',
    b'{"id": "x", "title": "\xc3\x28"}',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf" + article(900),
    article(901, published_at="0001-01-01T00:00:00Z"),
    article(902, published_at="99999-01-01"),
    article(903, published_at="2031-02-30"),
    article(904, published_at="yesterday"),
    b"[" * 100_000,
    b'{"id": "x", "title": "x", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"id": "x", "title": "x", "more": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
]


def reason_of(value: bytes | None) -> str:
    with pytest.raises(ArticleError) as caught:
        decode_article(value)
    return caught.value.reason


@pytest.fixture
async def settings(kafka_settings: Settings) -> Settings:
    quick = kafka_settings.model_copy(update={"kafka_session_timeout_s": 8.0, "batch_records": 500})
    await apply_topics(quick)
    return quick


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    """The real one, loaded once: workers in this process share it."""
    return Analyst()


@asynccontextmanager
async def triaging(settings: Settings, analyst: Analyst) -> AsyncIterator[Metrics]:
    """A triage worker in this process, stopped and looked after at the end."""
    stop, metrics = asyncio.Event(), Metrics()
    worker = asyncio.create_task(triage.work(settings, stop, metrics=metrics, analyst=analyst))
    try:
        yield metrics
    finally:
        stop.set()
        await worker


async def accounted_for(settings: Settings) -> Counter[str]:
    """What became of every article id or origin, each counted once."""
    sighted = {
        msgspec.json.decode(record.value, type=Sighting).article.article_id
        for record in await read(settings, settings.topic_sightings)
    }
    suppressed = {record.key for record in await read(settings, settings.topic_suppressed)}
    letters = {(one.topic, one.partition, one.offset) async for one in list_dead_letters(settings)}
    return Counter(sighting=len(sighted), suppressed=len(suppressed), dead_letter=len(letters))


async def until_accounted_for(settings: Settings, count: int, within_s: float = 90.0) -> None:
    async def all_there() -> bool:
        return (await accounted_for(settings)).total() >= count

    await until(all_there, within_s, every_s=0.5)


async def test_every_record_becomes_one_thing(settings: Settings, analyst: Analyst) -> None:
    bad = BAD
    good = [article(number) for number in range(40)]
    alarms = [json.dumps(ALARM | {"id": f"alarm-{number}"}).encode() for number in range(3)]
    records = [
        Outgoing(
            topic=settings.topic_articles,
            key=None if number % 3 == 0 else f"key-{number}".encode(),
            value=value,
            headers=(("trace", bytes([number % 256, 0xFF])), ("trace", b"twice")),
            spread=number,
        )
        for number, value in enumerate([*good, *bad, *alarms])
    ]
    await send(settings, records)
    async with triaging(settings, analyst) as metrics:
        await until_accounted_for(settings, len(records))
    assert await accounted_for(settings) == Counter(sighting=3, suppressed=40, dead_letter=len(bad))
    letters = [letter async for letter in list_dead_letters(settings)]
    sent = Counter((record.key, record.value, record.headers) for record in records if record.value in bad)
    assert Counter((letter.key, letter.value, letter.headers) for letter in letters) == sent
    assert [letter.reason for letter in letters] == [reason_of(letter.value) for letter in letters]
    assert all(letter.message and letter.worker == "triage" and letter.at for letter in letters)
    counted = {sample.labels["reason"]: sample.value for sample in samples(metrics) if "reason" in sample.labels}
    assert counted["tombstone"] == 1
    assert sum(sample.value for sample in samples(metrics)) == len(records)
    for record in await read(settings, settings.topic_sightings):
        assert record.key == b"DE"
        at = header(record.headers, "tocsin-article-at")
        assert at is not None
        seen_at = msgspec.json.decode(record.value, type=Sighting).seen_at
        assert int(seen_at.timestamp() * 1000) == int(at)


async def test_a_record_that_is_too_large_becomes_a_dead_letter(settings: Settings, analyst: Analyst) -> None:
    roomy = settings.model_copy(update={"topic_articles": f"{settings.topic_articles}.roomy"})
    wide = {"max.message.bytes": str(48 * 1024**2)}
    client = AIOKafkaAdminClient(bootstrap_servers=roomy.kafka_bootstrap_servers)
    await client.start()
    await client.create_topics([NewTopic(roomy.topic_articles, 1, 1, topic_configs=wide)])
    await client.close()
    nine, forty = (article(size, text="x" * (size * 1024**2)) for size in (9, 40))
    await send(
        roomy, [Outgoing(topic=roomy.topic_articles, key=b"k", value=value) for value in (nine, forty, article(1))]
    )
    async with triaging(roomy, analyst):
        await until_accounted_for(roomy, 3)
    letters = sorted([one async for one in list_dead_letters(roomy)], key=lambda one: one.offset)
    assert [one.reason for one in letters] == ["too_large", "too_large"]
    assert letters[0].value == nine
    assert letters[1].value is not None
    assert forty.startswith(letters[1].value)
    assert header(letters[1].headers, "tocsin-cut-from") == str(len(forty)).encode()


async def test_a_mended_letter_goes_back_and_keeps_its_origin(settings: Settings, analyst: Analyst) -> None:
    async with triaging(settings, analyst):
        await send(settings, [Outgoing(topic=settings.topic_articles, key=b"k", value=b"{", headers=(("own", b"1"),))])
        await until_accounted_for(settings, 1)
        (first,) = [letter async for letter in list_dead_letters(settings)]
        async for replayed in replay_dead_letters(settings, letter_id=first.id, value=b"[]"):
            assert replayed.mended

        async def back() -> bool:
            return len([letter async for letter in list_dead_letters(settings)]) == 2

        await until(back)
        letters = [letter async for letter in list_dead_letters(settings)]
        again = next(letter for letter in letters if letter.id != first.id)
        assert (again.value, again.reason, again.replays) == (b"[]", "wrong_type", 1)
        origin = ("topic", "partition", "offset", "at", "key", "headers")
        assert [getattr(again, field) for field in origin] == [getattr(first, field) for field in origin]
        async for _ in replay_dead_letters(settings, letter_id=again.id, value=article(5)):
            pass
        await until_records(settings, 1, settings.topic_suppressed)


async def test_a_worker_says_how_it_is(settings: Settings, tmp_path: Path) -> None:
    with Worker("triage", settings, tmp_path) as worker:
        await worker.until_ready()
        status, body = worker.get("/healthz")
        assert (status, json.loads(body)["ok"], json.loads(body)["worker"]) == (200, True, "triage")
        assert sum(json.loads(body)["lag"].values()) == 0
        assert "tocsin_build_info" in worker.get("/metrics")[1]
        assert worker.stop() == 0


def samples(metrics: Metrics) -> list[Sample]:
    (family,) = metrics.articles.collect()
    return [sample for sample in family.samples if sample.name == "tocsin_articles_total"]


async def test_stops_kills_and_rebalances_lose_nothing(settings: Settings, tmp_path: Path) -> None:
    count = 24_000
    lines = [article(number, text="The benches will be green. " * 20) for number in range(count)]
    producing = asyncio.create_task(produce(settings, lines, rate=3000))
    with Worker("triage", settings, tmp_path, "-a") as first:
        await first.until_ready()
        with Worker("triage", settings, tmp_path, "-b") as second:
            await second.until_ready()
            first.process.kill()
            first.process.wait()
            with Worker("triage", settings, tmp_path, "-c") as third:
                await third.until_ready()
                assert second.stop() == 0
                assert (await producing).lines == count
                await until_accounted_for(settings, count)
                assert third.stop() == 0
    assert await accounted_for(settings) == Counter(sighting=0, suppressed=count, dead_letter=0)
    contents: dict[bytes, set[bytes]] = {}
    for record in await read(settings, settings.topic_suppressed):
        contents.setdefault(record.key, set()).add(record.value)
    assert all(len(values) == 1 for values in contents.values())
