"""Article: one news item as it came from the input topic."""

import codecs
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

MAX_BYTES: Final = 8 * 1024 * 1024
"""Largest article record that is read, in bytes; a larger one is a dead letter."""

_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_LONE_SURROGATE: Final = re.compile(
    rb"\\u[Dd][89ABab][0-9A-Fa-f]{2}(?!\\u[Dd][C-Fc-f])"
    rb"|(?<!\\u[Dd][89ABab][0-9A-Fa-f]{2})\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
)
_LEAP_SECOND: Final = re.compile(r"^(.{10}T\d\d:\d\d):60", re.ASCII)
_ESCAPED_LETTER: Final = re.compile(rb"\\u00[4-7]")
"""How an escaped letter or underscore starts, by which a key may be spelled in another way."""

_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class ArticleError(ValueError):
    """An input record that is no valid article.

    ``reason`` is a code of bounded variety (a metric label and a dead-letter header); the message says what is
    wrong and how to mend it; ``article_id`` is given where it could still be read.
    """

    def __init__(self, reason: str, message: str, article_id: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.article_id = article_id


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One news article. Times are UTC; ``published_at`` and ``arrived_at`` are None where unknown.

    ``day_precision`` is True when ``published_at`` was given as a bare date (it then holds midnight UTC).
    """

    id: str
    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    day_precision: bool = False
    arrived_at: datetime | None = None
    source: str = ""
    url: str = ""
    language: str | None = None

    @property
    def order_time(self) -> datetime | None:
        """When the article became known: ``arrived_at``, else ``published_at``."""
        return self.arrived_at or self.published_at


_Time = Annotated[
    str,
    msgspec.Meta(
        description="RFC 3339, or a bare date, of the years 1900 to 2199. Null means unknown.",
        examples=["2016-07-18T06:22:00Z", "2016-07-18"],
        extra_json_schema={"anyOf": [{"format": "date-time"}, {"format": "date"}]},
    ),
]


class ArticleRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The input form of an article; unknown fields are ignored, and null is the same as a field left out."""

    id: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=512,
            description="The publisher's or the crawler's own stable id: printable, and not blank.",
            extra_json_schema={"pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$", "not": {"pattern": r"^\s*$"}},
        ),
    ]
    title: Annotated[str, msgspec.Meta(description="The headline, as plain text.")] | None = None
    text: Annotated[str, msgspec.Meta(description="The body, as plain text.")] | None = None
    published_at: _Time | None = None
    arrived_at: _Time | None = None
    source: Annotated[str, msgspec.Meta(description="The publisher: a domain or a name.")] | None = None
    url: Annotated[str, msgspec.Meta(description="Where the article stands.")] | None = None
    language: Annotated[str, msgspec.Meta(description="BCP 47; detected when absent.")] | None = None


_DECODER: Final = msgspec.json.Decoder(ArticleRecord)
_FIELDS: Final = ArticleRecord.__struct_fields__
_QUOTED_FIELD: Final = re.compile(f'"(?:{"|".join(_FIELDS)})"'.encode())


def decode_article(value: bytes | None) -> Article:
    """Turn one record value or JSON line into an :class:`Article`.

    Raises:
        ArticleError: whatever is wrong with the bytes; nothing else is raised for any input.
    """
    if value is None:
        raise ArticleError("tombstone", "the record has no value: send an article, tombstones mean nothing here")
    if len(value) > MAX_BYTES:
        raise ArticleError("too_large", f"{len(value)} bytes: the limit is {MAX_BYTES}; send the text only")
    if not value.strip():
        raise ArticleError("empty", "the record is empty: send one JSON object")
    try:
        record = _DECODER.decode(value)
    except msgspec.ValidationError as error:
        raise ArticleError("wrong_type", f"{error}: see schemas/article", _rescue_id(value)) from error
    except msgspec.DecodeError as error:
        raise _not_json(value, error) from error
    except UnicodeDecodeError as error:
        raise ArticleError("not_utf8", f"{error}: send JSON in UTF-8") from error
    except RecursionError as error:
        raise ArticleError("too_deep", "nested too deeply: an article is one flat object") from error
    except (TypeError, ValueError) as error:
        raise ArticleError("not_json", f"{error}: send one JSON object in UTF-8") from error
    if repeated := _repeated_field(value, record):
        raise ArticleError("duplicate_key", f"{repeated!r} is given twice: send each field once", record.id)
    return _article(record)


def _not_json(value: bytes, error: msgspec.DecodeError) -> ArticleError:
    """Why ``value`` is no JSON, where the decoder's own words would lead astray."""
    if value.startswith(_BYTE_ORDER_MARKS):
        return ArticleError("byte_order_mark", "the record starts with a byte order mark: send plain UTF-8 without one")
    try:
        value.decode()
    except UnicodeDecodeError as undecodable:
        return ArticleError("not_utf8", f"{undecodable}: send JSON in UTF-8")
    if _LONE_SURROGATE.search(value):
        return ArticleError("lone_surrogate", "half a UTF-16 surrogate pair is escaped: send whole characters")
    return ArticleError("not_json", f"{error}: send one JSON object in UTF-8")


def _article(record: ArticleRecord) -> Article:
    title, text = record.title or "", record.text or ""
    if not record.id.strip() or not record.id.isprintable():
        raise ArticleError("bad_id", "id is blank or has control characters: give every article a stable, printable id")
    if not title.strip() and not text.strip():
        raise ArticleError("no_text", "title and text are both empty: one of them is needed", record.id)
    try:
        published_at, day_precision = _moment(record.published_at, "published_at")
        arrived_at, _ = _moment(record.arrived_at, "arrived_at")
    except ValueError as error:
        raise ArticleError("bad_time", str(error), record.id) from error
    return Article(
        id=record.id,
        title=title,
        text=text,
        published_at=published_at,
        day_precision=day_precision,
        arrived_at=arrived_at,
        source=record.source or "",
        url=record.url or "",
        language=record.language,
    )


def _moment(value: str | None, field: str) -> tuple[datetime | None, bool]:
    """Read RFC 3339 or a bare date; a time without an offset is taken as UTC. Raises ValueError."""
    if value is None or not value.strip():
        return None, False
    is_day = len(value) <= len("2016-07-18")
    try:
        moment = _parse(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{field} is {value[:64]!r}: give RFC 3339 (2016-07-18T06:22:00Z) or a date") from None
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError(f"{field} is {value[:64]!r}: outside the years 1900 to 2199")
    return moment, is_day


def _parse(value: str) -> datetime:
    """ISO 8601 as the standard library reads it, and what RFC 3339 has beyond that: small letters, leap seconds.

    A leap second becomes the one before it. Raises ValueError.
    """
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return datetime.fromisoformat(_LEAP_SECOND.sub(r"\g<1>:59", value.upper()))


def _repeated_field(value: bytes, record: ArticleRecord) -> str | None:
    """The name of a field that stands twice in the record, where readers of JSON differ on which one counts.

    The decoder does not tell, and counting keys properly costs more than decoding, so arithmetic comes first: a
    record of nothing but ``"key": "value"`` pairs has four unescaped quotes a field.
    """
    escaped = value.count(b'\\"')
    given = sum(getattr(record, field) is not None for field in _FIELDS)
    if value.count(b'"') - escaped == 4 * given and not (escaped and b'\\\\"' in value):
        return None
    try:
        value.decode()  # the decoder skips over unknown fields without a look at their bytes
    except UnicodeDecodeError as error:
        raise ArticleError("not_utf8", f"{error}: send JSON in UTF-8", record.id) from error
    plain = _QUOTED_FIELD.findall(value)
    if len(plain) == len(set(plain)) and not _ESCAPED_LETTER.search(value):
        return None
    try:
        pairs: list[str] = json.loads(
            value, object_pairs_hook=lambda pairs: [key for key, _ in pairs], parse_int=str, parse_float=str
        )
    except RecursionError:
        raise ArticleError("too_deep", "nested too deeply: an article is one flat object", record.id) from None
    except ValueError as error:  # in a field that the decoder skipped over
        raise ArticleError("not_json", f"{error}: send one JSON object in UTF-8", record.id) from error
    return next((field for field in _FIELDS if pairs.count(field) > 1), None)


def _rescue_id(value: bytes) -> str | None:
    """The id of a record that is JSON but no article, so that its dead letter can be found by it."""
    try:
        loose: Any = msgspec.json.decode(value)
    except (ValueError, RecursionError, TypeError):
        return None
    found = loose.get("id") if isinstance(loose, dict) else None
    return found[:512] if isinstance(found, str) and found.isprintable() and found else None
