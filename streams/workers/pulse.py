"""Pulse: ends a process whose event loop stands still, from a thread that no such stop can reach."""

import logging
import threading
from typing import Final

from streams.workers.process import EXIT_BROKEN, leave

log = logging.getLogger(__name__)

LOOKS: Final = 10
"""Looks without a beat in between after which the loop counts as stuck. Looks, not a clock: a process that was frozen
and goes on was not stuck."""


class Pulse:
    """Watches over one event loop, which calls :meth:`beat`; after ``patience_s`` seconds without, the process ends."""

    def __init__(self, patience_s: float) -> None:
        self._pause_s = patience_s / LOOKS
        self._beats = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def beat(self) -> None:
        """The loop runs."""
        self._beats += 1

    def stop(self) -> None:
        """Watch no longer."""
        self._over.set()

    def _watch(self) -> None:
        heard, silent = self._beats, 0
        while not self._over.wait(self._pause_s):
            heard, silent = self._beats, silent + 1 if heard == self._beats else 0
            if silent >= LOOKS:
                seconds = LOOKS * self._pause_s
                log.critical("nothing moved for %.0f s: this worker ends, so that it is started again", seconds)
                leave(EXIT_BROKEN)
