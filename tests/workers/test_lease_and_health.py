"""Lease and health: when a worker must not write any more, and what it says of itself."""

import json

import aiohttp
import pytest

from streams.metrics import Metrics
from streams.settings import Settings
from streams.workers.health import HealthServer, Progress
from streams.workers.lease import Lease, LeaseLostError

PARTITION = ("sightings", 0)


def test_a_lease_ends_so_long_after_the_last_answered_heartbeat() -> None:
    lease = Lease(10.0, 50.0)
    with pytest.raises(LeaseLostError):
        lease.check(0.0)
    lease.assigned(100.0)
    lease.check(109.9)
    lease.renew(105.0)
    lease.renew(103.0)
    lease.check(114.9)
    with pytest.raises(LeaseLostError, match="no heartbeat"):
        lease.check(115.0)


def test_a_rebalance_waits_only_so_long() -> None:
    lease = Lease(10.0, 50.0)
    lease.assigned(0.0)
    lease.rebalancing(5.0)
    lease.rebalancing(30.0)
    lease.renew(54.0)
    lease.check(54.9)
    with pytest.raises(LeaseLostError, match="rebalance"):
        lease.check(55.0)
    lease.assigned(56.0)
    lease.check(60.0)


def test_alive_is_when_commits_advance_or_nothing_is_to_do() -> None:
    progress = Progress("triage", 100.0, 0.0)
    assert progress.alive(1000.0)[0]
    progress.observe(1000.0, {PARTITION: 5}, {PARTITION: 9})
    assert progress.lag == {PARTITION: 4}
    assert progress.alive(1099.0)[0]
    assert not progress.alive(1101.0)[0]
    assert progress.stuck(1201.0, 2)
    progress.observe(1150.0, {PARTITION: 6}, {PARTITION: 9})
    assert progress.alive(1200.0)[0]
    progress.observe(1300.0, {PARTITION: 6}, {PARTITION: 6})
    assert progress.alive(9999.0) == (True, "nothing to do")


def test_trouble_with_the_brokers_is_no_reason_to_end() -> None:
    progress = Progress("triage", 10.0, 0.0)
    progress.observe(0.0, {PARTITION: 0}, {PARTITION: 1})
    progress.trouble(99.0)
    assert not progress.alive(100.0)[0]
    assert not progress.stuck(100.0, 2)
    progress.advanced(101.0)
    assert progress.alive(102.0)[0]


def test_ready_is_assigned_recovered_reachable_and_not_stopping() -> None:
    progress = Progress("consolidate", 10.0, 0.0)
    reasons = [progress.ready(1.0)]
    progress.assigned = True
    reasons.append(progress.ready(1.0))
    progress.recovered = True
    reasons.append(progress.ready(1.0))
    progress.trouble(1.0)
    reasons.append(progress.ready(2.0))
    progress.draining = True
    reasons.append(progress.ready(2.0))
    assert reasons == [
        (False, "no partitions assigned"),
        (False, "restoring state"),
        (True, "assigned and recovered"),
        (False, "the brokers do not answer"),
        (False, "stopping"),
    ]


async def test_the_server_says_so() -> None:
    progress = Progress("triage", 10.0, 0.0)
    server = HealthServer(Settings(), Metrics(), progress)
    address = await server.start()
    client = aiohttp.ClientSession()

    async def get(path: str, accept: str = "*/*") -> tuple[int, str, str]:
        async with client.get(f"http://{address}{path}", headers={"Accept": accept}) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.text()

    try:
        status, _, body = await get("/readyz")
        assert (status, json.loads(body)["why"]) == (503, "no partitions assigned")
        progress.assigned = progress.recovered = True
        assert (await get("/readyz"))[0] == 200
        assert (await get("/healthz"))[0] == 200
        status, kind, body = await get("/metrics")
        assert (status, kind.split(";")[0]) == (200, "text/plain")
        assert "tocsin_build_info" in body
        assert (await get("/metrics", "application/openmetrics-text"))[2].endswith("# EOF\n")
    finally:
        await client.close()
        await server.stop()
