"""Brokers that are not there yet, or not any more: workers wait, say so, and lose nothing."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest
from harness import Worker, article, settings_at, until
from test_triage import ALARM, accounted_for, until_accounted_for

from streams.local.apache import ApacheKafka
from streams.local.ports import free_ports
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.produce import produce

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


async def test_brokers_may_come_late_and_go_away(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    broker = ApacheKafka(port=port)
    settings = settings_at(f"127.0.0.1:{port}").model_copy(update={"kafka_session_timeout_s": 10.0})
    with Worker("triage", settings, tmp_path) as triage, Worker("consolidate", settings, tmp_path) as consolidate:
        both = (triage, consolidate)
        for worker in both:
            await worker.until_logged("no Kafka broker answers at 127.0.0.1")
            assert worker.get("/readyz")[0] == 503
        with broker:
            for worker in both:
                await worker.until_logged("tocsin topics apply")
            await apply_topics(settings)
            for worker in both:
                await worker.until_ready()
            lines = [article(number) for number in range(1000)]
            alarms = [json.dumps(ALARM | {"id": f"alarm-{number}"}).encode() for number in range(4)]
            await produce(settings, [*lines[:500], *alarms[:2]])
            await until_accounted_for(settings, 502)
            await asyncio.to_thread(broker.kill, 1)
            for worker in both:
                await not_ready(worker)
            await asyncio.to_thread(broker.restart, 1)
            await produce(settings, [*lines[500:], *alarms[2:]])
            await until_accounted_for(settings, 1004)
            for worker in both:
                await worker.until_ready()
            assert [worker.stop() for worker in both] == [0, 0]
            assert await accounted_for(settings) == Counter(sighting=4, suppressed=1000, dead_letter=0)


async def not_ready(worker: Worker) -> None:
    async def gone() -> bool:
        return (await asyncio.to_thread(worker.get, "/readyz"))[0] == 503

    await until(gone)


async def test_a_stop_while_waiting_for_a_broker_is_a_clean_stop(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings: Settings = settings_at(f"127.0.0.1:{port}")
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_logged("no Kafka broker answers")
        assert worker.stop(10) == 0
