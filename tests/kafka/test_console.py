"""The console on a real Kafka: from a published alert to the page, and orders back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from console_stories import event, put_aside, toll
from playwright.async_api import expect
from visits import open_chromium, visit

from streams.console.server import Console
from streams.local.apache import ApacheKafka
from streams.model import AlertEvent
from streams.model.command import Command
from streams.model.kinds import Change, CommandAction
from streams.settings import Settings, load_settings
from streams.workers.admin import apply_topics
from streams.workers.ledger import Ledger
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing, encode


class Publisher:
    """Publishes as the workers do."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = new_producer(settings)

    async def __aenter__(self) -> "Publisher":
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def alert(self, told: AlertEvent) -> None:
        """To the topic of each kind, and to the compacted one."""
        topics = [getattr(self._settings, f"topic_{kind}") for kind in told.kinds]
        for topic in (*topics, self._settings.topic_incidents):
            await self._producer.send_and_wait(topic, encode(told), key=told.incident_id.encode())

    async def raw(self, topic: str, value: bytes | None, key: bytes | None = None) -> None:
        """Anything."""
        await self._producer.send_and_wait(topic, value, key=key)


async def until(holds: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until ``holds()`` is true."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is looked at has no event to wait for
            await asyncio.sleep(0.02)


@asynccontextmanager
async def console_on(settings: Settings) -> AsyncIterator[Console]:
    served = settings.model_copy(update={"console_port": 0})
    async with Console(served, Ledger(served)) as console:
        await until(lambda: console.board.source_state == "live", 30)
        yield console


@pytest.fixture
async def publisher(kafka_settings: Settings) -> AsyncIterator[Publisher]:
    await apply_topics(kafka_settings)
    async with Publisher(kafka_settings) as publishing:
        yield publishing


async def test_what_there_is_and_what_comes_is_on_the_board(kafka_settings: Settings, publisher: Publisher) -> None:
    for revision in (1, 2):
        await publisher.alert(event("tampere", revision, casualties=toll(revision)))
    await publisher.raw(kafka_settings.topic_incidents, encode(event("old", 7)), b"old")
    async with console_on(kafka_settings) as console:
        assert [each.revision for each in console.board.dossier("tampere").revisions] == [2, 1]
        assert [each.revision for each in console.board.dossier("old").revisions] == [7]
        await publisher.alert(event("tampere", 3, change=Change.ESCALATED))
        await until(lambda: console.board.summary("tampere").revision == 3)
        await publisher.raw(kafka_settings.topic_incidents, None, b"old")
        await until(lambda: console.board.summary("old") is None)


async def test_what_cannot_be_read_stops_nothing(kafka_settings: Settings, publisher: Publisher) -> None:
    topics = (kafka_settings.topic_incidents, kafka_settings.topic_commands, kafka_settings.topic_terror_alert)
    for topic in topics:
        for value in (b"", b"{", b"\xff", b"[" * 5000, b'{"id": "x"}'):
            await publisher.raw(topic, value, b"\xff")
    await publisher.raw(kafka_settings.topic_commands, None, b"k")
    await publisher.alert(event("tampere"))
    async with console_on(kafka_settings) as console:
        assert console.board.summary("tampere") is not None


async def test_orders_reach_every_console_and_outlive_them(kafka_settings: Settings, publisher: Publisher) -> None:
    await publisher.alert(event("tampere"))
    seen = Command(
        id="c1", action=CommandAction.ACKNOWLEDGE, by="Ines", at=datetime.now(UTC), incident_id="tampere", revision=1
    )
    async with console_on(kafka_settings) as first, console_on(kafka_settings) as second:
        await first._source.send(seen)
        for console in (first, second):
            await until(lambda console=console: console.board.summary("tampere").acknowledged)
            assert not console.board.summary("tampere").needs
    async with console_on(kafka_settings) as third:
        assert third.board.summary("tampere").acknowledged.by == "Ines"


async def newest_are_read(settings: Settings) -> None:
    await apply_topics(settings)
    producer = new_producer(settings)
    await producer.start()
    outbox = Outbox(producer)
    records = [
        Outgoing(topic=settings.topic_suppressed, key=article.article_id.encode(), value=encode(article))
        for article in put_aside(60)
    ]
    await outbox.publish([*records, Outgoing(topic=settings.topic_suppressed, key=b"x", value=b"no article")])
    await producer.stop()
    async with console_on(settings) as console:
        assert len(await console._source.suppressed(5000)) == 60
        assert 1 <= len(await console._source.suppressed(8)) <= 8


async def test_suppressed_articles_are_read_when_asked_for(kafka_settings: Settings) -> None:
    await newest_are_read(kafka_settings)


async def test_suppressed_articles_are_read_from_the_embedded_broker(tansu_settings: Settings) -> None:
    await newest_are_read(tansu_settings)


async def test_missing_topics_are_waited_for(kafka_settings: Settings) -> None:
    served = kafka_settings.model_copy(update={"console_port": 0})
    async with Console(served, Ledger(served)) as console:
        await until(lambda: "topics apply" in console.board.source_note)
        await apply_topics(kafka_settings)
        await until(lambda: console.board.source_state == "live", 40)
        async with Publisher(kafka_settings) as publisher:
            await publisher.alert(event("tampere"))
            await until(lambda: console.board.summary("tampere"))


async def test_brokers_that_are_away_are_told_and_waited_for(kafka_settings: Settings) -> None:
    away = kafka_settings.model_copy(update={"console_port": 0, "kafka_bootstrap_servers": "127.0.0.1:9"})
    async with Console(away, Ledger(away)) as console:
        await until(lambda: console.board.source_state == "lost", 30)
        assert "do not answer" in console.board.source_note


@pytest.mark.chromium
async def test_an_alert_goes_from_kafka_to_the_page(kafka_settings: Settings, publisher: Publisher) -> None:
    async with (
        console_on(kafka_settings) as console,
        open_chromium() as browser,
        visit(browser, console.url) as visitor,
    ):
        page = visitor.page
        await expect(page.locator("#pulse")).to_have_attribute("data-state", "live")
        for number in range(5):
            await publisher.alert(event(f"night-{number}"))
            await expect(page.locator(f'.card[data-id="night-{number}"]')).to_be_visible(timeout=15_000)
        await page.locator('.card[data-id="night-0"] [data-order="acknowledge"]').click()
        await expect(page.locator('.watched .card[data-id="night-0"]')).to_be_visible()
        silence = {"action": "silence", "scope": {"country_code": "FI"}, "minutes": 60, "reason": "drill"}
        await page.request.post(f"{console.url}api/commands", data=silence, headers={"X-Tocsin": "test"})
        await expect(page.locator(".watched .card")).to_have_count(5)
        assert visitor.complaints == []


@pytest.mark.kafka
async def test_a_killed_broker_is_missed_and_found_again() -> None:
    with ApacheKafka() as broker:
        settings = load_settings({}, kafka_bootstrap_servers=broker.bootstrap, partitions=2)
        await apply_topics(settings)
        async with Publisher(settings) as publisher:
            await publisher.alert(event("tampere"))
        async with console_on(settings) as console:
            await asyncio.to_thread(broker.kill, 1)
            await until(lambda: console.board.source_state == "lost", 45)
            assert console.board.summary("tampere") is not None
            await asyncio.to_thread(broker.restart, 1)
            await until(lambda: console.board.source_state == "live", 60)
            async with Publisher(settings) as publisher:
                await publisher.alert(event("tampere", 2))
            await until(lambda: console.board.summary("tampere").revision == 2)
            seen = Command(
                id="c1",
                action=CommandAction.ACKNOWLEDGE,
                by="Ines",
                at=datetime.now(UTC),
                incident_id="tampere",
                revision=2,
            )
            await console._source.send(seen)
            await until(lambda: console.board.summary("tampere").acknowledged)
