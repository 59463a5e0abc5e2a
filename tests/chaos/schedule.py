"""Schedule: which fault strikes when, drawn from a seed: the same arguments give the same schedule."""

import random
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec


class Fault(StrEnum):
    """What can happen to a worker or to a broker."""

    WORKER_KILL = "worker killed"
    WORKER_STOP = "worker stopped"
    WORKER_FREEZE = "worker frozen"
    WORKER_ADD = "worker added"
    WORKER_REMOVE = "worker removed"
    BROKER_KILL = "broker killed"
    BROKER_ROLL = "brokers rolled"
    BROKER_CUT = "broker cut off"


OF_BROKERS: Final = frozenset({Fault.BROKER_KILL, Fault.BROKER_ROLL, Fault.BROKER_CUT})
_EDGE: Final = 0.15
"""Share of its slot that a strike keeps from either end, so that two never fall together in one lane."""


class Strike(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: ``at_s`` seconds after the start; ``pick`` chooses the victim and ``length`` (0 to 1) how long."""

    at_s: float
    fault: Fault
    pick: int
    length: float


def lanes(seed: int, counts: Mapping[Fault, int], length_s: float) -> tuple[list[Strike], list[Strike]]:
    """Strikes against workers and strikes against brokers, each in time order within ``length_s`` seconds.

    Each lane is cut into as many slots as it has strikes. A worker is removed only after one was added.
    """
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    workers = [fault for fault in Fault if fault not in OF_BROKERS for _ in range(counts.get(fault, 0))]
    brokers = [fault for fault in Fault if fault in OF_BROKERS for _ in range(counts.get(fault, 0))]
    chance.shuffle(workers)
    chance.shuffle(brokers)
    return _lane(chance, _adds_first(workers), length_s), _lane(chance, brokers, length_s)


def _adds_first(faults: Sequence[Fault]) -> list[Fault]:
    """``faults`` with additions and removals in turn, as many of each as there are."""
    swinging = (Fault.WORKER_ADD, Fault.WORKER_REMOVE)
    left = {fault: faults.count(fault) for fault in swinging}
    ordered = []
    turn = Fault.WORKER_ADD
    for fault in faults:
        if fault not in swinging:
            ordered.append(fault)
            continue
        turn = turn if left[turn] else next(each for each in swinging if left[each])
        left[turn] -= 1
        ordered.append(turn)
        turn = Fault.WORKER_REMOVE if turn is Fault.WORKER_ADD else Fault.WORKER_ADD
    return ordered


def _lane(chance: random.Random, faults: Sequence[Fault], length_s: float) -> list[Strike]:
    slot = length_s / max(1, len(faults))
    return [
        Strike(
            at_s=round((number + chance.uniform(_EDGE, 1 - _EDGE)) * slot, 3),
            fault=fault,
            pick=chance.randrange(1 << 16),
            length=round(chance.random(), 4),
        )
        for number, fault in enumerate(faults)
    ]
