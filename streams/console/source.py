"""Source: where a console's view comes from, and where orders go."""

from collections.abc import Sequence
from typing import Protocol

from streams.model import Suppressed
from streams.model.command import Command
from streams.workers.ledger import Follower


class Source(Protocol):
    """What a console needs of the pipeline: the workers' ledger, or a stand-in for it."""

    async def run(self, board: Follower) -> None:
        """Tell ``board`` of all that is and comes, until cancelled. Trouble that may pass is told by its state."""

    async def send(self, command: Command) -> None:
        """Publish ``command``; returns once it is kept.

        Raises:
            LedgerError: it could not be published.
        """

    async def suppressed(self, count: int) -> Sequence[Suppressed]:
        """About the ``count`` newest articles that did not page, the newest first.

        Raises:
            LedgerError: they cannot be read.
        """
