"""Run: the capacity first, then a steady share of it, and what was found."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from streams.incidents import Policy
from tests.bench.cluster import Cluster
from tests.bench.machine import Machine, this_machine
from tests.soak.bed import Bed
from tests.soak.stream import articles
from tests.soak.watch import Sample

BROKER: Final = {
    # An hour of articles is more than a disk should hold: old segments go by size, not by their age.
    "log.retention.bytes": str(192 * 1024**2),
    "log.segment.bytes": str(32 * 1024**2),
    "log.retention.check.interval.ms": "20000",
    "log.segment.delete.delay.ms": "5000",
}
"""Settings of the broker under which its disk stays small."""

_EXPIRY: Final = timedelta(days=12)
"""Longer than any incident stays open without news."""
_BEFORE: Final = timedelta(days=2)
"""Event time ends so long before the present: what would arrive in the future is taken as arriving now."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How long, how often it is looked, and at which share of the capacity. ``rate`` wins over the share."""

    minutes: float
    every_s: float
    capacity_s: float
    share: float
    rate: float | None
    seed: int

    @property
    def seconds(self) -> float:
        """How long articles are sent."""
        return self.minutes * 60

    @property
    def warm_up_s(self) -> float:
        """What is not judged: in it the first incidents grow old enough to be forgotten."""
        return self.seconds / 4


class Soak(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found. ``outcomes`` counts the articles as triage did; ``left`` is what was not dealt with in the end.

    ``capacity`` is None where the rate was given.
    """

    machine: Machine
    plan: Plan
    capacity: float | None
    rate: float
    event_days: float
    samples: list[Sample]
    sent: int
    outcomes: dict[str, int]
    left: int
    exit_codes: dict[str, int | None]


async def soak(cluster: Cluster, plan: Plan, say: Callable[[str], None]) -> Soak:
    """Measure the capacity, run, drain and stop.

    Raises:
        BenchError: a worker ended, or did not become ready.
    """
    machine = this_machine()
    capacity, rate = None, plan.rate
    if rate is None:
        say(f"measuring the capacity for {plan.capacity_s:.0f} s")
        async with Bed(cluster, "capacity", articles(plan.seed, datetime(2020, 1, 1, tzinfo=UTC), 60.0)) as bed:
            capacity = await bed.capacity(plan.capacity_s)
        rate = max(1.0, capacity * plan.share)
        say(f"capacity {capacity:,.0f} articles/s with all workers busy")
    # The oldest incidents are forgotten for the first time before the warm-up ends.
    memory = timedelta(hours=Policy.load().memory_hours) + _EXPIRY
    step_s = memory.total_seconds() / (rate * plan.warm_up_s * 0.8)
    span = timedelta(seconds=step_s * rate * plan.seconds)
    say(f"{rate:,.0f} articles/s for {plan.minutes:g} minutes, {span.days} days of event time")
    stream = articles(plan.seed + 1, datetime.now(UTC).replace(microsecond=0) - span - _BEFORE, step_s)
    async with Bed(cluster, "soak", stream) as bed:
        await bed.steady(rate, plan.seconds, plan.every_s, say)
        return Soak(
            machine=machine,
            plan=plan,
            capacity=capacity,
            rate=rate,
            event_days=span / timedelta(days=1),
            samples=bed.samples,
            sent=bed.sent,
            left=await bed.drained(),
            outcomes=await bed.outcomes(),
            exit_codes=await asyncio.to_thread(bed.stop),
        )
