"""Verdict: what the looks of a run say: whether memory and descriptors stayed flat, and whether lag grew."""

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from tests.soak.watch import Look, Sample

PART = 5
"""The end and the beginning that are compared are each one of so many parts of the time after the warm-up."""
DESCRIPTORS = 3
"""Descriptors that may come and go with connections to the broker."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One question about one worker: medians of the first and last part after the warm-up, and the most there was."""

    worker: str
    what: str
    first: float
    last: float
    most: float
    limit: float

    @property
    def flat(self) -> bool:
        """True where the last part is within the limit."""
        return self.last <= self.limit


def findings(samples: Sequence[Sample], warm_up_s: float, *, growth: float, rate: float) -> list[Finding]:
    """Every question about every worker.

    ``growth`` is the share by which memory may grow; lag may be what ``rate`` articles a second make in a few seconds.

    Raises:
        ValueError: there are too few samples after the warm-up.
    """
    late = [each for each in samples if each.at_s >= warm_up_s]
    if len(late) < PART:
        raise ValueError(f"{len(late)} samples after the warm-up: at least {PART} are needed")
    found = []
    for worker, newest in late[-1].looks.items():
        found += [
            _finding(late, worker, "memory, MB", lambda look: look.rss_mb, lambda first: first * (1 + growth)),
            _finding(late, worker, "descriptors", lambda look: look.descriptors, lambda first: first + DESCRIPTORS),
            _finding(late, worker, "threads", lambda look: look.threads, lambda first: first),
        ]
        if newest.lag is not None:
            found.append(
                _finding(late, worker, "lag, records", lambda look: look.lag or 0, lambda first: 2 * first + 5 * rate)
            )
    return found


def _finding(
    samples: Sequence[Sample],
    worker: str,
    what: str,
    value: Callable[[Look], float],
    limit: Callable[[float], float],
) -> Finding:
    values = [value(each.looks[worker]) for each in samples]
    size = max(1, len(values) // PART)
    first, last = median(values[:size]), median(values[-size:])
    return Finding(worker=worker, what=what, first=first, last=last, most=max(values), limit=limit(first))
