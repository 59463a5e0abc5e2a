"""Strikes: the schedule carried out: workers and brokers killed, frozen, cut off, and brought back."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

import msgspec
from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.local.apache import ApacheKafka
from streams.settings import Settings
from streams.workers.connection import client_options
from tests.chaos.fleet import KINDS, Fleet, Member
from tests.chaos.net import Net
from tests.chaos.schedule import Fault, Strike

DOWN_S: Final = (3.0, 12.0)
"""How long a killed broker stays away, from and to."""
CUT_S: Final = (8.0, 20.0)
FROZEN_BEYOND_S: Final = (2.0, 7.0)
"""How long a worker stays frozen beyond its session timeout."""
_WHOLE_S: Final = 120.0
_LOOK_S: Final = 0.5


class Struck(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that was done: when (monotonic seconds), to whom, and which kinds of workers it concerns."""

    at: float
    fault: Fault
    victim: str
    kinds: tuple[str, ...]


class Strikes:
    """Carries out strikes. A broker is only touched while every replica is in sync, one at a time."""

    def __init__(
        self, settings: Settings, brokers: ApacheKafka, fleet: Fleet, net: Net | None, say: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._brokers = brokers
        self._fleet = fleet
        self._net = net
        self._say = say
        self._extra: list[Member] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self.done: list[Struck] = []
        self.left_out: Counter[Fault] = Counter()

    @property
    def cut_with(self) -> str:
        """How a broker is cut off."""
        return "network namespace" if self._net else "SIGSTOP"

    async def run(self, lane: Sequence[Strike], began: float) -> None:
        """Carry out one lane of strikes; those that come late follow as soon as they can."""
        for strike in lane:
            await asyncio.sleep(max(0.0, began + strike.at_s - time.monotonic()))
            await self._strike(strike)

    async def settle(self) -> None:
        """Wait until what is under way is over: the frozen go on, the leaving have left."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def until_whole(self) -> None:
        """Wait until every replica of every partition is in sync.

        Raises:
            TimeoutError: that takes too long.
        """
        deadline = time.monotonic() + _WHOLE_S
        while not await self._is_whole():
            if time.monotonic() > deadline:
                raise TimeoutError(f"replicas are out of sync for more than {_WHOLE_S:.0f} s")
            await asyncio.sleep(_LOOK_S)

    async def _strike(self, strike: Strike) -> None:
        match strike.fault:
            case Fault.BROKER_KILL | Fault.BROKER_ROLL | Fault.BROKER_CUT:
                await self._strike_broker(strike)
            case Fault.WORKER_ADD:
                member = self._fleet.add(KINDS[strike.pick % len(KINDS)])
                self._extra.append(member)
                self._note(strike.fault, member)
            case Fault.WORKER_REMOVE:
                member = self._extra.pop(0)
                self._note(strike.fault, member)
                self._behind(self._fleet.stop(member, again=False))
            case _:
                self._strike_worker(strike)

    def _strike_worker(self, strike: Strike) -> None:
        ours = self._fleet.victim(strike.pick)
        if ours is None:
            self.left_out[strike.fault] += 1
            return
        self._note(strike.fault, ours)
        if strike.fault is Fault.WORKER_KILL:
            ours.child.kill()
            self._fleet.killed(ours)
        elif strike.fault is Fault.WORKER_STOP:
            self._behind(self._fleet.stop(ours, again=True))
        else:
            self._behind(self._freeze(ours, self._settings.kafka_session_timeout_s + _within(FROZEN_BEYOND_S, strike)))

    async def _freeze(self, member: Member, seconds: float) -> None:
        async with member.lock:
            member.child.pause()
            await asyncio.sleep(seconds)
            member.child.resume()

    async def _strike_broker(self, strike: Strike) -> None:
        await self.until_whole()
        node = 1 + strike.pick % self._brokers.nodes
        if strike.fault is Fault.BROKER_KILL:
            self._note(strike.fault, node)
            await asyncio.to_thread(self._brokers.kill, node)
            await asyncio.sleep(_within(DOWN_S, strike))
            await asyncio.to_thread(self._brokers.restart, node)
        elif strike.fault is Fault.BROKER_CUT:
            self._note(strike.fault, node)
            cut, heal = (self._net.cut, self._net.heal) if self._net else (self._brokers.pause, self._brokers.resume)
            await asyncio.to_thread(cut, node)
            await asyncio.sleep(_within(CUT_S, strike))
            await asyncio.to_thread(heal, node)
        else:
            for each in range(1, self._brokers.nodes + 1):
                await self.until_whole()
                self._note(strike.fault, each)
                await asyncio.to_thread(self._brokers.restart, each)
        await self.until_whole()

    async def _is_whole(self) -> bool:
        admin = AIOKafkaAdminClient(**client_options(self._settings) | {"request_timeout_ms": 5000})
        try:
            async with asyncio.timeout(10):
                await admin.start()
                told = await admin.describe_topics()
        except (errors.KafkaError, OSError, TimeoutError):
            return False
        finally:
            await admin.close()
        partitions = [each for topic in told for each in topic["partitions"]]
        return bool(partitions) and all(len(each["isr"]) == len(each["replicas"]) for each in partitions)

    def _note(self, fault: Fault, victim: Member | int) -> None:
        if isinstance(victim, Member):
            name, kinds = victim.child.name, (victim.kind,)
        else:
            name, kinds = f"broker {victim}", KINDS
        self.done.append(Struck(at=time.monotonic(), fault=fault, victim=name, kinds=kinds))
        self._say(f"{fault}: {name}")

    def _behind(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _within(bounds: tuple[float, float], strike: Strike) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * strike.length
