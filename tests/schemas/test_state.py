"""The state that releases before this one kept is gone on from, and that of a later one is refused in plain words."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import ConsumerRecord
from sample_state import PARTITIONS, TOLD, sightings
from schema_files import SCHEMAS

from streams.model import AlertEvent, Incident
from streams.model.versions import SCHEMA_VERSIONS
from streams.settings import load_settings
from streams.workers.desk import POSITION_KEY, Desk, Folded, StateError
from streams.workers.records import encode, partition_of

MAJOR = SCHEMA_VERSIONS["incident"].split(".", maxsplit=1)[0]
STATES = sorted(SCHEMAS.glob(f"incident/{MAJOR}.*/state.jsonl"))
every_state = pytest.mark.parametrize("path", STATES, ids=lambda path: path.parent.name)

Rows = dict[int, list[tuple[str, dict[str, Any]]]]


def rows_of(path: Path) -> Rows:
    rows: Rows = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        partition, key, value = json.loads(line)
        rows[partition].append((key, json.loads(value)))
    return rows


def restored(rows: Rows) -> Desk:
    desk = Desk(load_settings({}))
    for partition, those in rows.items():
        desk.take_over(partition, [(key.encode(), json.dumps(value).encode()) for key, value in those])
    return desk


def told_after(desk: Desk) -> list[AlertEvent]:
    """The events of what is told after the state was kept; what is in it is told again before."""
    folded, offsets = Folded(), dict.fromkeys(range(PARTITIONS), 0)
    for told in sightings(TOLD + 48):
        partition = partition_of(told.partition_key.encode(), PARTITIONS)
        record = ConsumerRecord("s", partition, offsets[partition], 0, 0, None, encode(told), None, 0, 0, ())
        offsets[partition] += 1
        desk.fold(record, folded)
    assert folded.decisions["repeated", "already_folded"] == TOLD
    return [event for event, _, _ in folded.events]


def test_there_is_a_state_of_the_version_that_is_written() -> None:
    assert SCHEMA_VERSIONS["incident"] in [path.parent.name for path in STATES]


@every_state
def test_incidents_go_on_where_they_stood(path: Path) -> None:
    rows = rows_of(path)
    revisions = {key: value["revision"] for those in rows.values() for key, value in those if "revision" in value}
    went_on = set()
    for event in told_after(restored(rows)):
        assert event.revision == revisions.get(event.incident_id, 0) + 1
        revisions[event.incident_id] = event.revision
        went_on.add(event.incident_id)
    assert went_on == set(revisions)
    assert len(revisions) == 16


@every_state
def test_nothing_that_was_kept_is_lost_when_it_is_kept_again(path: Path) -> None:
    for those in rows_of(path).values():
        for key, value in those:
            if not key.startswith(POSITION_KEY):
                again = json.loads(encode(msgspec.convert(value, Incident)))
                assert {name: again[name] for name in value} == value


@every_state
def test_fields_of_a_newer_minor_version_change_nothing(path: Path) -> None:
    plain, newer = rows_of(path), rows_of(path)
    for those in newer.values():
        for _, value in those:
            value["weather"] = {"rain": [1, 2]}
            if "place" in value:
                value["place"]["elevation_m"] = 12
    assert told_after(restored(newer)) == told_after(restored(plain))


@pytest.mark.parametrize("change", [{"state_version": 2}, {"state_version": 2, "phase": "smouldering"}])
def test_state_of_a_newer_major_version_is_refused(change: dict[str, Any]) -> None:
    rows = rows_of(STATES[-1])
    key, value = next((key, value) for key, value in rows[0] if "revision" in value)
    with pytest.raises(StateError, match=f"{key}.* newer release.*state version 2.*up to 1"):
        restored({0: [(key, value | change)]})


def test_state_that_is_no_state_is_told() -> None:
    with pytest.raises(StateError, match="state record b'ke-x' of partition 0"):
        restored({0: [("ke-x", {"id": "ke-x"})]})
