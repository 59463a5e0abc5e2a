"""Item: an entry of a feed as an article of Tocsin, in the form of the article topic."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from streams.feed.address import article_id, canonical, key_of, publisher
from streams.feed.config import FeedSource
from streams.feed.entry import Entry

TEXT_MOST: Final = 200_000
"""Characters of text that are kept: the article topic is no place for books."""

AHEAD_MOST: Final = timedelta(hours=1)
"""A publication further in the future than this is a mistake of the feed's clock or time zone: it is not known then."""

_LANGUAGE: Final = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An article to publish. ``key`` is what it is remembered by, ``url`` where its page is (empty: nowhere)."""

    key: str
    url: str
    published_at: datetime | None
    article: dict[str, Any]

    def with_text(self, text: str) -> "Item":
        """The same with ``text``, if that is more than it has."""
        if len(text) <= len(self.article["text"]):
            return self
        return msgspec.structs.replace(self, article=self.article | {"text": text[:TEXT_MOST]})


def item_of(entry: Entry, source: FeedSource, feed_url: str, now: datetime) -> Item | None:
    """``entry`` as an article that became known at ``now``; None where it has neither title nor text, or no name.

    The id follows from the address, else from the feed's own id for the entry.
    """
    url = (entry.link and canonical(entry.link, feed_url)) or (canonical(entry.guid) if entry.guid else None) or ""
    key = key_of(url) if url else f"{key_of(feed_url)}#{entry.guid}" if entry.guid else ""
    if not key or not (entry.title.strip() or entry.text.strip()):
        return None
    published = entry.published_at
    if published is not None and not (1900 <= published.year < 2200 and published <= now + AHEAD_MOST):
        published = None
    language = source.language or (entry.language if entry.language and _LANGUAGE.match(entry.language) else None)
    article = {
        "id": article_id(key),
        "title": entry.title,
        "text": entry.text[:TEXT_MOST],
        "published_at": _time(published),
        "arrived_at": _time(now),
        "source": source.source or publisher(url or feed_url),
        "url": url,
        "language": language,
    }
    return Item(key=key, url=url, published_at=published, article=article)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment is not None else None
