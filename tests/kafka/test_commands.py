"""Operators' orders on Apache Kafka: carried out in the sequence of the sightings, whatever stops the workers."""

import asyncio
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
from aiokafka import ConsumerRecord
from harness import START, Worker, alerts_of, as_records, read, send, sighting, until, until_records, variables

from streams.incidents import Book, Policy
from streams.model import AlertEvent, Change, Phase
from streams.model.command import Command
from streams.model.kinds import CommandAction
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import list_dead_letters, replay_dead_letters
from streams.workers.desk import Desk, Folded
from streams.workers.records import Outgoing, encode

COUNTRIES = ("KE", "FR", "BR", "JP")
TOWNS = 6


@pytest.fixture
async def settings(kafka_settings: Settings) -> Settings:
    quick = kafka_settings.model_copy(update={"kafka_session_timeout_s": 8.0, "commit_interval_s": 0.5})
    await apply_topics(quick)
    return quick


def order(number: int, action: CommandAction, **fields: object) -> Command:
    return Command(id=f"order-{number}", action=action, by="Signe", at=START, **fields)  # type: ignore[arg-type]


async def give(settings: Settings, *orders: Command) -> None:
    await send(
        settings,
        [Outgoing(topic=settings.topic_commands, key=each.record_key.encode(), value=encode(each)) for each in orders],
    )


async def answers(settings: Settings) -> dict[str, set[bytes]]:
    """By order, the different answers to it."""
    found: dict[str, set[bytes]] = defaultdict(set)
    for record in await read(settings, settings.topic_commands):
        if record.value and b"benches" not in record.value:
            command = msgspec.json.decode(record.value, type=Command)
            if command.action in (CommandAction.HONOUR, CommandAction.REFUSE):
                found[command.target or ""].add(record.value)
    return found


async def until_answered(settings: Settings, count: int, within_s: float = 60.0) -> dict[str, Command]:
    async def answered() -> bool:
        return len(await answers(settings)) >= count

    await until(answered, within_s)
    found = await answers(settings)
    assert {name for name, contents in found.items() if len(contents) != 1} == set()
    return {name: msgspec.json.decode(min(contents), type=Command) for name, contents in found.items()}


async def check_replays(settings: Settings) -> dict[str, set[bytes]]:
    """What was published is what the sightings topic alone gives when it is read anew; returns alerts by id."""
    by_partition: dict[int, list[ConsumerRecord]] = defaultdict(list)
    for record in await read(settings, settings.topic_sightings):
        by_partition[record.partition].append(record)
    wanted: dict[str, set[bytes]] = {}
    for partition, records in by_partition.items():
        desk, folded = Desk(settings), Folded()
        desk.take_over(partition, [])
        for record in records:
            desk.fold(record, folded)
        wanted |= {event.id: {encode(event)} for event, *_ in folded.events}
    published = alerts_of(await read(settings, settings.topic_active_shooter))
    assert published == wanted
    revisions = defaultdict(set)
    for alert in published:
        incident, _, revision = alert.rpartition(":")
        revisions[incident].add(int(revision))
    assert all(found == set(range(1, len(found) + 1)) for found in revisions.values())
    return published


async def opened(settings: Settings, worker: Worker, *countries: str) -> dict[str, list[str]]:
    """Open an incident in each town of ``countries``; returns their ids by country."""
    book, ids = Book(Policy.load()), defaultdict(list)
    told = [
        sighting(10 * number + town, country=country, town=town, minute=town)
        for number, country in enumerate(countries)
        for town in range(TOWNS)
    ]
    for each in told:
        decision = book.decide(each)
        book.apply(decision)
        ids[each.partition_key].append(decision.incident_id or "")
    await worker.until_ready()
    await send(settings, as_records(settings, told))
    await until_records(settings, len(told), settings.topic_incidents)
    return ids


async def test_a_merge_and_its_undo_reach_the_alerts(settings: Settings, tmp_path: Path) -> None:
    with Worker("consolidate", settings, tmp_path) as worker:
        ids = await opened(settings, worker, "KE", "FR")
        first, second = ids["KE"][:2]
        await give(
            settings,
            order(1, CommandAction.MERGE, incident_id=second, target=first, reason="one market, two gates"),
            order(2, CommandAction.MERGE, incident_id=first, target=ids["FR"][0]),
        )
        told = await until_answered(settings, 2)
        assert (told["order-1"].action, told["order-1"].incident_id) == (CommandAction.HONOUR, first)
        assert (told["order-2"].action, told["order-2"].reason) == (CommandAction.REFUSE, "other_country")
        await give(settings, order(3, CommandAction.UNDO, incident_id=second, target="order-1"))
        assert (await until_answered(settings, 3))["order-3"].made == second
        metrics = worker.get("/metrics")[1]
        assert 'tocsin_decisions_total{decision="merged",reason="merged"} 1.0' in metrics
        assert worker.stop() == 0
    published = await check_replays(settings)
    closed, again = (msgspec.json.decode(min(published[f"{second}:{n}"]), type=AlertEvent) for n in (2, 3))
    assert (closed.status, closed.redirect, closed.change) == (Phase.CLOSED, first, Change.CLOSED)
    assert (again.status, again.redirect, again.change) == (Phase.ACTIVE, None, Change.REOPENED)


async def test_kills_between_order_and_commit_change_nothing(settings: Settings, tmp_path: Path) -> None:
    seldom = settings.model_copy(update={"commit_interval_s": 30.0})
    with Worker("consolidate", seldom, tmp_path) as worker:
        ids = await opened(seldom, worker, *COUNTRIES)
        worker.process.kill()
        worker.process.wait()
    orders: list[Command] = []
    for towns in ids.values():
        for a, b in zip(towns[::2], towns[1::2], strict=True):
            merge = order(len(orders), CommandAction.MERGE, incident_id=a, target=b)
            undo = order(len(orders) + 1, CommandAction.UNDO, incident_id=a, target=merge.id)
            again = order(len(orders) + 2, CommandAction.MERGE, incident_id=a, target=b)
            orders += [merge, undo, again, order(len(orders) + 3, CommandAction.MERGE, incident_id=a, target="zz-1")]
    later = [sighting(500 + town, country=one, town=town, minute=30) for one in COUNTRIES for town in range(TOWNS)]
    third = len(orders) // 3
    for part in range(3):
        await give(seldom, *orders[part * third : (part + 1) * third])
        await send(seldom, as_records(seldom, later[part::3]))
        with Worker("consolidate", seldom, tmp_path) as worker:
            before = len(await answers(seldom))

            async def moving(before: int = before) -> bool:
                return len(await answers(seldom)) > before

            # Answers go out together with the alerts: the state and the commit are still to come.
            await until(moving, 90, every_s=0.02)
            worker.process.kill()
            worker.process.wait()
    with Worker("consolidate", settings, tmp_path) as worker:
        told = await until_answered(settings, len(orders), within_s=120)
        await worker.until_ready()

        async def settled() -> bool:
            sample = [line for line in worker.get("/metrics")[1].splitlines() if "tocsin_consumer_lag" in line]
            return bool(sample) and all(line.endswith(" 0.0") for line in sample if not line.startswith("#"))

        await until(settled)
        assert worker.stop() == 0
    assert [told[each.id].reason for each in orders[:4]] == ["merged", "undone", "merged", "other_country"]
    assert {told[each.id].reason for each in orders} == {"merged", "undone", "other_country"}
    await check_replays(settings)


async def test_what_is_no_order_is_a_dead_letter_that_can_be_mended(settings: Settings, tmp_path: Path) -> None:
    with Worker("consolidate", settings, tmp_path) as worker:
        ids = await opened(settings, worker, "KE")
        first, second = ids["KE"][:2]
        bad = Outgoing(topic=settings.topic_commands, key=b"KE", value=b'{"action": "merge", "of": "benches"}')
        await send(settings, [bad])

        async def buried() -> bool:
            return bool([letter async for letter in list_dead_letters(settings, "bad_order")])

        await until(buried)
        (letter,) = [letter async for letter in list_dead_letters(settings)]
        mended = encode(order(7, CommandAction.MERGE, incident_id=first, target=second))
        assert [back.topic async for back in replay_dead_letters(settings, letter_id=letter.id, value=mended)] == [
            settings.topic_commands
        ]
        assert (await until_answered(settings, 1))["order-7"].action is CommandAction.HONOUR
        assert worker.stop() == 0
    await check_replays(settings)


def tocsin(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    return subprocess.run(
        [sys.executable, "-m", "streams", *arguments],
        env=environment | variables(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_orders_from_a_terminal(settings: Settings, tmp_path: Path) -> None:
    with Worker("consolidate", settings, tmp_path) as worker:
        ids = await opened(settings, worker, "KE", "FR")
        first, second = ids["KE"][:2]
        why = ("--by", "Signe", "--reason", "one market, two gates", "--wait", "40")

        async def give(*arguments: str) -> "subprocess.CompletedProcess[str]":
            return await asyncio.to_thread(tocsin, settings, "orders", *arguments, *why)

        merged = await give("merge", first, second)
        assert (merged.returncode, merged.stdout.splitlines()[1:]) == (0, [f"merged: {first}"]), merged.stderr
        abroad = await give("merge", first, ids["FR"][0])
        assert abroad.returncode == 1
        assert "refused: Incidents of two countries stay two" in abroad.stderr
        order_id = merged.stdout.split()[1]
        undone = await give("undo", order_id)
        assert undone.stdout.splitlines()[1:] == [f"undone: {first}, {second}"]
        assert (await give("undo", order_id)).returncode == 1
        assert "there is no merge or split" in (await give("undo", "elsewhere")).stderr
        assert (await give("split", first, "no-such-article")).returncode == 1
        assert "there is no incident 'fi-typo': `tocsin" in (await give("merge", first, "fi-typo")).stderr
        listed = (await asyncio.to_thread(tocsin, settings, "orders", "list")).stdout.splitlines()
        assert len(listed) == 5
        assert "refused: no_articles" in listed[0]
        assert "Signe: one market, two gates" in listed[-1]
        assert "merged" in listed[-1]
        assert worker.stop() == 0
    late = await asyncio.to_thread(
        tocsin, settings, "orders", "merge", first, second, "--by", "Signe", "--reason", "again", "--wait", "1"
    )
    assert (late.returncode, "no answer within 1 s" in late.stderr) == (1, True)
