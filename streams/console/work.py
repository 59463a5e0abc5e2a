"""Work: a console as a process of its own, with its metrics served apart from the page as those of the workers are."""

import asyncio
from collections.abc import Callable

from streams.console.presence import Presence
from streams.console.server import Console
from streams.metrics import Metrics
from streams.settings import Settings
from streams.workers.health import HealthServer
from streams.workers.ledger import Ledger
from streams.workers.process import unless


async def work(settings: Settings, stop: asyncio.Event, tell: Callable[[str], None]) -> None:
    """Serve the console until ``stop`` is set; ``tell`` is given its address once it serves.

    Raises:
        OSError: the address of the page or of the metrics cannot be bound to.
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    metrics = Metrics()
    served = Console(settings, Ledger(settings), metrics=metrics)
    health = HealthServer(settings, metrics, Presence(served.board, metrics))
    try:
        await health.start()
        await served.open()
        tell(served.url)
        await unless(stop, served.serve())
    finally:
        await served.close()
        await health.stop()
