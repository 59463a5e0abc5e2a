"""The notifier against real Kafka and receivers on loopback: order, patience, and a kill at any moment."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from capvalidator import check_schema

from streams.local.apache import ApacheKafka
from streams.metrics import Metrics
from streams.model import AlertEvent
from streams.model.command import Command, Scope
from streams.model.kinds import CommandAction, Severity
from streams.outlets.config import NotifyConfig
from streams.settings import Settings, load_settings
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import DeadLetterError, list_dead_letters, replay_dead_letters
from streams.workers.notify import work
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing, cloud_event_headers, encode
from streams.workers.redelivery import redeliver

SECRET = "whsec_" + "bm90IGEgcmVhbCBrZXksIG9ubHkgZm9yIHRoZSB0ZXN0cyE="
ALL_KINDS = ("terror_alert", "active_shooter", "lockdown_advisory")


def event(incident: str, revision: int, change: str = "updated", **fields: Any) -> AlertEvent:
    kinds = fields.pop("kinds", ["active_shooter"])
    at = (datetime(2031, 5, 6, tzinfo=UTC) + timedelta(minutes=revision)).isoformat()
    values = {
        "id": f"{incident}:{revision}",
        "incident_id": incident,
        "revision": revision,
        "change": change,
        "notify": change not in ("corroborated", "closed"),
        "reason": "made_up",
        "status": change if change in ("all_clear", "closed", "retracted") else "active",
        "kinds": kinds,
        "severity": "Severe",
        "urgency": "Immediate",
        "certainty": "Likely",
        "confidence": 0.9,
        "headline": f"Shots at the ferry landing, part {revision}",
        "place": {"name": "Vardhavn", "country": "Norway", "country_code": "NO", "precision": "city"},
        "threat_level": None,
        "advisory": None,
        "casualties": {},
        "sources": {"articles": revision, "publishers": 1, "independent": 1},
        "first_seen_at": at,
        "last_seen_at": at,
        "trigger": {
            "article_id": f"a{revision}",
            "title": "",
            "url": "https://news.example/x",
            "source": "news.example",
        },
    }
    return msgspec.convert(values | fields, AlertEvent)


async def publish(settings: Settings, events: list[tuple[AlertEvent, tuple[str, ...]]]) -> None:
    """Put each event on the topics of its kinds, one after the other as the consolidator does."""
    producer = new_producer(settings)
    await producer.start()
    try:
        outbox = Outbox(producer)
        for each, kinds in events:
            await outbox.publish(
                Outgoing(
                    topic=getattr(settings, f"topic_{kind}"),
                    key=each.incident_id.encode(),
                    value=encode(each),
                    headers=cloud_event_headers(each),
                )
                for kind in kinds
            )
    finally:
        await producer.stop()


class Receiver:
    """A webhook receiver that keeps what it is told, and may misbehave."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.behave: Callable[[str, int], int] = lambda *_: 200
        self.delay_s = 0.0
        self.counts: dict[str, int] = {}
        self.url = ""
        self.news = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        message = request.headers["webhook-id"]
        self.counts[message] = self.counts.get(message, 0) + 1
        await asyncio.sleep(self.delay_s)
        status = self.behave(message, self.counts[message])
        if status == 200:
            events = [each["data"] for each in body] if isinstance(body, list) else [body]
            self.told += [(message, each["id"]) for each in events]
        self.news.set()
        return web.Response(status=status)

    async def reach(self, count: int) -> None:
        """Wait until so many different alerts have been told."""
        while len(set(self.ids)) < count:
            self.news.clear()
            await self.news.wait()

    @property
    def ids(self) -> list[str]:
        return [each for _, each in self.told]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("/hook"))
    yield found
    await server.close()


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


def webhook(url: str, name: str = "hook", **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": "webhook",
        "url": url,
        "secret": {"env": "HOOK_SECRET"},
        "start": "earliest",
        "first_pause_s": 0.05,
        "longest_pause_s": 0.2,
        "timeout_s": 5,
        "storm_after": 0,
    } | fields


def config(*receivers: dict[str, Any], **fields: Any) -> NotifyConfig:
    route = {"name": "all", "receivers": [each["name"] for each in receivers]}
    return NotifyConfig.model_validate({"receivers": receivers, "routes": [route]} | fields)


async def until(reached: Callable[[], bool], stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    """Wait for ``reached`` while ``task`` runs, then stop it."""
    async with asyncio.timeout(90):
        while not reached():
            assert not task.done(), task.exception()
            await asyncio.sleep(0.05)
        stop.set()
        await task


async def notify_until(settings: Settings, notify: NotifyConfig, reached: Callable[[], bool]) -> Metrics:
    stop, metrics = asyncio.Event(), Metrics()
    task = asyncio.create_task(work(settings, notify, stop, metrics=metrics))
    await until(reached, stop, task)
    return metrics


async def test_each_notifiable_revision_once_and_in_order_across_topics(
    kafka_settings: Settings, receiver: Receiver
) -> None:
    await apply_topics(kafka_settings)
    first, later = ("lockdown_advisory",), ("active_shooter", "lockdown_advisory")
    await publish(
        kafka_settings,
        [
            (event("no-1", 1, "opened"), first),
            (event("no-1", 2, "corroborated"), first),
            (event("no-1", 3, "escalated"), later),
            (event("no-2", 1, "opened"), ALL_KINDS),
            (event("no-1", 4, "all_clear"), later),
            (event("no-1", 5, "closed"), later),
        ],
    )
    await notify_until(kafka_settings, config(webhook(receiver.url)), lambda: len(receiver.ids) >= 4)
    assert sorted(receiver.ids) == ["no-1:1", "no-1:3", "no-1:4", "no-2:1"]
    assert [each for each in receiver.ids if each.startswith("no-1")] == ["no-1:1", "no-1:3", "no-1:4"]

    # A second start tells nothing again, and goes on with what is new: even an incident that had another topic before.
    await publish(kafka_settings, [(event("no-2", 2, "updated"), ALL_KINDS)])
    await notify_until(kafka_settings, config(webhook(receiver.url)), lambda: len(receiver.ids) >= 5)
    assert receiver.ids[4:] == ["no-2:2"]


async def test_a_dead_receiver_delays_no_other_and_what_it_refuses_becomes_a_dead_letter(
    kafka_settings: Settings, receiver: Receiver
) -> None:
    await apply_topics(kafka_settings)
    await publish(kafka_settings, [(event("no-1", n, "opened" if n == 1 else "updated"), ALL_KINDS) for n in (1, 2, 3)])
    receiver.behave = lambda message, count: 400 if message == "no-1:2" else 503 if count < 3 else 200
    dead = webhook("http://127.0.0.1:9/", name="dead")
    poor = webhook("http://127.0.0.1:9/", name="poor", give_up_after_s=0)
    metrics = await notify_until(
        kafka_settings,
        config(dead, poor, webhook(receiver.url)),
        lambda: len(receiver.ids) >= 2,
    )
    assert receiver.ids == ["no-1:1", "no-1:3"]
    assert receiver.counts == {"no-1:1": 3, "no-1:2": 1, "no-1:3": 3}
    letters = [letter async for letter in list_dead_letters(kafka_settings)]
    refused = [letter for letter in letters if letter.reason == "notify_http_400"]
    assert [json.loads(letter.value or b"")["id"] for letter in refused] == ["no-1:2"]
    assert "receiver hook" in refused[0].message
    given_up = [letter for letter in letters if letter.reason == "notify_unreachable"]
    assert {json.loads(letter.value or b"")["id"] for letter in given_up} <= {"no-1:1", "no-1:2", "no-1:3"}
    assert all("poor" in letter.message and "127.0.0.1" not in letter.message for letter in given_up)
    delivered = metrics.registry.get_sample_value(
        "tocsin_notifications_total", {"receiver": "hook", "outcome": "delivered", "form": "alert"}
    )
    assert delivered == 2

    # The receiver is mended, and is told of what it missed; nobody else is.
    receiver.behave = lambda *_: 200
    again = [each async for each in redeliver(kafka_settings, config(webhook(receiver.url)), reason="notify_http_400")]
    assert [(each.outcome, each.letter.receiver) for each in again] == [("delivered", "hook")]
    assert receiver.ids == ["no-1:1", "no-1:3", "no-1:2"]
    unknown = [each async for each in redeliver(kafka_settings, config(webhook(receiver.url)))]
    assert {each.outcome for each in unknown if each.letter.receiver != "hook"} <= {"failed"}
    with pytest.raises(DeadLetterError, match="--notify"):
        [each async for each in replay_dead_letters(kafka_settings, letter_id=refused[0].id)]


async def test_operators_silences_are_heeded_and_bad_records_set_aside(
    kafka_settings: Settings, receiver: Receiver
) -> None:
    await apply_topics(kafka_settings)
    silence = Command(
        id="c1",
        action=CommandAction.SILENCE,
        by="someone",
        at=datetime.now(UTC),
        until=datetime.now(UTC) + timedelta(hours=1),
        scope=Scope(incident_id="no-1", up_to=Severity.EXTREME),
    )
    producer = new_producer(kafka_settings)
    await producer.start()
    outbox = Outbox(producer)
    topic = kafka_settings.topic_active_shooter
    await outbox.publish(
        [
            Outgoing(topic=kafka_settings.topic_commands, key=b"c1", value=encode(silence)),
            Outgoing(topic=kafka_settings.topic_commands, key=b"c2", value=b"no command"),
            Outgoing(topic=topic, key=b"no-1", value=b'{"id": "half an alert"'),
            Outgoing(topic=topic, key=b"no-1", value=None),
        ]
    )
    await producer.stop()
    await publish(
        kafka_settings, [(event("no-1", 1, "opened"), ALL_KINDS), (event("no-2", 1, "opened"), ("active_shooter",))]
    )
    await notify_until(kafka_settings, config(webhook(receiver.url)), lambda: bool(receiver.ids))
    assert receiver.ids == ["no-2:1"]
    letters = [letter async for letter in list_dead_letters(kafka_settings)]
    assert [(letter.reason, letter.value) for letter in letters] == [("not_an_alert", b'{"id": "half an alert"')]


async def test_what_waits_for_the_morning_survives_a_restart_and_what_was_told_is_not_repeated(
    kafka_settings: Settings, receiver: Receiver
) -> None:
    await apply_topics(kafka_settings)
    await publish(
        kafka_settings,
        [
            (event("no-1", 1, "opened"), ALL_KINDS),
            (event("no-2", 1, "opened", severity="Extreme"), ALL_KINDS),
            (event("no-3", 1, "opened"), ("active_shooter",)),
        ],
    )
    always = {"receivers": ["hook"], "start": "00:00", "end": "00:00", "zone": "Europe/Oslo"}
    night = config(webhook(receiver.url), quiet=[always])
    metrics = await notify_until(kafka_settings, night, lambda: bool(receiver.ids))
    assert receiver.ids == ["no-2:1"]
    assert metrics.registry.get_sample_value("tocsin_notifications_pending", {"receiver": "hook"}) in (1, 2)
    await notify_until(kafka_settings, config(webhook(receiver.url)), lambda: len(receiver.ids) >= 3)
    assert sorted(receiver.ids) == ["no-1:1", "no-2:1", "no-3:1"]


@pytest.mark.timeout(240)
async def test_killed_at_any_moment_it_tells_each_receiver_everything_and_repeats_by_id(
    kafka_settings: Settings, receiver: Receiver, tmp_path: Path
) -> None:
    await apply_topics(kafka_settings)
    told = [
        (event(f"no-{incident}", revision, "opened" if revision == 1 else "updated"), ALL_KINDS)
        for revision in range(1, 9)
        for incident in range(5)
    ]
    wanted = {each.id for each, _ in told}
    await publish(kafka_settings, told[:20])
    receiver.delay_s = 0.04
    receiver.behave = lambda message, count: 503 if count == 1 and message.endswith(":3") else 200
    folder = tmp_path / "cap"
    file = tmp_path / "notify.toml"
    file.write_text(
        f"""
        [[receivers]]
        name = "hook"
        type = "webhook"
        url = "{receiver.url}"
        secret = {{ env = "HOOK_SECRET" }}
        start = "earliest"
        first_pause_s = 0.05
        storm_after = 0

        [[receivers]]
        name = "files"
        type = "cap"
        folder = "{folder}"
        sender = "tocsin@tests.example"
        restriction = "For the tests only"
        start = "earliest"

        [[routes]]
        name = "all"
        receivers = ["hook", "files"]
        """
    )
    environment = os.environ | {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": kafka_settings.kafka_bootstrap_servers or "",
        "TOCSIN_KAFKA_SESSION_TIMEOUT_S": "6",
        "HOOK_SECRET": SECRET,
        **{
            f"TOCSIN_{name.upper()}": getattr(kafka_settings, name)
            for name in Settings.model_fields
            if name.startswith("topic_")
        },
    }
    command = [sys.executable, "-m", "streams", "notify", "--config", str(file)]
    log = (tmp_path / "log").open("wb")

    def files() -> set[str]:
        return {path.stem for path in folder.glob("tocsin-*.xml")}

    async def run_until(reached: Callable[[], bool], end: signal.Signals) -> int:
        process = await asyncio.to_thread(subprocess.Popen, command, env=environment, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(60):
                while not reached():
                    assert process.poll() is None, (tmp_path / "log").read_text()
                    await asyncio.sleep(0.02)
        finally:
            process.send_signal(end)
            code = await asyncio.to_thread(process.wait, 30)
        return code

    for count in (3, 11, 19):
        assert await run_until(lambda count=count: len(set(receiver.ids)) >= count, signal.SIGKILL) == -signal.SIGKILL
    await publish(kafka_settings, told[20:])
    assert await run_until(lambda: len(set(receiver.ids)) >= 30, signal.SIGKILL) == -signal.SIGKILL
    names = {each.replace(":", ".") for each in wanted}
    code = await run_until(
        lambda: set(receiver.ids) == wanted and {f"tocsin-{name}" for name in names} <= files(), signal.SIGTERM
    )
    log.close()
    output = (tmp_path / "log").read_text()
    assert code == 0, output
    assert SECRET not in output
    assert receiver.url not in output
    assert all(check_schema(path.read_bytes()).passed for path in folder.glob("tocsin-*.xml"))
    assert len(feedparser.parse(folder / "feed.xml").entries) == 40
    # At least once, each repeat under the same id, and few: at most what was in flight at each of the four kills.
    assert set(receiver.ids) == wanted
    assert len(receiver.ids) - len(wanted) <= 4
    for incident in range(5):
        first = list(dict.fromkeys(each for each in receiver.ids if each.startswith(f"no-{incident}:")))
        assert first == [f"no-{incident}:{revision}" for revision in range(1, 9)]


async def test_two_notifiers_share_a_receiver_and_one_takes_over(kafka_settings: Settings, receiver: Receiver) -> None:
    await apply_topics(kafka_settings)
    incidents = [f"no-{n}" for n in range(12)]
    receiver.delay_s = 0.02
    notify = config(webhook(receiver.url))
    stops = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(work(kafka_settings, notify, stop)) for stop in stops]
    try:
        await publish(kafka_settings, [(event(each, 1, "opened"), ALL_KINDS) for each in incidents])
        async with asyncio.timeout(60):
            await receiver.reach(12)
            await publish(kafka_settings, [(event(each, 2), ALL_KINDS) for each in incidents[:6]])
            stops[0].set()
            await tasks[0]
            await publish(kafka_settings, [(event(each, 2), ALL_KINDS) for each in incidents[6:]])
            await receiver.reach(24)
    finally:
        for stop in stops:
            stop.set()
        await asyncio.gather(*tasks)
    for each in incidents:
        assert list(dict.fromkeys(name for name in receiver.ids if name.startswith(f"{each}:"))) == [
            f"{each}:1",
            f"{each}:2",
        ]


@pytest.mark.kafka
@pytest.mark.timeout(240)
async def test_it_outlives_an_outage_of_the_brokers(receiver: Receiver) -> None:
    with ApacheKafka() as broker:
        settings = load_settings({}, kafka_bootstrap_servers=broker.bootstrap, partitions=2)
        await apply_topics(settings)
        stop = asyncio.Event()
        task = asyncio.create_task(work(settings, config(webhook(receiver.url)), stop))
        try:
            async with asyncio.timeout(150):
                await publish(settings, [(event(f"no-{n}", 1, "opened"), ALL_KINDS) for n in range(3)])
                await receiver.reach(3)
                await asyncio.to_thread(broker.kill, 1)
                await asyncio.sleep(2)
                assert not task.done()
                await asyncio.to_thread(broker.restart, 1)
                await publish(settings, [(event(f"no-{n}", 2), ALL_KINDS) for n in range(3)])
                await receiver.reach(6)
        finally:
            stop.set()
            await task
    assert {*receiver.ids} == {f"no-{n}:{revision}" for n in range(3) for revision in (1, 2)}
