"""Source: where a console's view comes from, and where orders go."""

from collections.abc import Sequence
from typing import Protocol

from streams.console.board import Board
from streams.model import Suppressed
from streams.model.command import Command


class SourceError(RuntimeError):
    """The source cannot do it now; the message is for the person at the console."""


class Source(Protocol):
    """What a console needs of the pipeline: the workers' ledger, or a stand-in for it."""

    async def run(self, board: Board) -> None:
        """Tell ``board`` of all that is and comes, until cancelled. Trouble is told by ``board.state``."""

    async def send(self, command: Command) -> None:
        """Publish ``command``; returns once it is kept.

        Raises:
            SourceError: it could not be published.
        """

    async def suppressed(self, count: int) -> Sequence[Suppressed]:
        """About the ``count`` newest articles that did not page, the newest first.

        Raises:
            SourceError: they cannot be read.
        """
