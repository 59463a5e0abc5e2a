"""Results: everything that a run measured, as it is written to `results.json`, and the figures made of it."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.footprint import Footprint
from tests.bench.latency import Latency
from tests.bench.machine import Machine
from tests.bench.meter import Sample
from tests.bench.plan import Plan
from tests.bench.rooms import STEPS, Rooms, Round

REST: Final = "rest"
"""What triage does beyond the steps that are measured by themselves: records, headers, tallies."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One run. A part that was not asked for is None; ``race`` has one sample a round by contestant."""

    machine: Machine
    plan: Plan
    seconds: float
    race: dict[str, list[Sample]] | None = None
    consolidation: list[Sample] | None = None
    latency: Latency | None = None
    rooms: Rooms | None = None
    footprint: list[Footprint] | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The least, the middle and the greatest of some figures."""

    low: float
    mid: float
    high: float


def spread(figures: Iterable[float]) -> Spread:
    """Their spread.

    Raises:
        ValueError: there are none.
    """
    found = sorted(figures)
    if not found:
        raise ValueError("no figures")
    return Spread(low=found[0], mid=median(found), high=found[-1])


def ratios(samples: Sequence[Sample], yardstick: Sequence[Sample]) -> Spread:
    """Records per second of processor time over those of the yardstick, round by round: what slows the whole machine
    down for a while slows both."""
    return spread(ours.per_cpu_s / theirs.per_cpu_s for ours, theirs in zip(samples, yardstick, strict=True))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least of ``ordered`` figures that ``share`` (0 to 1) of them do not exceed (nearest rank).

    Raises:
        ValueError: there are none.
    """
    if not ordered:
        raise ValueError("no figures")
    rank = -int(-share * len(ordered) // 1)
    return ordered[min(len(ordered), max(1, rank)) - 1]


def step_costs(rounds: Sequence[Round]) -> dict[str, Spread]:
    """Microseconds of each step per article of the mix, the rest last."""
    costs = {step: spread(one.steps[step].us * one.steps[step].calls for one in rounds) for step in STEPS}
    return costs | {REST: spread(max(0.0, one.whole_us - _sum(one)) for one in rounds)}


def _sum(one: Round) -> float:
    return sum(step.us * step.calls for step in one.steps.values())
