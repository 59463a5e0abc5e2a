"""Entry: one item of a feed, whatever the format it came in."""

import calendar
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import feedparser
import msgspec
from selectolax.lexbor import LexborHTMLParser

from streams.terminal import plain

TITLE_MOST: Final = 500
JSON_FEED: Final = "https://jsonfeed.org/version/"
_PARAGRAPHS: Final = ("p", "br", "div", "li", "h1", "h2", "h3", "h4", "blockquote", "tr")
_UNSEEN: Final = ["script", "style", "noscript", "template", "iframe", "object", "svg"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says of one article. ``link`` may be relative; ``guid`` is the feed's own id, if it gives one."""

    link: str = ""
    guid: str = ""
    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    language: str | None = None


class FeedError(ValueError):
    """Bytes that are no feed; ``reason`` is a code of bounded variety."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class _JsonItem(msgspec.Struct, frozen=True):
    id: str | int | float | None = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_text: str | None = None
    content_html: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None


class _JsonFeed(msgspec.Struct, frozen=True):
    version: str
    items: tuple[_JsonItem, ...] = ()
    language: str | None = None


_JSON: Final = msgspec.json.Decoder(_JsonFeed, strict=False)


def entries(body: bytes, content_type: str, url: str) -> tuple[Entry, ...]:
    """The entries of a feed in RSS, Atom, CDF or JSON Feed 1.x; broken XML gives what can be read of it.

    Raises:
        FeedError: it is none of these, or nothing could be read of it.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return tuple(_of_json(body))
    found = feedparser.parse(body, response_headers={"content-type": content_type, "content-location": url})
    if not found.get("version") and not found.entries:
        raise FeedError("no_feed", "this is no feed: it is neither RSS, nor Atom, nor a JSON Feed")
    language = found.feed.get("language")
    return tuple(_of_xml(item, language if isinstance(language, str) else None) for item in found.entries)


def text_of(html: str) -> str:
    """The text of a piece of HTML, a paragraph a line; scripts, styles and markup are gone."""
    if "<" not in html and "&" not in html:
        return _lines(html)
    tree = LexborHTMLParser(html)
    tree.strip_tags(_UNSEEN)
    for name in _PARAGRAPHS:
        for node in tree.css(name):
            node.insert_after("\n")
    return _lines((tree.body or tree).text() if tree.body or tree.root else "")


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(each.split()) for each in text.splitlines()) if line)


def _of_xml(item: Mapping[str, Any], language: str | None) -> Entry:
    contents = item.get("content") or []
    bodies = [str(each.get("value") or "") for each in contents] + [str(item.get("summary") or "")]
    return Entry(
        link=str(item.get("link") or ""),
        guid=str(item.get("id") or ""),
        title=plain(text_of(str(item.get("title") or "")), TITLE_MOST),
        text=text_of(max(bodies, key=len)),
        published_at=_moment(item.get("published_parsed") or item.get("updated_parsed")),
        language=language,
    )


def _moment(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _of_json(body: bytes) -> Iterator[Entry]:
    try:
        found = _JSON.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedError("bad_json", f"this is no JSON Feed: {type(error).__name__}") from error
    if not found.version.startswith(JSON_FEED):
        raise FeedError("no_feed", "this is JSON, but no JSON Feed")
    for item in found.items:
        yield Entry(
            link=item.url or item.external_url or "",
            guid=str(item.id) if item.id is not None else "",
            title=plain(text_of(item.title or ""), TITLE_MOST),
            text=_lines(item.content_text) if item.content_text else text_of(item.content_html or item.summary or ""),
            published_at=_rfc3339(item.date_published or item.date_modified),
            language=item.language or found.language,
        )


def _rfc3339(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
