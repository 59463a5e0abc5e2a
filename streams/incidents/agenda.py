"""Agenda: what falls due when, kept cheap for dates that are put off again and again."""

import heapq
from datetime import datetime


class Agenda:
    """A date for each of many keys. Dates that are put off cost next to nothing until the earlier one comes up."""

    def __init__(self) -> None:
        self._dates: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._queued: dict[str, datetime] = {}

    def set(self, key: str, date: datetime | None) -> None:
        """Give ``key`` another date, or none."""
        if date is None:
            self._dates.pop(key, None)
            return
        self._dates[key] = date
        queued = self._queued.get(key)
        # One entry at or before the date is enough: when it comes up, it is queued again for the date of then.
        if queued is None or date < queued:
            self._queued[key] = date
            heapq.heappush(self._heap, (date, key))

    def before(self, now: datetime, limit: int) -> list[str]:
        """The keys with a date before ``now``, by date and key, at most ``limit``; they stay until set anew."""
        heap = self._heap
        if not heap or heap[0][0] >= now:
            return []
        found = set()
        while heap and heap[0][0] < now:
            queued, key = heapq.heappop(heap)
            if self._queued.get(key) != queued:
                continue
            del self._queued[key]
            date = self._dates.get(key)
            if date is not None:
                found.add((date, key))
        for date, key in found:
            self._queued[key] = date
            heapq.heappush(heap, (date, key))
        return [key for date, key in sorted(found) if date < now][:limit]
