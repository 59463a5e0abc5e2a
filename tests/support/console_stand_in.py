"""A source in the process of the test."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from streams.model import AlertEvent, Suppressed
from streams.model.command import Command
from streams.workers.ledger import Follower, LedgerError


class StandIn:
    """What the tests tell it, the board hears at once; what is sent comes back."""

    def __init__(self, events: Sequence[AlertEvent] = (), aside: Sequence[Suppressed] = ()) -> None:
        self.board: Follower | None = None
        self.told = asyncio.Event()
        self.sent: list[Command] = []
        self.fails: str | None = None
        self._events = list(events)
        self.aside = list(aside)

    async def run(self, board: Follower) -> None:
        """Tell of all events, the newest an instant ago, then wait."""
        self.board = board
        newest = max((each.last_seen_at for each in self._events), default=datetime.now(UTC))
        for each in self._events:
            board.alert(each, datetime.now(UTC) - (newest - each.last_seen_at) - timedelta(seconds=70))
        board.articles(140.0)
        board.state("live")
        self.told.set()
        await asyncio.Event().wait()

    async def send(self, command: Command) -> None:
        """Keep ``command`` and hand it to the board."""
        if self.fails:
            raise LedgerError(self.fails)
        self.sent.append(command)
        if self.board:
            self.board.command(command)

    async def suppressed(self, count: int) -> Sequence[Suppressed]:
        """The articles given at the start."""
        if self.fails:
            raise LedgerError(self.fails)
        return self.aside[:count]
