"""Event time: when an article spoke, when its event was, and whether it comes late. No wall clock anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Final

from streams.model import Incident, Sighting

DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST: Final = datetime(1, 1, 2, tzinfo=UTC)


def spoke_at(sighting: Sighting) -> datetime:
    """When the article spoke: its publication, never after its arrival; its arrival where no date is given.

    A bare date is read as late on that day as its arrival allows.
    """
    published = sighting.published_at
    if published is None:
        return sighting.seen_at
    if sighting.day_precision:
        published = published + DAY
    return min(published, sighting.seen_at)


def event_at(sighting: Sighting) -> datetime:
    """When the event happened as far as the article tells: its own time, else when the article spoke."""
    told = sighting.reading.event_time
    spoke = spoke_at(sighting)
    return min(told.at, spoke) if told is not None and told.told else spoke


def newest_of(incident: Incident) -> datetime:
    """When the newest fresh article of an incident spoke."""
    return incident.newest_at or incident.last_danger_at


def instant(moment: datetime) -> int:
    """A moment as whole microseconds since 1970: what is compared with many others is compared as a number."""
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def microseconds(span: timedelta) -> int:
    """A span as whole microseconds."""
    return (span.days * 86400 + span.seconds) * 1_000_000 + span.microseconds


def is_late(sighting: Sighting, watermark: datetime, lateness: timedelta) -> bool:
    """True when the article spoke more than ``lateness`` before ``watermark``, the newest arrival of its partition."""
    published = sighting.published_at
    if published is None:
        return False
    if sighting.day_precision:
        published = published + DAY
    return max(watermark, sighting.seen_at) - published > lateness


def after(moment: datetime, span: timedelta) -> datetime:
    """``moment`` plus ``span``, held within what a datetime can say."""
    try:
        return moment + span
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def before(moment: datetime, span: timedelta) -> datetime:
    """``moment`` less ``span``, held within what a datetime can say."""
    try:
        return moment - span
    except OverflowError:
        return _OLDEST
