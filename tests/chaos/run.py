"""Run: one chaos run from the brokers' start to the verdict."""

import asyncio
import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from streams.local.apache import ApacheKafka
from streams.settings import Settings, load_settings
from streams.topics import changelog_name
from streams.workers.admin import apply_topics
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing
from streams.workers.tail import tail
from streams.workers.watch import alert_topics
from tests.chaos.accounts import Accounts
from tests.chaos.damage import Damage, Harm
from tests.chaos.fleet import Fleet
from tests.chaos.mix import Drawn, mix
from tests.chaos.net import Net, allowed
from tests.chaos.revisions import Revisions
from tests.chaos.schedule import Fault, lanes
from tests.chaos.strikes import Strikes
from tests.chaos.watch import Sample, Watch, recovery_s

NODES: Final = 3
PARTITIONS: Final = 6
SESSION_S: Final = 8.0
_TICK_S: Final = 0.2
_BURST: Final = 4000
"""Most records of one send: what piled up while the brokers were away comes in steps."""
_DONE_WITHIN_S: Final = 300.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run. ``rate`` is articles a second, ``size`` how many workers of each kind there are.

    ``lead_s`` is for all workers to be at work before the first strike.
    """

    seed: int
    rate: float
    length_s: float
    counts: dict[Fault, int]
    size: int = 2
    lead_s: float = 15.0


class Result(msgspec.Struct, kw_only=True):
    """What came of a run. ``recoveries`` are seconds by fault, None where a group never caught up."""

    plan: Plan
    cut_with: str
    faults: Counter[Fault]
    left_out: Counter[Fault]
    ends: dict[str, int]
    recoveries: dict[Fault, list[float | None]]
    articles: int
    article_records: int
    seconds: float
    outcomes: dict[str, int]
    repeats: dict[str, int]
    sightings: int
    incidents: int
    alerts: int
    most_behind: int
    damage: Damage

    @property
    def passed(self) -> bool:
        """True when nothing was damaged."""
        return not self.damage


def settings_at(bootstrap: str) -> Settings:
    """Settings of a run: three replicas, and timeouts short enough for many faults in little time."""
    return load_settings(
        {},
        kafka_bootstrap_servers=bootstrap,
        replication_factor=NODES,
        partitions=PARTITIONS,
        kafka_session_timeout_s=SESSION_S,
        kafka_request_timeout_s=10.0,
        commit_interval_s=0.5,
        stall_timeout_s=30.0,
    )


async def run(plan: Plan, folder: Path, say: Callable[[str], None]) -> Result:
    """Start brokers and workers in ``folder``, let the schedule strike, and judge what the topics hold.

    Raises:
        LocalError: a broker does not come (back) up.
        TimeoutError: replicas do not come back in sync.
    """
    with contextlib.ExitStack() as stack:
        net = stack.enter_context(Net(NODES)) if await asyncio.to_thread(allowed) else None
        brokers = ApacheKafka(NODES, folder / "kafka", seats=net.seats if net else ())
        await asyncio.to_thread(brokers.start)
        stack.callback(brokers.stop)
        settings = settings_at(brokers.bootstrap)
        await apply_topics(settings)
        fleet = Fleet(settings, folder)
        stack.callback(fleet.kill_all)
        strikes = Strikes(settings, brokers, fleet, net, say)
        say(f"seed {plan.seed}: {plan.rate:.0f} articles/s for {plan.length_s:.0f} s; cut off by {strikes.cut_with}")
        return await _struck(plan, settings, fleet, strikes, say)


async def _struck(plan: Plan, settings: Settings, fleet: Fleet, strikes: Strikes, say: Callable[[str], None]) -> Result:
    drawn = await asyncio.to_thread(mix, plan.seed)
    fleet.start(plan.size)
    began = time.monotonic()
    async with Watch(settings) as watch:
        over = asyncio.Event()
        load = asyncio.create_task(_load(settings, drawn, plan.rate, over))
        await asyncio.sleep(plan.lead_s)
        schedule = lanes(plan.seed, plan.counts, plan.length_s)
        await asyncio.gather(*(strikes.run(lane, time.monotonic()) for lane in schedule))
        await strikes.settle()
        await asyncio.sleep(max(0.0, began + plan.lead_s + plan.length_s - time.monotonic()))
        over.set()
        await load
        seconds = time.monotonic() - began
        say("all strikes are done: waiting until nothing is left to do")
        done = await watch.until_done(_DONE_WITHIN_S)
        samples = watch.samples
    await fleet.stop_all()
    await strikes.until_whole()
    say("reading what the topics hold")
    accounts, revisions = Accounts(settings), Revisions(settings)
    damage = await _judge(settings, accounts, revisions)
    if not done:
        left = samples[-1].behind(watch.topics) if samples else -1
        damage.add(Harm.LAG, f"{left} records after {_DONE_WITHIN_S:.0f} s")
    for each in fleet.overdue:
        damage.add(Harm.STUCK, each)
    return Result(
        plan=plan,
        cut_with=strikes.cut_with,
        faults=Counter(each.fault for each in strikes.done),
        left_out=strikes.left_out,
        ends={f"{kind} {code}": count for (kind, code), count in fleet.ends.items() if count},
        recoveries=_recoveries(settings, strikes, samples),
        articles=accounts.articles,
        article_records=accounts.records,
        seconds=seconds,
        outcomes=dict(accounts.outcomes),
        repeats={"outcomes": accounts.repeats, "alerts": revisions.repeats},
        sightings=revisions.sightings,
        incidents=revisions.incidents,
        alerts=revisions.alerts,
        most_behind=max((each.behind(watch.topics) for each in samples), default=0),
        damage=damage,
    )


async def _load(settings: Settings, drawn: Iterator[Drawn], rate: float, over: asyncio.Event) -> None:
    """Send ``rate`` records a second until ``over`` is set; what brokers kept us from sending follows in bursts."""
    producer = new_producer(settings)
    await producer.start()
    outbox = Outbox(producer)
    began, sent = time.monotonic(), 0
    try:
        while not over.is_set():
            due = min(int((time.monotonic() - began) * rate) - sent, _BURST)
            records = [
                Outgoing(topic=settings.topic_articles, key=each.key, value=each.value)
                for each, _ in zip(drawn, range(due), strict=False)
            ]
            await outbox.publish(records)
            sent += len(records)
            await asyncio.sleep(_TICK_S)
    finally:
        await producer.stop()


async def _judge(settings: Settings, accounts: Accounts, revisions: Revisions) -> Damage:
    """Read all topics, causes before effects, and collect the damage."""
    async for record in tail(settings, [settings.topic_articles], until_end=True):
        accounts.article(record)
    async for record in tail(settings, [settings.topic_sightings], until_end=True):
        accounts.outcome(record)
        revisions.sighting(record)
    async for record in tail(settings, [settings.topic_suppressed, settings.topic_dead_letters], until_end=True):
        accounts.outcome(record)
    async for record in tail(settings, [*alert_topics(settings), settings.topic_incidents], until_end=True):
        revisions.alert(record)
    async for record in tail(settings, [changelog_name(settings)], until_end=True):
        revisions.state(record)
    return accounts.damage().joined(revisions.damage())


def _recoveries(settings: Settings, strikes: Strikes, samples: list[Sample]) -> dict[Fault, list[float | None]]:
    topic_of = {"triage": settings.topic_articles, "consolidate": settings.topic_sightings}
    found: defaultdict[Fault, list[float | None]] = defaultdict(list)
    for struck in strikes.done:
        found[struck.fault].append(recovery_s(samples, struck.at, [topic_of[kind] for kind in struck.kinds]))
    return dict(found)
