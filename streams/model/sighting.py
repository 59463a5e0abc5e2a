"""Sighting: one alertable article as the consolidator sees it."""

import msgspec

from streams.model.place import UNPLACED, Place
from streams.model.reading import Reading
from streams.model.scalars import Moment, Probability, Whole


class ArticleRef(msgspec.Struct, frozen=True, kw_only=True):
    """Enough of an article to name and link it in an alert. ``article_id`` is the article's own id."""

    article_id: str
    title: str = ""
    url: str = ""
    source: str = ""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """An alertable article with its reading and place: a record of the sightings topic, keyed by country.

    ``id`` is ``<article id>`` for the first event of an article and ``<article id>#2`` and so on for further ones.
    ``published_at`` is the article's; ``seen_at`` is when it became known (arrival, else publication), the only time
    that moves the watermark. ``publisher`` is the publisher's folded name and ``wire`` the agency it credits, if any.
    ``sketch`` holds 64-bit hashes of normalised shingles (near copies share most of them), ``tokens`` the rare words
    of title and lead that tell one event from another. ``corrects`` is True when the article says that it corrects
    figures given before. ``opens`` is False for what may only add to a known incident (a follow-up, a hoax found out).
    """

    id: str
    article: ArticleRef
    reading: Reading
    place: Place | None = None
    published_at: Moment | None = None
    seen_at: Moment
    day_precision: bool = False
    publisher: str = ""
    wire: str | None = None
    sketch: tuple[Whole, ...] = ()
    tokens: tuple[str, ...] = ()
    corrects: bool = False
    opens: bool = True

    @property
    def partition_key(self) -> str:
        """The country code that the sightings topic is keyed by."""
        return (self.place and self.place.country_code) or UNPLACED


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the suppressed topic: why an article did not page."""

    article_id: str
    status: str
    reason: str
    confidence: Probability = 0.0
    title: str = ""
    url: str = ""
    source: str = ""
    published_at: Moment | None = None
