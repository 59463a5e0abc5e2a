"""Presence: whether a console shows what is so, for its readiness and its metrics."""

import math

from streams.console.board import Board
from streams.metrics import Metrics
from streams.workers.health import Progress

WORKER = "console"


class Presence(Progress):
    """The progress of a console: it commits nothing, and is ready while its board follows the topics."""

    def __init__(self, board: Board, metrics: Metrics) -> None:
        super().__init__(WORKER, math.inf, 0.0)
        self._board = board
        metrics.ready.labels(WORKER).set_function(lambda: self.ready(0.0)[0])

    def ready(self, now: float) -> tuple[bool, str]:
        """Whether the board is up to date, and why (not); ``now`` does not matter."""
        del now
        return self._board.source_state == "live", self._board.source_note or self._board.source_state
