"""Expiry: until when a sentence says that a threat level holds, measured from its publication.

``until 15 August`` holds through that day, ``for 30 days`` from the event on. A month is 30 days. The words are data
(``data/calendar.toml``).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Final

from streams.reading.numbers import value

_LONGEST: Final = timedelta(days=400)
_ONE: Final = frozenset(["a", "an", "one", "un", "une", "una", "ein", "eine", "einen"])
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7


class ExpiryReader:
    """Reads until when a measure holds."""

    def __init__(self) -> None:
        table = tomllib.loads((files("streams.reading") / "data" / "calendar.toml").read_text(encoding="utf-8"))
        self._months = _numbered(table["months"])
        self._weekdays = _numbered(table["weekdays"])
        self._days = _numbered(table["days"])
        self._hours = _numbered(table["units"])
        months, named, units = _any(self._months), _any([*self._weekdays, *self._days]), _any(self._hours)
        until = rf"\b(?:{_any(table['until'])})\s+(?:(?:{_any(table['articles'])})\s+)*"
        year = r"(?:,?\s+(?:de\s+)?(\d{4}))?"
        self._until_day = re.compile(
            rf"{until}(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?({months})\b\.?{year}"
        )
        self._until_month = re.compile(rf"{until}({months})\b\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b{year}")
        self._until_named = re.compile(rf"{until}({named})\b")
        count = r"(\d{1,3}|[^\W\d_]+)"
        self._during = re.compile(
            rf"\b(?:{_any(table['during'])})\s+(?:(?:{_any(table['qualified'])})\s+)*(?:{count}\s+)?({units})\b"
            rf"|\b{count}[- ]({units})\s+(?:{_any(table['lasting'])})\b|\b(?:a|the)\s+(\d{{1,3}})[- ]({units})\b"
        )
        self._meant = re.compile(rf"(?:{_any(table['meant'])})\b")
        past = r"(?:has|have|had) been (?!\w+ed\b|put\b|set\b)"
        self._past = re.compile(rf"\b(?:{past}|(?:{_any(table['past'])})\b)")

    def read(self, sentence: str, published: datetime, since: datetime) -> datetime | None:
        """Until when ``sentence``, ``published`` then, says that something holds which began at ``since``.

        None where it does not say, or says a time that has passed or lies more than 400 days ahead.
        """
        lowered = sentence.lower().replace("ё", "е")
        end = self._day(lowered, published) or self._length(lowered, since)
        return end if end is not None and published < end <= published + _LONGEST else None

    def means_it(self, sentence: str) -> bool:
        """True for a sentence that goes on about what the one before it told of: ``It holds for 14 days``."""
        return self._meant.match(sentence.lower()) is not None

    def _day(self, lowered: str, published: datetime) -> datetime | None:
        midnight = datetime(published.year, published.month, published.day, tzinfo=UTC)
        dated = self._until_day.search(lowered)
        if dated is not None:
            return _date(int(dated[1]), self._months[dated[2]], dated[3], midnight)
        dated = self._until_month.search(lowered)
        if dated is not None:
            return _date(int(dated[2]), self._months[dated[1]], dated[3], midnight)
        named = self._until_named.search(lowered)
        if named is None:
            return None
        if named[1] in self._days:
            return midnight + _DAY * (self._days[named[1]] + 1)
        ahead = (self._weekdays[named[1]] - midnight.weekday()) % _WEEK or _WEEK
        return midnight + _DAY * (ahead + 1)

    def _length(self, lowered: str, since: datetime) -> datetime | None:
        found = self._during.search(lowered)
        if found is None or self._past.search(lowered, 0, found.start()):
            return None
        count, unit = next((found[n], found[n + 1]) for n in (1, 3, 5) if found[n + 1])
        number = 1 if count is None or count in _ONE else value(count)
        return None if number is None else since + timedelta(hours=number * self._hours[unit])


def _date(day: int, month: int, year: str | None, midnight: datetime) -> datetime | None:
    """The end of a day, in the year of publication or, where that has passed, in the next."""
    try:
        end = datetime(int(year or midnight.year), month, day, tzinfo=UTC) + _DAY
        return end if year or end > midnight else end.replace(year=end.year + 1)
    except ValueError:
        return None


def _numbered(table: Mapping[str, Iterable[str]]) -> dict[str, int]:
    return {word: int(number) for number, words in table.items() for word in words}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
