"""The short chaos run on three nodes of Apache Kafka, and brokers that are away for longer than a stall may last."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from harness import Worker, article, settings_at, until
from test_triage import accounted_for, until_accounted_for

from streams.local.apache import ApacheKafka
from streams.workers.admin import apply_topics
from streams.workers.produce import produce
from tests.chaos.run import Plan, run
from tests.chaos.schedule import Fault

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(420)]


async def test_machines_die_and_nothing_is_lost(tmp_path: Path) -> None:
    counts = {Fault.WORKER_KILL: 3, Fault.WORKER_FREEZE: 1, Fault.BROKER_KILL: 1}
    plan = Plan(seed=5, rate=150.0, length_s=24.0, counts=counts, lead_s=8.0)
    result = await run(plan, tmp_path, print)
    assert result.passed, result.damage
    assert result.faults.total() + result.left_out.total() == 5
    assert result.articles > 1000
    assert result.alerts > 0


async def test_a_worker_waits_for_a_frozen_broker_however_long(tmp_path: Path) -> None:
    with ApacheKafka() as broker:
        settings = settings_at(broker.bootstrap).model_copy(
            update={"kafka_session_timeout_s": 6.0, "kafka_request_timeout_s": 3.0, "stall_timeout_s": 2.0}
        )
        await apply_topics(settings)
        with Worker("triage", settings, tmp_path) as triage, Worker("consolidate", settings, tmp_path) as consolidate:
            both = (triage, consolidate)
            for worker in both:
                await worker.until_ready()
            await produce(settings, [article(number) for number in range(50)])
            await until_accounted_for(settings, 50)
            await asyncio.to_thread(broker.pause, 1)
            for worker in both:
                await until(partial(_unready, worker))
            # Far beyond the time after which a worker that stands still for its own reasons ends itself.
            await asyncio.sleep(12.0)
            assert [worker.process.poll() for worker in both] == [None, None]
            await asyncio.to_thread(broker.resume, 1)
            await produce(settings, [article(number) for number in range(50, 100)])
            await until_accounted_for(settings, 100)
            for worker in both:
                await worker.until_ready()
            assert [worker.stop() for worker in both] == [0, 0]
            assert (await accounted_for(settings)).total() == 100


async def _unready(worker: Worker) -> bool:
    return (await asyncio.to_thread(worker.get, "/readyz"))[0] == 503
