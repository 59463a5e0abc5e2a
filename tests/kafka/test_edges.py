"""Topics planned and applied, lines produced, alerts watched: the edges that people touch, on real brokers."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from harness import article, read, send, stories

from streams.incidents import Book, Policy
from streams.settings import Settings
from streams.topics import topics
from streams.workers.admin import AdminError, apply_topics, plan_topics
from streams.workers.dead_letters import DeadLetterError, count_dead_letters, show_dead_letter
from streams.workers.produce import Produced, produce
from streams.workers.records import Outgoing, cloud_event_headers, encode
from streams.workers.watch import watch


async def test_a_plan_is_empty_once_it_is_applied(kafka_settings: Settings) -> None:
    plan = await plan_topics(kafka_settings)
    assert {difference.what for difference in plan} == {"missing"}
    assert {difference.topic for difference in plan} == {topic.name for topic in topics(kafka_settings)}
    assert await apply_topics(kafka_settings) == plan
    assert await plan_topics(kafka_settings) == []
    assert await apply_topics(kafka_settings) == []


async def test_an_embedded_broker_takes_the_topics_too(tansu_settings: Settings) -> None:
    await apply_topics(tansu_settings)
    assert not [each for each in await plan_topics(tansu_settings) if each.what in ("missing", "partitions")]


async def test_topics_grow_but_those_with_state_do_not(kafka_settings: Settings) -> None:
    await apply_topics(kafka_settings)
    wider = kafka_settings.model_copy(update={"partitions": kafka_settings.partitions + 2})
    done = {difference.topic for difference in await apply_topics(wider)}
    assert kafka_settings.topic_articles in done
    left = await plan_topics(wider)
    assert {(each.what, each.applicable) for each in left} == {("partitions", False)}
    assert kafka_settings.topic_sightings in {each.topic for each in left}
    narrower = kafka_settings.model_copy(update={"partitions": 1})
    assert not [each for each in await plan_topics(narrower) if each.applicable]


async def test_configuration_is_adjusted_and_what_others_set_is_kept(kafka_settings: Settings) -> None:
    await create(kafka_settings, {"retention.ms": "1234567", "max.message.bytes": "2222222"})
    plan = {each.what for each in await plan_topics(kafka_settings) if each.topic == kafka_settings.topic_articles}
    assert "retention.ms" in plan
    await apply_topics(kafka_settings)
    assert await plan_topics(kafka_settings) == []
    await send(kafka_settings, [Outgoing(topic=kafka_settings.topic_articles, key=None, value=b"x" * 2_000_000)])


async def create(settings: Settings, config: dict[str, str]) -> None:
    """The article topic, made by someone else."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await client.start()
    await client.create_topics([NewTopic(settings.topic_articles, settings.partitions, 1, topic_configs=config)])
    await client.close()


async def test_a_refusal_says_what_to_do(kafka_settings: Settings) -> None:
    many = kafka_settings.model_copy(update={"replication_factor": 3})
    with pytest.raises(AdminError, match="replication_factor"):
        await apply_topics(many)


async def test_lines_are_sent_as_they_are_and_keyed_where_they_can_be(kafka_settings: Settings) -> None:
    await create(kafka_settings, {"max.message.bytes": "100000"})
    lines = [article(1), b"no json", article(2), b"x" * 300_000]
    seen: list[Produced] = []
    sent = await produce(kafka_settings, lines, rate=1000, progress=seen.append)
    assert (sent.lines, sent.keyless, sent.refused) == (3, 2, 1)
    assert seen[-1] == sent
    found = {record.value: record.key for record in await read(kafka_settings, kafka_settings.topic_articles)}
    assert found == {article(1): b"art-1", b"no json": None, article(2): b"art-2"}


async def test_every_alert_is_watched_once_from_the_time_asked_for(kafka_settings: Settings) -> None:
    await apply_topics(kafka_settings)
    book, events = Book(Policy.load()), []
    for told in stories(120, towns=2):
        decision = book.decide(told)
        book.apply(decision)
        events += [outcome.event for outcome in decision.outcomes if outcome.event is not None]
    records = [
        Outgoing(
            topic=getattr(kafka_settings, f"topic_{kind}"),
            key=event.incident_id.encode(),
            value=encode(event),
            headers=cloud_event_headers(event),
        )
        for event in events
        for kind in event.kinds
    ]
    assert len(records) > len(events)
    noise = Outgoing(topic=kafka_settings.topic_terror_alert, key=b"k", value=b"not ours")
    await send(kafka_settings, [*records, noise, *records])
    watched = [alert async for alert in watch(kafka_settings, "beginning", until_end=True)]
    assert sorted(alert.event.id for alert in watched) == sorted(event.id for event in events)
    assert {alert.value for alert in watched} == {encode(event) for event in events}
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    assert len([alert async for alert in watch(kafka_settings, now - hour, until_end=True)]) == len(events)
    assert [alert async for alert in watch(kafka_settings, now + hour, until_end=True)] == []
    assert [alert async for alert in watch(kafka_settings, "end", until_end=True)] == []


async def test_no_dead_letters_is_no_error(kafka_settings: Settings) -> None:
    await apply_topics(kafka_settings)
    assert await count_dead_letters(kafka_settings) == {}
    for wrong in ("0:5", "7:0", "x"):
        with pytest.raises(DeadLetterError):
            await show_dead_letter(kafka_settings, wrong)
