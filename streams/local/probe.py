"""Probe: whether a broker serves, found out by speaking Kafka's protocol to it."""

import asyncio
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.local.errors import LocalError

_PAUSE_S: Final = 0.1
_ANSWER_S: Final = 5.0


def wait_until_serving(
    bootstrap: str, expected: Callable[[frozenset[int]], bool], timeout_s: float, check: Callable[[], None]
) -> None:
    """Wait until a broker answers a metadata request with node ids that satisfy ``expected``.

    Args:
        bootstrap: addresses, comma-separated; every one must accept connections.
        expected: judges the ids of the nodes that the cluster counts as serving.
        timeout_s: longest wait in seconds.
        check: called between tries; raises when waiting has become pointless.

    Raises:
        LocalError: not within ``timeout_s``.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        check()
        if all(_accepts(address) for address in bootstrap.split(",")) and expected(serving_nodes(bootstrap)):
            return
        time.sleep(_PAUSE_S)
    check()
    raise LocalError(f"no broker served at {bootstrap} within {timeout_s:.0f} s: look into its log, then try again")


def serving_nodes(bootstrap: str) -> frozenset[int]:
    """The ids of the nodes in the cluster's metadata; empty when no broker answers."""
    # In a thread, for a caller may have an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, _nodes(bootstrap)).result()


async def _nodes(bootstrap: str) -> frozenset[int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=int(_ANSWER_S * 1000))
    try:
        # The requests time out by themselves: a client that is cancelled while it connects leaves its socket open.
        async with asyncio.timeout(3 * _ANSWER_S):
            await admin.start()
            cluster = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return frozenset()
    finally:
        await admin.close()
    return frozenset(broker["node_id"] for broker in cluster["brokers"])


def _accepts(address: str) -> bool:
    """Whether a connection can be made: asked first, because the client library logs an error for each failure."""
    host, _, port = address.rpartition(":")
    try:
        with closing(socket.create_connection((host, int(port)), timeout=1.0)):
            return True
    except OSError:
        return False
