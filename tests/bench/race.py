"""The race: the same articles, on the same topic, through the bare loop, triage, a Faust agent and Quix Streams."""

from collections.abc import Callable
from typing import Final

import msgspec

from tests.bench.cluster import Cluster, settings_for
from tests.bench.meter import COMMITS_S, Sample, measure
from tests.bench.plan import Plan


class Contestant(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read the firehose. ``share``: how much of a plan's records it gets, so that no window is too short
    to measure nor too long to wait for."""

    name: str
    says: str
    module: tuple[str, ...]
    share: float


CONTESTANTS: Final = (
    Contestant(
        name="bare",
        says="aiokafka, JSON decoded, nothing else",
        module=("tests.bench.contestants.bare",),
        share=1.0,
    ),
    Contestant(name="triage", says="our worker: all of triage", module=("streams", "worker", "triage"), share=0.5),
    Contestant(
        name="faust",
        says="the same decisions in a Faust agent",
        module=("tests.bench.contestants.faust_agent",),
        share=0.15,
    ),
    Contestant(
        name="quix",
        says="the same decisions in Quix Streams",
        module=("tests.bench.contestants.quix",),
        share=0.3,
    ),
)
"""In the order in which tables and plots show them; the first one is what the others are compared with."""


async def race(cluster: Cluster, plan: Plan, say: Callable[[str], None]) -> dict[str, list[Sample]]:
    """Every contestant once a round, each round beginning with another one; by name, one sample a round."""
    samples: dict[str, list[Sample]] = {each.name: [] for each in CONTESTANTS}
    for turn in range(plan.rounds):
        start = turn % len(CONTESTANTS)
        for contestant in CONTESTANTS[start:] + CONTESTANTS[:start]:
            say(f"race, round {turn + 1} of {plan.rounds}: {contestant.name}")
            samples[contestant.name].append(await _run(cluster, plan, contestant, turn))
    return samples


async def _run(cluster: Cluster, plan: Plan, contestant: Contestant, turn: int) -> Sample:
    settings = settings_for(cluster.bootstrap, f"race-{contestant.name}-{turn}", commit_interval_s=COMMITS_S)
    await cluster.prepare(settings)
    async with cluster.admin(settings) as admin:
        with cluster.running(f"{contestant.name}-{turn}", list(contestant.module), settings) as child:
            sample = await measure(
                admin,
                child,
                settings.group_triage,
                settings.topic_articles,
                warm_up=plan.warm_up,
                records=int(plan.race_records * contestant.share),
                there_are=plan.topic_records,
            )
    await cluster.forget(settings)
    return sample
