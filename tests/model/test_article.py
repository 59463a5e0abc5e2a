"""Article records: what is read, and every kind of bad input with the reason that its dead letter bears."""

import codecs
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.model import Article, ArticleError, decode_article
from streams.model.article import MAX_BYTES

FIELDS = ("id", "title", "text", "published_at", "arrived_at", "source", "url", "language")

REASONS = {
    "tombstone", "too_large", "empty", "wrong_type", "not_json", "not_utf8", "byte_order_mark", "lone_surrogate",
    "too_deep", "duplicate_key", "bad_id", "no_text", "bad_time",
}  # fmt: skip


EARLIEST, LATEST = datetime.fromisoformat("1900-01-02"), datetime.fromisoformat("2199-12-30")


def record(**fields: Any) -> bytes:
    return json.dumps({"id": "gull-1", "title": "Harbour closed"} | fields, ensure_ascii=False).encode()


def refused(value: bytes | None) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        decode_article(value)
    assert caught.value.reason in REASONS
    assert str(caught.value)
    return caught.value


def test_every_field_is_read() -> None:
    article = decode_article(
        record(
            text="All piers are shut.",
            published_at="2031-03-14T12:41:00+02:00",
            arrived_at="2031-03-14T10:42:00.250Z",
            source="gull.example",
            url="https://gull.example/1",
            language="en",
        )
    )
    assert article == Article(
        id="gull-1",
        title="Harbour closed",
        text="All piers are shut.",
        published_at=datetime(2031, 3, 14, 10, 41, tzinfo=UTC),
        arrived_at=datetime(2031, 3, 14, 10, 42, 0, 250_000, tzinfo=UTC),
        source="gull.example",
        url="https://gull.example/1",
        language="en",
    )


def test_null_is_the_same_as_a_field_left_out() -> None:
    nulls = dict.fromkeys(FIELDS[2:])
    assert decode_article(record(**nulls)) == decode_article(record())


@pytest.mark.parametrize("fields", [{"title": None, "text": "Body only"}, {"title": "", "text": "Body only"}, {}])
def test_title_or_text_is_enough(fields: dict[str, Any]) -> None:
    assert decode_article(record(**fields)).id == "gull-1"


@pytest.mark.parametrize(
    "unknown",
    [
        {"section": "harbour"},
        {"author": {"id": 7, "title": "Dr", "url": None}},
        {"tags": ["id", "title", "id"]},
        {"size": 10**400, "ratio": 1.5e300, "seen": True, "none": None},
    ],
)
def test_unknown_fields_are_ignored(unknown: dict[str, Any]) -> None:
    assert decode_article(record(**unknown)) == decode_article(record())


def test_words_of_the_text_that_look_like_fields_are_no_fields() -> None:
    text = 'He wrote "id" and "title": twice "id", then {"id": 1} and \\"id\\".'
    assert decode_article(record(text=text)).text == text


@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_any_script_and_whole_surrogate_pairs_are_read(ensure_ascii: bool) -> None:
    title = "Гавань закрыта 港口关闭 الميناء مغلق 🚨"
    value = json.dumps({"id": "г-1", "title": title, "x": "é"}, ensure_ascii=ensure_ascii).encode()
    assert decode_article(value).title == title


@pytest.mark.parametrize("value", [b"  {} ".replace(b"{}", record()), record() + b"\n", b"\r\n\t" + record()])
def test_white_space_around_the_object_is_fine(value: bytes) -> None:
    assert decode_article(value) == decode_article(record())


@pytest.mark.parametrize(
    ("given_time", "moment", "is_day"),
    [
        ("2016-07-18", datetime(2016, 7, 18, tzinfo=UTC), True),
        ("20160718", datetime(2016, 7, 18, tzinfo=UTC), True),
        ("2016-07-18T06:22:00Z", datetime(2016, 7, 18, 6, 22, tzinfo=UTC), False),
        ("2016-07-18T06:22:00-04:30", datetime(2016, 7, 18, 10, 52, tzinfo=UTC), False),
        ("2016-07-18T06:22:00.123456789Z", datetime(2016, 7, 18, 6, 22, 0, 123_456, tzinfo=UTC), False),
        ("2016-07-18t06:22:00z", datetime(2016, 7, 18, 6, 22, tzinfo=UTC), False),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        ("2016-07-18 06:22:00", datetime(2016, 7, 18, 6, 22, tzinfo=UTC), False),
        ("2016-07-18T06:22", datetime(2016, 7, 18, 6, 22, tzinfo=UTC), False),
        ("1900-01-01", datetime(1900, 1, 1, tzinfo=UTC), True),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC), False),
    ],
)
def test_times(given_time: str, moment: datetime, is_day: bool) -> None:
    article = decode_article(record(published_at=given_time))
    assert (article.published_at, article.day_precision) == (moment, is_day)


@pytest.mark.parametrize("unknown", [None, "", "  "])
def test_unknown_time_is_none(unknown: str | None) -> None:
    article = decode_article(record(published_at=unknown))
    assert (article.published_at, article.day_precision) == (None, False)


@given(st.datetimes(EARLIEST, LATEST), st.integers(-14 * 60, 14 * 60))
def test_any_time_of_the_years_is_read_as_the_instant_it_names(local: datetime, minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    article = decode_article(record(published_at=f"{local.isoformat()}{sign}{hours:02}:{rest:02}"))
    assert article.published_at == local.replace(tzinfo=UTC) - offset


def test_order_time_is_the_arrival_else_the_publication() -> None:
    published, arrived = "2031-03-14T10:00:00Z", "2031-03-14T11:00:00Z"
    assert decode_article(record(published_at=published, arrived_at=arrived)).order_time == datetime(
        2031, 3, 14, 11, tzinfo=UTC
    )
    assert decode_article(record(published_at=published)).order_time == datetime(2031, 3, 14, 10, tzinfo=UTC)
    assert decode_article(record()).order_time is None


DEEP = 100_000

BAD: list[tuple[str, bytes | None, str, str | None]] = [
    ("tombstone", None, "tombstone", None),
    ("empty", b"", "empty", None),
    ("white space", b" \r\n\t ", "empty", None),
    ("plain words", b"Harbour closed", "not_json", None),
    ("cut off", record()[:-4], "not_json", None),
    ("two objects", record() + record(), "not_json", None),
    ("a NUL after it", record() + b"\0", "not_json", None),
    ("only NULs", b"\0\0\0", "not_json", None),
    ("single quotes", b"{'id': 'gull-1'}", "not_json", None),
    ("a comma too many", b'{"id": "gull-1", "title": "t",}', "not_json", None),
    ("a comment", b'{"id": "gull-1", /* no */ "title": "t"}', "not_json", None),
    ("NaN", b'{"id": "gull-1", "title": "t", "x": NaN}', "not_json", None),
    ("an array", b"[" + record() + b"]", "wrong_type", None),
    ("null", b"null", "wrong_type", None),
    ("a number", b"7", "wrong_type", None),
    ("a string", b'"gull-1"', "wrong_type", None),
    ("no id", b'{"title": "t"}', "wrong_type", None),
    ("id null", record(id=None), "wrong_type", None),
    ("id a number", record(id=7), "wrong_type", None),
    ("id empty", record(id=""), "wrong_type", None),
    ("id too long", record(id="g" * 513), "wrong_type", "g" * 512),
    ("title a number", record(title=7), "wrong_type", "gull-1"),
    ("text a list", record(text=["a", "b"]), "wrong_type", "gull-1"),
    ("source an object", record(source={"name": "Gull"}), "wrong_type", "gull-1"),
    ("time a number", record(published_at=1_931_000_000), "wrong_type", "gull-1"),
    ("unprintable id of a wrong record", record(id="g\x1b[2J", title=7), "wrong_type", None),
    ("id blank", record(id="  "), "bad_id", None),
    ("id with NUL", record(id="gull\0"), "bad_id", None),
    ("id with newline", record(id="gull\n1"), "bad_id", None),
    ("id with an escape sequence", record(id="\x1b[31mgull"), "bad_id", None),
    ("id with a bidirectional override", record(id="gull\u202e1"), "bad_id", None),
    ("no title and text", b'{"id": "gull-1"}', "no_text", "gull-1"),
    ("blank title and text", record(title=" ", text="\n\t"), "no_text", "gull-1"),
    ("invalid UTF-8 in a field", b'{"id": "gull-1", "title": "\xff\xfe"}', "not_utf8", None),
    ("invalid UTF-8 in an unknown field", b'{"id": "gull-1", "title": "t", "x": "\xff"}', "not_utf8", "gull-1"),
    ("invalid UTF-8 outside of strings", b'\xc3{"id": "gull-1", "title": "t"}', "not_utf8", None),
    ("overlong UTF-8", b'{"id": "gull-1", "title": "\xc0\xaf"}', "not_utf8", None),
    ("a surrogate as UTF-8", b'{"id": "gull-1", "title": "\xed\xa0\x80"}', "not_utf8", None),
    ("Latin-1", '{"id": "gull-1", "title": "Fjærland"}'.encode("latin-1"), "not_utf8", None),
    ("lone high surrogate", rb'{"id": "gull-1", "title": "\ud83d"}', "lone_surrogate", None),
    ("lone low surrogate", rb'{"id": "gull-1", "title": "\ude00"}', "lone_surrogate", None),
    ("surrogates the wrong way round", rb'{"id": "gull-1", "title": "\ude00\ud83d"}', "lone_surrogate", None),
    ("lone surrogate before a letter", rb'{"id": "gull-1", "title": "\ud83d\u0041"}', "lone_surrogate", None),
    ("lone surrogate in the id", rb'{"id": "\ud83d", "title": "t"}', "lone_surrogate", None),
    ("lone surrogate in an unknown field", rb'{"id": "gull-1", "title": "t", "x": "\ud83d"}', "lone_surrogate", None),
    ("byte order mark", codecs.BOM_UTF8 + record(), "byte_order_mark", None),
    ("UTF-16", record().decode().encode("utf-16"), "byte_order_mark", None),
    ("UTF-32", record().decode().encode("utf-32"), "byte_order_mark", None),
    ("UTF-16 without a mark", record().decode().encode("utf-16-le"), "not_json", None),
    ("deep arrays", b'{"id": "gull-1", "title": "t", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}", "too_deep", None),
    ("deep objects", b'{"a":' * DEEP + b"1" + b"}" * DEEP, "too_deep", None),
    ("deep and cut off", b'{"a":' * DEEP, "too_deep", None),
    ("deep from the start", b"[" * DEEP, "wrong_type", None),
    ("deep in the title", b'{"id": "gull-1", "title": ' + b"[" * DEEP + b"]" * DEEP + b"}", "wrong_type", None),
    ("20 MB", record(text="x" * 20_000_000), "too_large", None),
    ("20 MB of white space", b" " * 20_000_000, "too_large", None),
    ("id twice", b'{"id": "gull-1", "id": "gull-2", "title": "t"}', "duplicate_key", "gull-2"),
    ("title twice", b'{"id": "gull-1", "title": "t", "title": "u"}', "duplicate_key", "gull-1"),
    ("text null twice", b'{"id": "gull-1", "title": "t", "text": null, "text": null}', "duplicate_key", "gull-1"),
    ("title spelled in two ways", rb'{"id": "gull-1", "title": "t", "\u0074itle": "u"}', "duplicate_key", "gull-1"),
    ("title twice after a backslash", rb'{"id": "gull-1", "title": "t\\", "title": "u"}', "duplicate_key", "gull-1"),
    ("id twice and a vast number", b'{"id": "a", "id": "b", "title": "t", "x": ' + b"9" * 5000 + b"}",
     "duplicate_key", "b"),
    ("a raw control character", b'{"id": "gull-1", "title": "a\x01b"}', "not_json", None),
    ("a raw newline", b'{"id": "gull-1", "title": "a\nb"}', "not_json", None),
    ("a raw control character in an unknown field", b'{"id": "gull-1", "title": "t", "x": "\x01"}', "not_json", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "reason", "article_id"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input(value: bytes | None, reason: str, article_id: str | None) -> None:
    error = refused(value)
    assert (error.reason, error.article_id) == (reason, article_id)


@pytest.mark.parametrize("field", ["published_at", "arrived_at"])
@pytest.mark.parametrize(
    "absurd",
    [
        "yesterday", "1468800000", "0000-00-00", "2016-02-30", "2016-13-01", "2016-07-18T25:00:00Z",
        "2016-07-18T24:00:00Z", "2016-07-18T06:22:00+99:00", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "1899-12-31T23:59:59Z", "2200-01-01", "99999-01-01", "2016-07-18T06:22:61Z",
        "2016-07-18\n", "-1", "9" * 5000,
    ],
)  # fmt: skip
def test_absurd_times(field: str, absurd: str) -> None:
    error = refused(record(**{field: absurd}))
    assert (error.reason, error.article_id) == ("bad_time", "gull-1")
    assert field in str(error)
    assert len(str(error)) < 300, "a message is a header: it quotes the start of the value only"


def test_the_largest_record_is_read() -> None:
    frame = len(record(text=""))
    largest = record(text="x" * (MAX_BYTES - frame))
    assert len(largest) == MAX_BYTES
    assert decode_article(largest).id == "gull-1"
    assert refused(largest + b" ").reason == "too_large"


def test_every_reason_is_shown_by_a_case() -> None:
    assert {case[2] for case in BAD} | {"bad_time"} == REASONS


def read_or_refuse(value: bytes) -> None:
    """The promise of ``decode_article``: an article or an :class:`ArticleError`, whatever the bytes."""
    try:
        article = decode_article(value)
    except ArticleError as error:
        told = (error.reason, str(error), error.article_id or "")
    else:
        assert article.id.strip()
        assert article.id.isprintable()
        assert article.title.strip() or article.text.strip()
        for moment in (article.published_at, article.arrived_at):
            assert moment is None or (moment.tzinfo is UTC and 1900 <= moment.year < 2200)
        told = ("", article.title + article.text, article.source + article.url + (article.language or ""))
    assert told[0] in REASONS | {""}
    "".join(told).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=3),
    max_leaves=8,
)
PAIRS = st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=12) | JSON), max_size=10)


@given(st.binary())
@example(b"\x00{")
@example(b'{"id":"\\u')
def test_any_bytes_are_read_or_refused(value: bytes) -> None:
    read_or_refuse(value)


@given(PAIRS, st.booleans())
def test_any_fields_are_read_or_refused(pairs: list[tuple[str, Any]], ascii_only: bool) -> None:
    members = (f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=ascii_only)}" for key, item in pairs)
    value = "{" + ", ".join(members) + "}"
    read_or_refuse(value.encode("utf-8", "surrogatepass"))
    names = [key for key, _ in pairs]
    if len(names) > len(set(names)):
        with pytest.raises(ArticleError):
            decode_article(value.encode("utf-8", "surrogatepass"))


@given(st.data())
def test_any_damage_to_a_record_is_read_or_refused(data: st.DataObject) -> None:
    whole = record(text='Two "piers" \\ shut', published_at="2031-03-14", x={"id": [1, "\\u00e9"]})
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    read_or_refuse(whole[:start] + data.draw(st.binary(max_size=6)) + whole[end:])
