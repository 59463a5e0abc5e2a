"""Meter: how much processor time, wall time and memory a process takes for how many records. Linux only (/proc)."""

import asyncio
import os
import time
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from aiokafka.admin import AIOKafkaAdminClient

from streams.local.process import Child
from tests.bench.cluster import BenchError, check, committed

COMMITS_S: Final = 0.25
"""Between commits of those who commit by the clock: often enough to be looked at, seldom enough to cost nothing."""

LOOK_S: Final = 0.02
"""Time between two looks at a group's commits."""

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1e6


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One measured window: from one commit of a group to another, both in full flow, the start-up left out.

    ``cpu_s`` is user and system time of the process with all its threads; ``rss_mb`` its memory at the end.
    """

    records: int
    wall_s: float
    cpu_s: float
    rss_mb: float = 0.0

    @property
    def per_cpu_s(self) -> float:
        """Records per second of processor time."""
        return self.records / self.cpu_s

    @property
    def per_wall_s(self) -> float:
        """Records per second of the clock on the wall."""
        return self.records / self.wall_s


class _Look(NamedTuple):
    done: int
    wall_s: float
    cpu_s: float


def cpu_seconds(pid: int | str) -> float:
    """User and system time of a process, in steps of a clock tick (10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def resident_mb(pid: int | str = "self") -> float:
    """Resident memory of a process in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB


async def measure(
    admin: AIOKafkaAdminClient,
    child: Child,
    group: str,
    topic: str,
    *,
    warm_up: int,
    records: int,
    there_are: int,
    within_s: float = 300.0,
) -> Sample:
    """Watch ``child`` work through ``topic``: after ``warm_up`` records at least ``records`` more, of ``there_are``.

    Looks are taken at commits only. What is decided about but not committed at the first look is made up for by what
    is so at the last one, unless the topic ends there: it should hold more records than asked for.

    Raises:
        BenchError: the child ended, or it took longer than ``within_s``.
    """
    first: _Look | None = None
    seen = 0
    try:
        async with asyncio.timeout(within_s):
            while True:
                done = await committed(admin, group, topic)
                if done != seen and done >= warm_up and child.pid is not None:
                    look = _Look(done, time.perf_counter(), cpu_seconds(child.pid))
                    if first is None:
                        first = look
                    elif done - first.done >= records or done >= there_are:
                        return Sample(
                            records=look.done - first.done,
                            wall_s=look.wall_s - first.wall_s,
                            cpu_s=look.cpu_s - first.cpu_s,
                            rss_mb=resident_mb(child.pid),
                        )
                seen = done
                check(child)
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise BenchError(
            f"{child.name}: {seen} of {warm_up + records} records in {within_s:.0f} s. Its log ends with:\n"
            f"{child.tail()}"
        ) from None
