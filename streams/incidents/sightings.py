"""Sighting builder: an article with its reading and place becomes what the consolidator folds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from streams.incidents.publishers import publisher_of, wire_of
from streams.incidents.sketch import sketch, words
from streams.incidents.tokens import ages_in, corrects, tokens_of
from streams.model import Article, ArticleRef, Casualties, Kind, Place, Placing, Reading, Sighting, Status
from streams.model.geography import Relation, relation

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time of an article of which neither publication nor arrival is known."""

ATTACHING: Final = frozenset({Status.FOLLOWUP, Status.HOAX})
"""Statuses that are no alert but may add to an incident that is known: its toll, its end, that it was a hoax."""

_MAX_TITLE: Final = 300
_CHARS: Final = 3500
"""So much of the text is looked at: what tells an event from others stands in its lead."""


def sight(
    article: Article, reading: Reading, placing: Placing, *, default_kind: Kind | None = None
) -> tuple[Sighting, ...]:
    """The sightings that an article gives: none where it neither alerts nor adds to an alert.

    An alert that tells of attacks in several towns gives one for each, the main place first.
    With ``default_kind`` every article with a place gives one that may open an incident, of that kind where it is no
    alert by itself: so the consolidation can be measured alone.
    """
    if default_kind is not None:
        if placing.place is None:
            return ()
        if not reading.alertable:
            reading = msgspec.structs.replace(reading, kinds=(default_kind,))
    elif not reading.alertable and (reading.status not in ATTACHING or placing.place is None):
        return ()
    title, body = words(article.title), words(article.text[:_CHARS])
    first = Sighting(
        id=article.id,
        article=ArticleRef(
            article_id=article.id, title=article.title[:_MAX_TITLE], url=article.url, source=article.source
        ),
        reading=reading,
        place=placing.place,
        published_at=article.published_at,
        seen_at=article.arrived_at or article.published_at or UNDATED,
        day_precision=article.day_precision,
        publisher=publisher_of(article.source, article.url),
        wire=wire_of(article.text),
        sketch=sketch(title, body),
        tokens=tokens_of(title, body, ages_in(article.title, article.text)),
        corrects=corrects(title, body),
        opens=reading.alertable or default_kind is not None,
    )
    return first, *_further(first, placing.others)


def _further(first: Sighting, places: tuple[Place, ...]) -> Iterator[Sighting]:
    """A sighting for each place that is an event of its own: not near the first one, nor near one before it.

    The article counts its victims over all places, so that the further ones tell of none.
    """
    if first.place is None or not first.reading.alertable:
        return
    apart = [first.place]
    reading = msgspec.structs.replace(first.reading, casualties=Casualties())
    for place in places:
        if all(relation(one, place) is Relation.APART for one in apart):
            apart.append(place)
            yield msgspec.structs.replace(first, id=f"{first.id}#{len(apart)}", reading=reading, place=place)
