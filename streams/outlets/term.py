"""Term: the work for one receiver while it has the same partitions: what was read, told, and may be committed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from streams.outlets.docket import Docket
from streams.outlets.ledger import Ledger
from streams.outlets.message import Envelope, Mark, Message
from streams.outlets.route import Verdict
from streams.outlets.sequence import Lane, Merge

PENDING_MOST: Final = 5_000
"""Alerts on the docket above which nothing more is read: a long quiet night must not fill the memory."""


class Term:
    """Leads records through merge and docket, and keeps the ledgers. It knows no broker and no clock."""

    def __init__(self, docket: Docket, positions: Mapping[Lane, tuple[int, str]]) -> None:
        """Begin at ``positions``: offset and metadata of each lane's commit."""
        self._docket = docket
        self._merge = Merge(positions)
        self._ledgers = {lane: Ledger(offset, metadata) for lane, (offset, metadata) in positions.items()}
        self._committed = {lane: ledger.commit() for lane, ledger in self._ledgers.items()}

    def read(self, mark: Mark, envelope: Envelope | None) -> None:
        """Take in the record at ``mark``; None for one that holds no alert."""
        topic, partition, offset = mark
        fresh = self._ledgers[topic, partition].begin(offset)
        if envelope is None:
            self._done((mark,))
        elif fresh:
            self._merge.add((topic, partition), envelope)
        else:
            self._docket.absorb(envelope)

    @property
    def unsorted(self) -> bool:
        """True when records wait for other lanes, so that it must be asked how far those are."""
        return self._merge.waiting

    @property
    def full(self) -> frozenset[Lane]:
        """Lanes not to be read for now."""
        if self._docket.pending >= PENDING_MOST:
            return frozenset(self._ledgers)
        return self._merge.full

    def advance(self, at_end: Collection[Lane], now: datetime) -> list[tuple[Envelope, Verdict]]:
        """Put on the docket what can be put in order; returns what became of each."""
        weighed = [(envelope, self._docket.take(envelope, now)) for envelope in self._merge.emit(at_end)]
        for envelope, verdict in weighed:
            if not verdict.tell:
                self._done(envelope.marks)
        return weighed

    def next(self, now: datetime) -> Message | None:
        """The next message to deliver."""
        return self._docket.next(now)

    def settle(self, message: Message) -> None:
        """``message`` was delivered, or became a dead letter."""
        self._done(message.marks)

    @property
    def pending(self) -> int:
        """Alerts that the receiver is still to be told of."""
        return self._docket.pending

    def commits(self) -> dict[Lane, tuple[int, str]]:
        """What has changed since the last commit that succeeded."""
        now = {lane: ledger.commit() for lane, ledger in self._ledgers.items()}
        return {lane: commit for lane, commit in now.items() if commit != self._committed[lane]}

    def committed(self, commits: Mapping[Lane, tuple[int, str]]) -> None:
        """Take note that ``commits`` succeeded."""
        self._committed.update(commits)

    def _done(self, marks: Iterable[Mark]) -> None:
        for topic, partition, offset in marks:
            self._ledgers[topic, partition].done((offset,))
