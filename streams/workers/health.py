"""Health: whether a worker is alive and ready, and the small web server that says so."""

import logging
import time
from collections.abc import Mapping
from typing import Final

import orjson
from aiohttp import web
from prometheus_client.exposition import choose_encoder

from streams.metrics import Metrics
from streams.settings import Settings

log = logging.getLogger(__name__)

TROUBLE_S: Final = 20.0
"""How long one failed call to the brokers counts: longer than the longest pause between two attempts."""

Partition = tuple[str, int]


class Progress:
    """What a worker knows of its own way through the topic. Alive means: commits advance, or the lag is zero.

    Times are seconds of a clock that never goes back, given by the caller. ``stopped`` says why this worker has stopped
    by itself, until people have looked: it is not ready then, but alive, for a restart would mend nothing.
    """

    def __init__(self, worker: str, stall_timeout_s: float, now: float) -> None:
        self.worker = worker
        self.assigned = False
        self.recovered = False
        self._trouble_until = now
        self.draining = False
        self.stopped = ""
        self.lag: dict[Partition, int] = {}
        self.stall_timeout_s = stall_timeout_s
        self._committed: dict[Partition, int] = {}
        self._advanced_at = now

    def observe(self, now: float, committed: Mapping[Partition, int], ends: Mapping[Partition, int]) -> None:
        """Take note of the committed offsets and the ends of the partitions that this worker has."""
        if dict(committed) != self._committed:
            self._advanced_at = now
        self._committed = dict(committed)
        self.lag = {each: max(0, end - committed.get(each, 0)) for each, end in ends.items()}
        if not any(self.lag.values()):
            self._advanced_at = now

    def advanced(self, now: float) -> None:
        """Take note of a commit, or of an assignment that makes a new start."""
        self._advanced_at = self._trouble_until = now

    def trouble(self, now: float) -> None:
        """Take note of a call to the brokers that has to be repeated: not ready until a commit, or for a while."""
        self._trouble_until = now + TROUBLE_S

    def waiting(self, now: float) -> bool:
        """True while the brokers do not answer as they should, which no restart of the worker would mend."""
        return now < self._trouble_until

    def stalled_s(self, now: float) -> float:
        """Seconds since the last commit while there was something to do; 0 where there is nothing to do."""
        return max(0.0, now - self._advanced_at) if any(self.lag.values()) else 0.0

    def alive(self, now: float) -> tuple[bool, str]:
        """Whether this worker gets on, and why (not)."""
        if self.stopped:
            return True, self.stopped
        stalled = self.stalled_s(now)
        if stalled > self.stall_timeout_s:
            return False, f"no commit for {stalled:.0f} s with {sum(self.lag.values())} records to do"
        return True, "commits advance" if any(self.lag.values()) else "nothing to do"

    def stuck(self, now: float, patience: float) -> bool:
        """True when this worker has not got on for ``patience`` times as long as it takes to be called not alive."""
        return not self.stopped and not self.waiting(now) and self.stalled_s(now) > patience * self.stall_timeout_s

    def ready(self, now: float) -> tuple[bool, str]:
        """Whether this worker does its share of the work, and why (not)."""
        if self.draining:
            return False, "stopping"
        if self.stopped:
            return False, self.stopped
        if self.waiting(now):
            return False, "the brokers do not answer"
        if not self.assigned:
            return False, "no partitions assigned"
        if not self.recovered:
            return False, "restoring state"
        return True, "assigned and recovered"


class HealthServer:
    """Serves ``/metrics``, ``/healthz`` and ``/readyz`` of one worker."""

    def __init__(self, settings: Settings, metrics: Metrics, progress: Progress) -> None:
        self._settings = settings
        self._metrics = metrics
        self._progress = progress
        self._runner: web.AppRunner | None = None
        self.address = ""

    async def start(self) -> str:
        """Serve; returns ``HOST:PORT``, the port being the one that the system chose where the setting is 0.

        Raises:
            OSError: the address cannot be bound to.
        """
        self._metrics.begin(self._progress.worker)
        app = web.Application()
        app.add_routes(
            [
                web.get("/metrics", self._exposition),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.metrics_host, self._settings.metrics_port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"{host}:{port}"
        log.info("%s serves /metrics, /healthz and /readyz on http://%s", self._progress.worker, self.address)
        return self.address

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _exposition(self, request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._metrics.registry), headers={"Content-Type": content_type})

    async def _healthz(self, _: web.Request) -> web.Response:
        now = time.monotonic()
        return self._answer(self._progress.alive(now), {"stalled_s": round(self._progress.stalled_s(now), 1)})

    async def _readyz(self, _: web.Request) -> web.Response:
        return self._answer(self._progress.ready(time.monotonic()), {})

    def _answer(self, verdict: tuple[bool, str], more: Mapping[str, object]) -> web.Response:
        good, why = verdict
        lag = {f"{topic}/{partition}": records for (topic, partition), records in sorted(self._progress.lag.items())}
        body = {"ok": good, "why": why, "worker": self._progress.worker, "lag": lag, **more}
        return web.Response(
            body=orjson.dumps(body), status=200 if good else 503, headers={"Content-Type": "application/json"}
        )
