"""Broker: what all local brokers have in common, and one of them in the foreground."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Final, Literal, Protocol, Self

from streams.local.apache import ApacheKafka
from streams.local.embedded import EmbeddedBroker
from streams.local.errors import LocalError

Engine = Literal["tansu", "kafka"]

_LOOK_S: Final = 1.0


class Broker(Protocol):
    """A local Kafka cluster whose nodes are numbered from 1. As a context manager it starts and stops itself."""

    @property
    def nodes(self) -> int:
        """How many nodes it has."""

    @property
    def bootstrap(self) -> str:
        """HOST:PORT of every node, comma-separated; known once started."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *details: object) -> None: ...

    def start(self) -> None:
        """Start it and return when it serves; raises LocalError."""

    def stop(self) -> None:
        """Stop it; nothing of it runs on."""

    def check(self) -> None:
        """Raise LocalError, with the end of its log, when a node has ended."""

    def log(self, node: int = 1) -> Path:
        """The file with what a node printed."""

    def kill(self, node: int) -> None:
        """SIGKILL a node."""

    def pause(self, node: int) -> None:
        """SIGSTOP a node."""

    def resume(self, node: int) -> None:
        """SIGCONT a node."""

    def restart(self, node: int) -> None:
        """Start a node again on its port and return when it serves; raises LocalError."""


def new_broker(
    engine: Engine, *, nodes: int = 1, folder: Path | None = None, port: int = 0, data_dir: Path | None = None
) -> Broker:
    """A broker that is not started yet.

    Args:
        engine: ``tansu``, embedded and in memory, or ``kafka``, Apache Kafka from its jars.
        nodes: 1, or 3 with ``kafka``.
        folder: where it keeps data and logs; None: a temporary folder.
        port: of the first node; 0: any free one.
        data_dir: where jars are cached; None: the default of the setting ``data_dir``.

    Raises:
        LocalError: the engine cannot have that many nodes.
    """
    if engine == "kafka":
        return ApacheKafka(nodes, folder, port, data_dir=data_dir)
    if nodes != 1:
        raise LocalError(f"{nodes} nodes: the embedded broker has one; use `--engine kafka` for three")
    return EmbeddedBroker(folder, port)


def serve(broker: Broker, announce: Callable[[str], None]) -> None:
    """Run ``broker`` until SIGINT or SIGTERM, then stop it in good order.

    ``announce`` gets the one line ``ready HOST:PORT`` (comma-separated addresses with several nodes) when it serves.
    To be called from the main thread, for it sets signal handlers.

    Raises:
        LocalError: it could not start, or a node ended by itself.
    """
    with _interruptible(), contextlib.suppress(KeyboardInterrupt), broker:
        announce(f"ready {broker.bootstrap}")
        never = threading.Event()
        while not never.wait(_LOOK_S):
            broker.check()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first SIGINT or SIGTERM; later ones must not disturb the stop that follows."""
    both = (signal.SIGINT, signal.SIGTERM)

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in both:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in both}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
