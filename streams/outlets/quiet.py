"""Quiet hours: when less than the worst may wait until morning."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from streams.model import Severity

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """From ``start`` to ``end`` by the clock of ``zone``, what is milder than ``below`` waits; Extreme never does.

    ``days`` are those on which the hours begin: hours that end after midnight belong to the evening before. Hours
    that start and end at the same minute last all day.
    """

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[str] = frozenset(WEEK)
    below: Severity = Severity.EXTREME

    def holds(self, severity: Severity, now: datetime) -> bool:
        """True when an alert of ``severity`` waits at ``now``.

        The wall clock of the zone decides, so that hours keep their times when clocks are put forward or back.
        """
        if severity is Severity.EXTREME or severity.rank >= self.below.rank:
            return False
        local = now.astimezone(self.zone)
        clock = local.time().replace(fold=0)
        if self.start < self.end:
            return self.start <= clock < self.end and WEEK[local.weekday()] in self.days
        if clock >= self.start:
            return WEEK[local.weekday()] in self.days
        return clock < self.end and WEEK[(local - timedelta(days=1)).weekday()] in self.days
