"""When: the time of the event as the article tells it, measured from its publication."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from streams.model import Article, EventTime

_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_NO_VERB: Final = r"(?<!may(?=\s(?:be|have|not|also|face|still|never|need|lose|die)\b))"
"""``the shooting of 3 may be linked to`` has no date."""
_DATE: Final = re.compile(
    rf"\b(?:({_MONTHS})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)|(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTHS})\b{_NO_VERB})"
    r"(?:,?\s+((?:19|20)\d\d))?",
)
_DAY: Final = re.compile(
    r"(monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tonight|yesterday|last night"
    r"|this (?:morning|afternoon|evening))\b",
)
"""Its edge before the word is looked at on what was found: an expression that begins with an edge is slow to search."""
_DIGIT: Final = re.compile(r"\d")
_MONTH: Final = re.compile(rf"(?:{_MONTHS})(?![^\W\d_])")
_MONTHS_ELSEWHERE: Final = {
    month: number
    for number, months in enumerate(
        (
            "января janvier enero januar", "февраля février febrero februar", "марта mars marzo märz",
            "апреля avril abril april", "мая mai mayo", "июня juin junio juni", "июля juillet julio juli",
            "августа août agosto august", "сентября septembre septiembre september", "октября octobre octubre oktober",
            "ноября novembre noviembre november", "декабря décembre diciembre dezember",
        ),
        start=1,
    )
    for month in months.split()
}  # fmt: skip
_DATE_ELSEWHERE: Final = re.compile(
    rf"\b(\d{{1,2}})(?:er|\.)?\s+(?:de\s+)?({'|'.join(_MONTHS_ELSEWHERE)})\b(?:\s+(?:de\s+)?((?:19|20)\d\d))?"
)
_DAYS_ELSEWHERE: Final = {
    day: number
    for number, days in enumerate(
        (
            "понедельник lundi lunes montag", "вторник mardi martes dienstag", "среду mercredi miércoles mittwoch",
            "четверг jeudi jueves donnerstag", "пятницу vendredi viernes freitag", "субботу samedi sábado samstag",
            "воскресенье dimanche domingo sonntag", "вчера hier ayer gestern", "сегодня aujourd'hui hoy heute",
        )
    )
    for day in days.split()
}  # fmt: skip
_YESTERDAY, _TODAY = 7, 8
_DAY_ELSEWHERE: Final = re.compile(
    r"(?:\bво?\s+(понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|\b(вчера|сегодня)"
    r"|\b(lundi|mardi(?!\s+gras)|mercredi|jeudi|vendredi|samedi|dimanche|hier|aujourd'hui)"
    r"|\b(?:el|este)\s+(lunes|martes|miércoles|jueves|viernes|sábado|domingo)|\b(ayer|hoy)"
    r"|\bam\s+(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)|\b(gestern|heute))\b"
)
_ELSEWHERE: Final = re.compile(" (?:l[ea]|d(?:u|e[lr]|ie|as)|un|el|los|am|ein) ")
"""One of these, or a letter that is not ASCII, has a passage that is not English; only then other days are tried."""
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEAR: Final = re.compile(
    r"(\b(?:since|from|until|after|before)\s+|[-/$#]\s?)?(?<![-/\d])\b((?:19[5-9]|20[0-4])\d)\b(?![-/])", re.IGNORECASE
)
_SINCE: Final = re.compile(r"\bsince\b", re.IGNORECASE)
_YEAR_DIGITS: Final = re.compile(r"19[5-9]\d|20[0-4]\d")
"""What :data:`_YEAR` finds nothing without, found in a tenth of its time."""
_NEW_YEAR: Final = 2
_MONTH_NUMBER: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
OLD_DAYS: Final = 6
"""An event dated more days than this before publication is old news, whatever the tense. A weekday is never old."""


def published(article: Article) -> EventTime | None:
    """The publication standing in for an event time that is not told; None where that is unknown too."""
    if article.published_at is None:
        return None
    precision: Literal["minute", "day"] = "day" if article.day_precision else "minute"
    return EventTime(at=article.published_at, precision=precision, told=False)


def event_time(article: Article, passage: str) -> EventTime | None:
    """The day of the event by what ``passage`` (headline and lead) tells first: a date, a weekday, or ``today``."""
    moment = article.published_at
    if moment is None:
        return None
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    lowered = passage.lower()
    date = _DATE.search(lowered) if _DIGIT.search(lowered) and _MONTH.search(lowered) else None
    name = _first_day(lowered)
    day = _dated(date, midnight) if date and not (name and name.start() < date.start()) else None
    if day is None and name:
        day = _named(name, midnight)
    if day is None and (not lowered.isascii() or _ELSEWHERE.search(lowered)):
        day = _elsewhere(lowered, midnight)
    return EventTime(at=day, precision="day", told=True) if day else published(article)


def _first_day(lowered: str) -> re.Match[str] | None:
    """The first day that is named in ``lowered``, as a word of its own."""
    found = _DAY.search(lowered)
    while found is not None:
        before = lowered[found.start() - 1 : found.start()]
        if not before.isalnum() and before != "_":
            return found
        found = _DAY.search(lowered, found.start() + 1)
    return None


def is_old(article: Article, time: EventTime | None) -> bool:
    """True when the event is told to lie more than :data:`OLD_DAYS` days before publication."""
    if time is None or not time.told or article.published_at is None:
        return False
    return article.published_at - time.at > timedelta(days=OLD_DAYS)


def is_of_past_year(article: Article, headline: str, opening: str) -> bool:
    """True when the headline, or else ``opening`` (the first sentence), dates its event to a year before publication.

    A record ("the worst since 2004") is no date, nor is the old year in the first weeks of a new one.
    """
    moment = article.published_at
    if moment is None:
        return False
    latest = moment.year - (2 if moment.month <= _NEW_YEAR else 1)
    return any(
        int(found.group(2)) <= latest and not found.group(1) and not _SINCE.search(passage, 0, found.start())
        for passage in (headline, opening)
        if _YEAR_DIGITS.search(passage)
        for found in _YEAR.finditer(passage)
    )


def _elsewhere(lowered: str, midnight: datetime) -> datetime | None:
    """The first day or date in Russian, French, Spanish or German."""
    date, name = _DATE_ELSEWHERE.search(lowered), _DAY_ELSEWHERE.search(lowered)
    if date is not None and not (name and name.start() < date.start()):
        return _on(int(date[1]), _MONTHS_ELSEWHERE[date[2]], date[3], midnight)
    if name is None:
        return None
    number = _DAYS_ELSEWHERE[name[name.lastindex or 0]]
    if number == _TODAY:
        return midnight
    return midnight - timedelta(days=1) if number == _YESTERDAY else _weekday(number, midnight)


def _dated(found: re.Match[str], midnight: datetime) -> datetime | None:
    month = _MONTH_NUMBER[(found.group(1) or found.group(4))[:3].lower()]
    return _on(int(found.group(2) or found.group(3)), month, found.group(5), midnight)


def _on(day: int, month: int, told_year: str | None, midnight: datetime) -> datetime | None:
    """That day, in the year of publication where none is told."""
    year = int(told_year or midnight.year)
    try:
        told = datetime(year, month, day, tzinfo=UTC)
        if not told_year and told > midnight + timedelta(days=45):
            told = datetime(year - 1, month, day, tzinfo=UTC)
    except ValueError:
        return None
    # A date still to come is announced, not past: publication has to stand in.
    return told if told <= midnight + timedelta(days=1) else None


def _named(found: re.Match[str], midnight: datetime) -> datetime:
    word = found.group(1)
    if word in _WEEKDAYS:
        return _weekday(_WEEKDAYS.index(word), midnight)
    return midnight - timedelta(days=1) if word in ("yesterday", "last night") else midnight


def _weekday(number: int, midnight: datetime) -> datetime:
    back = (midnight.weekday() - number) % 7
    # "Sunday" in what is still Saturday by UTC is a local date ahead of ours, not last week's.
    return midnight - timedelta(days=back if back < 6 else -1)
