"""Feeds as they are found: broken, wrongly encoded, odd; all of our own writing."""

import json
from datetime import UTC, datetime

import pytest

from streams.feed.entry import Entry, FeedError, entries, text_of

URL = "https://news.example/feeds/all.xml"
XML = "application/rss+xml"


def one(body: bytes, content_type: str = XML) -> Entry:
    (entry,) = entries(body, content_type, URL)
    return entry


def test_rss() -> None:
    entry = one(
        b"""<rss version="2.0"><channel><language>nb-NO</language><item>
        <title>Ferry &amp;amp; quay closed</title><link>/a/1</link><guid isPermaLink="false">g1</guid>
        <pubDate>Tue, 06 May 2031 14:00:00 +0200</pubDate>
        <description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second &amp;lt;now&amp;gt;.&lt;/p&gt;</description>
        </item></channel></rss>"""
    )
    assert entry == Entry(
        link="https://news.example/a/1",
        guid="g1",
        title="Ferry & quay closed",
        text="First.\nSecond <now>.",
        published_at=datetime(2031, 5, 6, 12, tzinfo=UTC),
        language="nb-NO",
    )


def test_atom_with_the_longer_of_summary_and_content() -> None:
    entry = one(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv" xml:base="https://other.example/">
        <entry><id>tag:x,1</id><title type="html">&lt;b&gt;Bold&lt;/b&gt; words</title>
        <link rel="alternate" href="b/2"/><updated>2031-05-06T11:59:00Z</updated>
        <summary>Short.</summary>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Longer text.</p><script>x()</script></div>
        </content></entry></feed>""",
        "application/atom+xml",
    )
    assert (entry.title, entry.link) == ("Bold words", "https://other.example/b/2")
    assert entry.text == "Longer text."
    assert entry.published_at == datetime(2031, 5, 6, 11, 59, tzinfo=UTC)


def test_a_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "de",
        "items": [
            {"id": 7, "url": "c/3", "title": "T", "content_html": "<p>A</p><p>B</p>", "unknown": [1]},
            {"id": "x", "content_text": "only\n\n  text", "date_published": "2031-05-06T14:00:00+02:00"},
            {"id": None, "title": "dated wrongly", "date_published": "yesterday"},
        ],
    }
    first, second, third = entries(b"\xef\xbb\xbf " + json.dumps(feed).encode(), "application/feed+json", URL)
    assert first == Entry(link="c/3", guid="7", title="T", text="A\nB", language="de")
    assert (second.text, second.published_at) == ("only\ntext", datetime(2031, 5, 6, 12, tzinfo=UTC))
    assert third.published_at is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<rss version='2.0'><channel><item><title>Blåbær</title></item></channel></rss>".encode("latin-1"), XML),
        (
            "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><item><title>Blåbær</title>"
            "</item></channel></rss>".encode("latin-1"),
            "application/rss+xml; charset=utf-8",
        ),
        (
            "<?xml version='1.0' encoding='windows-1252'?><rss version='2.0'><channel><item><title>Blåbær</title>"
            "</item></channel></rss>".encode("cp1252"),
            XML,
        ),
        ("<rss version='2.0'><channel><item><title>Blåbær</title></item></channel></rss>".encode("utf-16"), XML),
        (
            "\ufeff<rss version='2.0'><channel><item><title>Blåbær</title></item></channel></rss>".encode(),
            "text/plain; charset=us-ascii",
        ),
    ],
)
def test_wrong_and_missing_encodings(body: bytes, content_type: str) -> None:
    assert one(body, content_type).title == "Blåbær"


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel><item><title>Cut off</title><link>https://n.example/1</link></item><item><ti",
        b"<rss version='2.0'><channel><item><title>Cut off</title><desc>&nbsp;&bogus;</desc></item></channel></rss>",
        b"<rss version='2.0'><channel><item><title>Cut\x00 off</title></item></channel></rss>",
        b"\n\n<rss version='2.0'><channel><item><title>Cut off</title></item></channel>",
    ],
)
def test_broken_xml_gives_what_can_be_read(body: bytes) -> None:
    assert "Cut off" in entries(body, XML, URL)[0].title


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Not found, but 200</p></body></html>",
        b"{",
        b"{}",
        b'{"version": 3}',
        b'{"version": "https://elsewhere.example/1", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": {}}]}',
        b"\xff\xfe\x00\x01",
        b"{" * 100_000,
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(FeedError) as refusal:
        entries(body, "text/html", URL)
    assert refusal.value.reason in ("no_feed", "bad_json")


def test_entities_do_not_grow() -> None:
    bomb = b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"<!ENTITY {name} '{f'&{before};' * 10}'>".encode()
    bomb += b"]><rss version='2.0'><channel><item><title>T &i;</title></item></channel></rss>"
    external = (
        b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>"
        b"<rss version='2.0'><channel><item><title>T &f;</title></item></channel></rss>"
    )
    for body in (bomb, external):
        try:
            found = entries(body, XML, URL)
        except FeedError:
            continue
        assert all(len(entry.title) < 200 for entry in found)


def test_text_of_html() -> None:
    assert text_of("plain  text\n\n more") == "plain text\nmore"
    assert text_of("5 &lt; 6 &amp; 7") == "5 < 6 & 7"
    assert text_of("<p>One<br>two</p><ul><li>a<li>b</ul><style>p{}</style>") == "One\ntwo\na\nb"
    assert text_of("<p>Un<b>broken</b> word</p>") == "Unbroken word"
    assert text_of("<<>>&&") == text_of("<<>>&&").strip()


def test_a_title_is_one_calm_line() -> None:
    entry = one(
        "<rss version='2.0'><channel><item><title>A\n\tB \u202e&lt;script&gt;x&lt;/script&gt;C\u200b</title></item>"
        "</channel></rss>".encode()
    )
    assert entry.title == "A B C"
