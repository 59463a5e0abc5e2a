"""Following: what Faust passes over or keeps to itself is noticed."""

from collections import namedtuple
from collections.abc import AsyncIterator

import pytest
from aiokafka import ConsumerRecord
from workers_doubles import record

from streams.settings import Settings
from streams.workers import following
from streams.workers.desk import StateError
from streams.workers.following import SILENCE_S, Following

TP = namedtuple("TP", "topic partition")
HERE = TP("sightings", 0)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The offsets that the brokers still have."""
    offsets: list[int] = []

    async def tail(
        settings: Settings, topics: list[str], **options: dict[tuple[str, int], int]
    ) -> AsyncIterator[ConsumerRecord]:
        assert topics == ["sightings"]
        for offset in offsets:
            if offset >= options["positions"]["sightings", 0]:
                yield record(b"", topic="sightings", offset=offset)

    monkeypatch.setattr(following, "tail", tail)
    return offsets


async def test_offsets_follow_on_the_committed_ones(kept: list[int]) -> None:
    follower = Following(Settings())
    kept += [5, 6, 7]
    for offset in (5, 6, 5, 7):
        await follower.step(HERE, offset, {HERE: 5}, 0.0)
    kept.append(8)
    with pytest.raises(StateError, match="8 to 8 were passed over"):
        await follower.step(HERE, 9, {HERE: 5}, 0.0)


async def test_records_that_are_gone_are_no_gap(kept: list[int]) -> None:
    kept += [90, 91]
    follower = Following(Settings())
    await follower.step(HERE, 90, {}, 0.0)
    follower.begin(0.0)
    with pytest.raises(StateError, match="90 to 90"):
        await follower.step(HERE, 91, {HERE: 3}, 0.0)


async def test_silence_counts_only_while_there_is_something() -> None:
    follower = Following(Settings())
    follower.begin(100.0)
    follower.check_silence({HERE: 3}, {HERE: 3}, 200.0, idle=True)
    follower.check_silence({HERE: 4}, {HERE: 3}, 201.0 + SILENCE_S - 2, idle=True)
    follower.check_silence({HERE: 4}, {HERE: 3}, 300.0, idle=False)
    follower.check_silence({HERE: 4}, {HERE: 3}, 300.0 + SILENCE_S, idle=True)
    with pytest.raises(StateError, match="nothing came from sightings/0"):
        follower.check_silence({HERE: 4}, {HERE: 3}, 301.0 + SILENCE_S, idle=True)
    await follower.step(HERE, 3, {HERE: 3}, 330.0)
    follower.check_silence({HERE: 4}, {HERE: 3}, 999.0, idle=True)
