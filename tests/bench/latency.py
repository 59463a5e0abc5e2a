"""Latency: from an article to the alert that it leads to, through triage and consolidate, at a steady rate.

The clock starts when the article was due, not when the producer got round to it, so that a producer held up by a busy
machine cannot make the latency look better ("coordinated omission"). It stops when a subscriber has the alert.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.model import AlertEvent, Change
from streams.settings import Settings
from streams.workers.connection import consumer_options
from streams.workers.outbox import new_producer
from streams.workers.records import ARTICLE_AT, number_header
from tests.bench.cluster import PARTITIONS, BenchError, Cluster, check, settings_for, until_committed
from tests.bench.meter import cpu_seconds
from tests.bench.plan import Plan
from tests.bench.prose import Newsroom

_BEHIND_S = 300.0


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from article to alert, of every revision and of those that opened an incident, after the warm-up.

    ``rate`` is articles per second as sent; ``behind_s`` is how long after the last one triage had committed it: much
    above its batch time it did not keep up, and the figures tell of a queue. The shares are of one processor core.
    """

    rate: float
    articles: int
    behind_s: float
    milliseconds: list[float]
    opened: list[float]
    triage_share: float
    consolidate_share: float


async def latency(cluster: Cluster, plan: Plan, say: Callable[[str], None]) -> Latency:
    """Send articles at ``plan.rate`` through one worker of each kind and follow the alerts.

    Raises:
        BenchError: a worker ended, or did not keep up.
    """
    settings = settings_for(cluster.bootstrap, "latency", topic_articles="latency.articles")
    await cluster.prepare(settings)
    seconds = plan.latency_warm_up_s + plan.latency_s
    say(f"latency: writing {int(seconds * plan.rate)} articles")
    count = int(seconds * plan.rate)
    newsroom = Newsroom(plan.seed + 2, start=datetime.now(UTC), step_s=1 / plan.rate)
    articles = [(each.article_id.encode(), each.record) for each in newsroom.articles(count)]
    with (
        cluster.running("latency-triage", ["streams", "worker", "triage"], settings) as triage,
        cluster.running("latency-consolidate", ["streams", "worker", "consolidate"], settings) as consolidate,
    ):
        arrivals: list[tuple[float, int, str]] = []
        watching = asyncio.create_task(_watch(settings, arrivals))
        producer = new_producer(settings)
        await producer.start()
        try:
            async with cluster.admin(settings) as admin:
                # Both are there once they have committed something.
                first = list(Newsroom(plan.seed + 3).articles(50, alert_share=1.0, hard_share=0))
                for record in first:
                    await producer.send(settings.topic_articles, key=record.article_id.encode(), value=record.record)
                await until_committed(
                    admin, settings.group_triage, settings.topic_articles, len(first), child=triage, within_s=60.0
                )
                await until_committed(
                    admin, settings.group_consolidate, settings.topic_sightings, 1, child=consolidate, within_s=60.0
                )
                say(f"latency: {plan.rate} articles a second for {seconds:.0f} s")
                used = [cpu_seconds(child.pid or 0) for child in (triage, consolidate)]
                start = time.time() + 0.1
                await _send(producer, settings.topic_articles, articles, plan.rate, start)
                took = time.time() - start
                await until_committed(
                    admin,
                    settings.group_triage,
                    settings.topic_articles,
                    count + len(first),
                    child=triage,
                    within_s=_BEHIND_S,
                )
                behind_s = time.time() - start - took
                check(consolidate)
                used = [cpu_seconds(c.pid or 0) - u for c, u in zip((triage, consolidate), used, strict=True)]
            await asyncio.sleep(2.0)
            if watching.done():
                watching.result()
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await producer.stop()
    from_ms = int((start + plan.latency_warm_up_s) * 1000)
    counted = [(1000 * at - sent, change) for at, sent, change in arrivals if sent >= from_ms]
    if not counted:
        raise BenchError("no alert came of any article: see what `python -m tests.bench --only rooms` makes of them")
    return Latency(
        rate=count / took,
        articles=count,
        behind_s=behind_s,
        milliseconds=sorted(each for each, _ in counted),
        opened=sorted(each for each, change in counted if change == Change.OPENED),
        triage_share=used[0] / took,
        consolidate_share=used[1] / took,
    )


async def _send(
    producer: AIOKafkaProducer, topic: str, articles: list[tuple[bytes, bytes]], rate: int, start: float
) -> None:
    """Send each article when it is due, stamped with that time."""
    for number, (key, value) in enumerate(articles):
        due = start + number / rate
        if (early := due - time.time()) > 0:
            await asyncio.sleep(early)
        await producer.send(topic, key=key, value=value, timestamp_ms=int(due * 1000))
    await producer.flush()


async def _watch(settings: Settings, arrivals: list[tuple[float, int, str]]) -> None:
    """Note every alert event: when it arrived, when its article was due (ms), and its change."""
    decode = msgspec.json.Decoder(AlertEvent).decode
    consumer = AIOKafkaConsumer(**consumer_options(settings, None))
    await consumer.start()
    try:
        consumer.assign([TopicPartition(settings.topic_incidents, number) for number in range(PARTITIONS)])
        async for record in consumer:
            now = time.time()
            sent = number_header(record.headers, ARTICLE_AT)
            if record.value is None or sent is None:
                continue
            change = decode(record.value).change
            if change is not Change.CLOSED:
                arrivals.append((now, sent, change))
    finally:
        await consumer.stop()
