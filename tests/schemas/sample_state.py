"""State sample: what the consolidator of this release keeps of invented stories, as rows of its changelog.

Run `python tests/schemas/sample_state.py` before a release; the file stays as it is from then on, so that every later
release is tested on the state of the ones before.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "kafka")]

from aiokafka import ConsumerRecord  # noqa: E402 - the path comes first
from harness import stories  # noqa: E402

from streams.model import Sighting  # noqa: E402
from streams.model.versions import SCHEMA_VERSIONS  # noqa: E402
from streams.settings import load_settings  # noqa: E402
from streams.workers.desk import Desk, Folded  # noqa: E402
from streams.workers.records import encode, partition_of  # noqa: E402

PARTITIONS = 4
TOWNS = 2
TOLD = 8 * TOWNS * 5
"""Of every town five chapters: it opens, is told again, and escalates; the all-clear is still to come."""


def sightings(count: int) -> list[Sighting]:
    """The first ``count`` sightings of the stories."""
    return stories(count, TOWNS)


def rows() -> Iterator[tuple[int, str, str]]:
    """Partition, key and value of every row."""
    desk = Desk(load_settings({}))
    folded = {partition: Folded() for partition in range(PARTITIONS)}
    for partition in folded:
        desk.take_over(partition, [])
    offsets = dict.fromkeys(folded, 0)
    for told in sightings(TOLD):
        partition = partition_of(told.partition_key.encode(), PARTITIONS)
        record = ConsumerRecord("sightings", partition, offsets[partition], 0, 0, None, encode(told), None, 0, 0, ())
        offsets[partition] += 1
        desk.fold(record, folded[partition])
    for partition, each in folded.items():
        for key, value in each.state.items():
            if value is not None:
                yield partition, key.decode(), value.decode()


if __name__ == "__main__":
    file = ROOT / "schemas" / "incident" / SCHEMA_VERSIONS["incident"] / "state.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")
