"""Plan: how much a run measures."""

from typing import Final

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one run. ``distinct`` articles are written; the rest of the topic repeats them under other ids."""

    seed: int = 20310505
    rounds: int
    distinct: int
    warm_up: int
    race_records: int
    consolidation_records: int
    latency_s: float
    latency_warm_up_s: float
    rate: int = 1000
    room_articles: int
    room_rounds: int
    open_incidents: int
    folded: int

    @property
    def topic_records(self) -> int:
        """Records on the articles topic: more than anyone reads, so that nobody is measured while running dry."""
        return int((self.warm_up + self.race_records) * 1.15) + 5000


FULL: Final = Plan(
    rounds=5,
    distinct=20_000,
    warm_up=10_000,
    race_records=120_000,
    consolidation_records=15_000,
    latency_s=60.0,
    latency_warm_up_s=10.0,
    room_articles=6000,
    room_rounds=5,
    open_incidents=5000,
    folded=10_000,
)

QUICK: Final = Plan(
    rounds=2,
    distinct=3000,
    warm_up=2000,
    race_records=12_000,
    consolidation_records=2500,
    latency_s=8.0,
    latency_warm_up_s=4.0,
    room_articles=1000,
    room_rounds=2,
    open_incidents=5000,
    folded=1000,
)
"""Under two minutes on two cores: good for seeing that all works, too short for figures to be told to others."""
