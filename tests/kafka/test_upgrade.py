"""An upgrade on real brokers: a changelog that other releases wrote is gone on from, without a gap."""

import json
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest
from harness import Worker, alerts_of, as_records, read, send, until

from streams.model import AlertEvent
from streams.settings import Settings
from streams.topics import changelog_name
from streams.workers.admin import apply_topics
from streams.workers.records import Outgoing
from tests.schemas.sample_state import TOLD, sightings

SCHEMAS = Path(__file__).parents[2] / "schemas"
MORE = 48


def kept(settings: Settings) -> list[Outgoing]:
    """The state of the oldest version there is; every other row as a newer minor version would have written it."""
    oldest = min(SCHEMAS.glob("incident/1.*/state.jsonl"))
    rows = []
    for number, line in enumerate(oldest.read_text(encoding="utf-8").splitlines()):
        partition, key, value = json.loads(line)
        if number % 2:
            value = json.dumps(json.loads(value) | {"weather": {"rain": [1, 2]}})
        rows.append(
            Outgoing(topic=changelog_name(settings), key=key.encode(), value=value.encode(), partition=partition)
        )
    return rows


@pytest.mark.kafka
async def test_a_new_release_goes_on_where_the_old_one_stopped(kafka_settings: Settings, tmp_path: Path) -> None:
    settings = kafka_settings
    await apply_topics(settings)
    rows = kept(settings)
    before = {row.key.decode(): json.loads(row.value) for row in rows if row.key and row.value}
    revisions = {key: value["revision"] for key, value in before.items() if "revision" in value}
    told = sightings(TOLD + MORE)
    await send(settings, rows)
    await send(settings, as_records(settings, told[:TOLD]))
    with Worker("consolidate", settings, tmp_path) as worker:
        await worker.until_ready()
        assert f"{len(revisions)} incidents restored" in worker.log
        await send(settings, as_records(settings, told[TOLD:]))

        async def all_went_on() -> bool:
            return {each.key for each in await read(settings, settings.topic_incidents)} == {
                key.encode() for key in revisions
            }

        await until(all_went_on, 60)
        assert worker.stop() == 0
    kinds = [getattr(settings, f"topic_{kind}") for kind in ("terror_alert", "active_shooter", "lockdown_advisory")]
    alerts = alerts_of(await read(settings, *kinds))
    found = defaultdict(list)
    for contents in alerts.values():
        assert len(contents) == 1
        event = msgspec.json.decode(next(iter(contents)), type=AlertEvent)
        found[event.incident_id].append(event.revision)
    for incident, last in revisions.items():
        numbers = sorted(found[incident])
        assert numbers == list(range(last + 1, last + 1 + len(numbers)))
