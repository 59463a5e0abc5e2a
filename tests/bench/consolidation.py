"""Consolidation: the real worker, fed with the sightings of invented events that are told and told again."""

from collections.abc import Callable, Iterator

from streams.model import Sighting
from streams.reading import Reader
from streams.workers.records import Outgoing, encode
from tests.bench.cluster import Cluster, settings_for
from tests.bench.meter import COMMITS_S, Sample, measure
from tests.bench.plan import Plan
from tests.bench.prose import Newsroom, cities
from tests.bench.told import told

_TOWNS = 5000


def sightings(plan: Plan, count: int) -> Iterator[Sighting]:
    """``count`` sightings in event time, of articles that are all alerts."""
    reader, newsroom = Reader(), Newsroom(plan.seed + 1, cities(_TOWNS))
    number = made = 0
    while made < count:
        sighting = told(reader, newsroom.article(number, "alert"))
        number += 1
        if sighting is not None:
            made += 1
            yield sighting


async def consolidation(cluster: Cluster, plan: Plan, say: Callable[[str], None]) -> list[Sample]:
    """The rate of one consolidate worker with the state that it builds up; one sample a round."""
    say("consolidation: making sightings")
    warm_up = plan.consolidation_records // 5
    records = [
        (sighting.partition_key.encode(), encode(sighting))
        for sighting in sightings(plan, warm_up + 2 * plan.consolidation_records)
    ]
    samples = []
    for turn in range(plan.rounds):
        say(f"consolidation, round {turn + 1} of {plan.rounds}")
        settings = settings_for(cluster.bootstrap, f"consolidation-{turn}", commit_interval_s=COMMITS_S)
        await cluster.prepare(settings)
        await cluster.fill(
            settings, (Outgoing(topic=settings.topic_sightings, key=key, value=value) for key, value in records)
        )
        async with cluster.admin(settings) as admin:
            with cluster.running(f"consolidate-{turn}", ["streams", "worker", "consolidate"], settings) as child:
                samples.append(
                    await measure(
                        admin,
                        child,
                        settings.group_consolidate,
                        settings.topic_sightings,
                        warm_up=warm_up,
                        records=plan.consolidation_records,
                        there_are=len(records),
                    )
                )
        await cluster.forget(settings)
    return samples
