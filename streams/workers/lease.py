"""Lease: how long a member of a consumer group may still believe that its partitions are its own."""

import threading

_NEVER = float("-inf")


class LeaseLostError(RuntimeError):
    """The partitions may belong to another worker by now: nothing may be written any more."""


class Lease:
    """Valid for ``valid_s`` after the last heartbeat that the brokers have answered.

    The group coordinator counts from when a heartbeat arrives, we from when it was sent. With ``valid_s`` shorter than
    the session timeout by the time that a write may take, no other member was given our partitions before the write
    is done. A rebalance gives a member so long to come back, and no longer. Shared between the thread that talks to
    the coordinator and the one that works. Times are seconds of a monotonic clock.
    """

    def __init__(self, valid_s: float, rebalance_s: float) -> None:
        self._valid_s = valid_s
        self._rebalance_s = rebalance_s
        self._lock = threading.Lock()
        self._renewed_at = _NEVER
        self._rebalancing_since: float | None = None

    def renew(self, sent_at: float) -> None:
        """A heartbeat sent at ``sent_at`` was answered."""
        with self._lock:
            self._renewed_at = max(self._renewed_at, sent_at)

    def rebalancing(self, now: float) -> None:
        """A rebalance has begun: what is under way must be done in the time that it allows."""
        with self._lock:
            if self._rebalancing_since is None:
                self._rebalancing_since = now

    def assigned(self, now: float) -> None:
        """The coordinator has just given us partitions."""
        with self._lock:
            self._rebalancing_since = None
            self._renewed_at = max(self._renewed_at, now)

    def check(self, now: float) -> None:
        """Return when writing is safe.

        Raises:
            LeaseLostError: the partitions may be someone else's.
        """
        with self._lock:
            silent_s = now - self._renewed_at
            rebalance_s = 0.0 if self._rebalancing_since is None else now - self._rebalancing_since
        if silent_s >= self._valid_s:
            raise LeaseLostError(f"no heartbeat was answered for {silent_s:.1f} s: others may have our partitions")
        if rebalance_s >= self._rebalance_s:
            raise LeaseLostError(f"the rebalance did not wait {rebalance_s:.1f} s: others may have our partitions")
