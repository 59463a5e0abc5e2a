"""The poller against a local server: manners, limits, repeats, pages."""

import asyncio
import gzip
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from click.testing import CliRunner

from streams.cli.feed import feed
from streams.feed.config import FeedConfig, load_feeds
from streams.feed.fetch import Fetcher, FetchError, PublicResolver, new_session
from streams.feed.memory import Copy, Memory, MemoryFileError
from streams.model import decode_article
from streams.outlets.tables import ConfigFileError
from streams.workers.records import encode

Rss = Callable[..., str]

BOMB = gzip.compress(b"x" * 5_000_000)
STORY = "<title>Quay closed</title><link>/a/1?utm_source=rss</link><pubDate>Tue, 06 May 2031 11:00:00 GMT</pubDate>"


async def test_an_article_of_the_feeds_own_text(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = rss(f"{STORY}<description>Police are there.</description>", language="nb")
    poll = await newsroom.poll()
    assert (poll.outcome, poll.published) == ("fresh", 1)
    (article,) = newsroom.articles
    assert article == {
        "id": article["id"],
        "title": "Quay closed",
        "text": "Police are there.",
        "published_at": "2031-05-06T11:00:00Z",
        "arrived_at": "2031-05-06T12:00:00Z",
        "source": "127.0.0.1",
        "url": f"{newsroom.site.url}/a/1",
        "language": "nb",
    }
    assert decode_article(encode(article)).id == article["id"]
    (_, headers) = newsroom.site.requests[0]
    assert headers["user-agent"].startswith("TocsinFeeder/")
    assert "+desk@newsroom.example" in headers["user-agent"]


async def test_nothing_is_published_twice(newsroom: Any, rss: Rss) -> None:
    again = STORY.replace("?utm_source=rss", "/#comments").replace("Quay", "The quay is")
    newsroom.site.pages["/feed"] = rss(STORY, again, STORY + "<guid>other</guid>")
    poll = await newsroom.poll()
    assert (poll.published, poll.seen, poll.useless) == (1, 2, 0)
    poll = await newsroom.poll(source="Other name")
    assert (poll.published, poll.seen) == (0, 3)
    assert len(newsroom.articles) == 1


async def test_entries_without_date_link_text_or_name(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = rss(
        "<title>No date</title><link>/a/2</link>",
        "<title>No link</title><guid isPermaLink='false'>g7</guid>",
        "<title>In the future</title><link>/a/3</link><pubDate>Tue, 06 May 2036 11:00:00 GMT</pubDate>",
        "<title>Long ago</title><link>/a/4</link><pubDate>Tue, 06 May 2030 11:00:00 GMT</pubDate>",
        "<title></title><link>/a/5</link>",
        "<title>Script</title><link>javascript:alert(1)</link>",
    )
    poll = await newsroom.poll(language="en-GB", source="The Quay Post")
    assert (poll.published, poll.useless) == (3, 3)
    told = {article["title"]: article for article in newsroom.articles}
    assert told["No date"]["published_at"] is None
    assert told["In the future"]["published_at"] is None
    assert told["No link"]["url"].endswith("/g7") or told["No link"]["url"] == ""
    assert {article["source"] for article in newsroom.articles} == {"The Quay Post"}
    assert {article["language"] for article in newsroom.articles} == {"en-GB"}


async def test_conditional_requests(newsroom: Any, rss: Rss) -> None:
    def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"v1"':
            assert request.headers["If-Modified-Since"] == "Tue, 06 May 2031 10:00:00 GMT"
            return web.Response(status=304)
        headers = {"ETag": '"v1"', "Last-Modified": "Tue, 06 May 2031 10:00:00 GMT"}
        return web.Response(text=rss(STORY), content_type="application/xml", headers=headers)

    newsroom.site.pages["/feed"] = answer
    assert [(await newsroom.poll()).outcome for _ in range(3)] == ["fresh", "unchanged", "unchanged"]
    assert len(newsroom.articles) == 1


async def test_what_was_not_published_is_not_remembered(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = lambda _: web.Response(
        text=rss(STORY), content_type="application/xml", headers={"ETag": '"v1"'}
    )
    newsroom.broken = True
    with pytest.raises(RuntimeError):
        await newsroom.poll()
    newsroom.broken = False
    assert (await newsroom.poll()).published == 1
    assert "if-none-match" not in newsroom.site.requests[-1][1]


async def test_failures_are_waited_out_longer_each_time(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = lambda _: web.Response(status=500)
    polls = [await newsroom.poll() for _ in range(12)]
    assert {(poll.outcome, poll.reason) for poll in polls} == {("failed", "http_500")}
    assert 300 <= polls[0].wait_s <= 600
    assert polls[1].wait_s > 600
    assert polls[-1].wait_s <= 6 * 3600
    newsroom.site.pages["/feed"] = rss(STORY)
    mended = await newsroom.poll()
    assert mended.outcome == "fresh"
    assert 270 <= mended.wait_s <= 330


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: web.Response(status=429, headers={"Retry-After": "3000"}), "http_429"),
        (lambda _: web.Response(status=302, headers={"Location": "/feed"}), "redirects"),
        (lambda _: web.Response(status=302, headers={"Location": "file:///etc/passwd"}), "bad_address"),
        (lambda _: web.Response(status=302), "redirects"),
        (lambda _: web.Response(body=b"x" * 200_000), "too_large"),
        (
            lambda _: web.Response(body=BOMB, headers={"Content-Encoding": "gzip"}),
            "too_large",
        ),
        (lambda _: web.Response(text="<html>We are sorry</html>"), "no_feed"),
        (lambda _: web.Response(status=410), "http_410"),
    ],
)
async def test_what_goes_wrong(newsroom: Any, answer: Callable[[web.Request], web.Response], reason: str) -> None:
    newsroom.site.pages["/feed"] = answer
    poll = await newsroom.poll()
    assert (poll.outcome, poll.reason) == ("failed", reason)
    assert poll.wait_s >= (3000 if reason == "http_429" else 300)


async def test_hangs_and_closed_ports_end_in_time(newsroom: Any) -> None:
    ended = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
        await writer.drain()
        await reader.read()
        writer.close()
        ended.set()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FetchError, match="no answer in time"):
            await newsroom.fetcher.get(f"http://127.0.0.1:{port}/")
        await ended.wait()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(FetchError) as refusal:
        await newsroom.fetcher.get(f"http://127.0.0.1:{port}/")
    assert refusal.value.reason == "unreachable"


async def test_redirects_are_followed_and_links_resolved_there(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = lambda _: web.Response(status=301, headers={"Location": "/moved/feed.xml"})
    newsroom.site.pages["/moved/feed.xml"] = rss("<title>T</title><link>story</link>")
    await newsroom.poll()
    assert newsroom.articles[0]["url"] == f"{newsroom.site.url}/moved/story"


async def test_requests_to_one_host_are_apart(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = rss(STORY)
    await asyncio.gather(*(newsroom.poll() for _ in range(3)))
    assert sum(newsroom.clock.slept) >= 2


async def test_pages_are_read_where_robots_txt_lets_us(newsroom: Any, rss: Rss) -> None:
    page = "<html><body><nav>Menu</nav><article><h1>Quay closed</h1>" + "".join(
        f"<p>Paragraph {n} of a story about a quay that was closed for a while, made up for this test.</p>"
        for n in range(5)
    )
    site = newsroom.site
    site.pages["/feed"] = rss(
        f"{STORY}<description>Short.</description>",
        "<title>Kept away</title><link>/private/2</link><description>From the feed.</description>",
        "<title>A picture</title><link>/a/3.jpg</link><description>Caption.</description>",
        "<title>Gone</title><link>/a/4</link><description>Still told.</description>",
    )
    site.pages["/robots.txt"] = "User-agent: TocsinFeeder\nDisallow: /private\n"
    site.pages["/a/1"] = site.pages["/private/2"] = f"{page}</article></body></html>"
    site.pages["/a/3.jpg"] = b"\xff\xd8"
    site.types |= {"/a/1": "text/html", "/private/2": "text/html", "/a/3.jpg": "image/jpeg"}
    assert (await newsroom.poll(pages=True)).published == 4
    texts = {article["title"]: article["text"] for article in newsroom.articles}
    assert "Paragraph 4" in texts["Quay closed"]
    assert "Menu" not in texts["Quay closed"]
    assert texts["Kept away"] == "From the feed."
    assert texts["A picture"] == "Caption."
    assert texts["Gone"] == "Still told."
    assert "/private/2" not in site.paths
    assert site.paths.count("/robots.txt") == 1
    assert newsroom.batches == [1, 1, 1, 1]


async def test_a_site_whose_robots_txt_fails_is_left_alone(newsroom: Any, rss: Rss) -> None:
    newsroom.site.pages["/feed"] = rss(STORY)
    newsroom.site.pages["/robots.txt"] = lambda _: web.Response(status=503)
    newsroom.site.pages["/a/1"] = "<html></html>"
    await newsroom.poll(pages=True)
    assert "/a/1" not in newsroom.site.paths
    assert len(newsroom.articles) == 1


async def test_a_feed_does_not_lead_into_ones_own_network(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with new_session(private_hosts=False) as session:
        fetcher = Fetcher(
            session,
            newsroom.clock,
            newsroom.clock.sleep,
            contact="c@d.example",
            host_interval_s=0,
            timeout_s=2,
            max_bytes=1000,
            private_hosts=False,
        )
        for host in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[fd00::1]", "0.0.0.0"):  # noqa: S104
            with pytest.raises(FetchError, match="private or local"):
                await fetcher.get(f"http://{host}/")
        with pytest.raises(FetchError) as refusal:
            await fetcher.get(newsroom.site.url.replace("127.0.0.1", "localhost"))
        assert refusal.value.reason == "unreachable"
    assert newsroom.site.requests == []

    async def both(*_: object) -> list[dict[str, Any]]:
        return [{"host": "10.0.0.1"}, {"host": "93.184.215.14"}]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", both)
    assert await PublicResolver().resolve("x.example") == [{"host": "93.184.215.14"}]


async def test_running_follows_every_feed_at_its_pace(newsroom: Any, rss: Rss, tmp_path: Path) -> None:
    newsroom.site.pages |= {"/one": rss(STORY), "/two": rss("<title>Other</title><link>/b/2</link>")}
    config = FeedConfig.model_validate(
        {
            "state": tmp_path / "x",
            "contact": "c@d.example",
            "feeds": [
                {"url": f"{newsroom.site.url}/one", "every_s": 60},
                {"url": f"{newsroom.site.url}/two", "every_s": 600},
            ],
        }
    )
    newsroom.poller._config = config
    seen: list[str] = []
    start = newsroom.clock.now

    def note(source: Any, _: Any) -> None:
        seen.append(source.url[-3:])
        if len(seen) == 40:
            raise StopAsyncIteration

    with pytest.raises(BaseExceptionGroup):
        await newsroom.poller.run(note)
    assert set(seen) == {"one", "two"}
    assert newsroom.clock.now - start > timedelta(minutes=10)
    assert len(newsroom.articles) == 2


def test_memory_is_bounded_and_lasts(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.sqlite"
    with Memory(file, remember=3) as memory:
        memory.note("f", Copy(etag="e1", modified=None), ["a", "b"])
        memory.note("f", Copy(etag="e2", modified="m"), ["c", "d", "a"])
    with Memory(file, remember=3) as memory:
        assert memory.unseen(["a", "b", "c", "d", "e"]) == {"a", "e"}
        assert memory.copy_of("f") == Copy(etag="e2", modified="m")
        assert memory.copy_of("g") == Copy()
    file.write_bytes(b"this is no database, but long enough to be looked at " * 50)
    with pytest.raises(MemoryFileError, match="name a file"):
        Memory(file, remember=3)


def test_every_fault_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text(
        """
        contact = "me and you"
        [[feeds]]
        url = "ftp://x.example/"
        every_s = 1
        [[feeds]]
        url = "https://x.example/"
        language = "English, please"
        [[feeds]]
        url = "https://x.example/"
        """
    )
    with pytest.raises(ConfigFileError) as refusal:
        load_feeds(file)
    said = "\n".join(refusal.value.faults)
    for part in ("state", "contact", "no. 1: url", "no. 1: every_s", "no. 2: language", "is used twice"):
        assert part in said


def test_the_verb_checks_and_exits(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text("contact = 'c@d.example'\nstate = 'x.sqlite'\n[[feeds]]\nurl = 'https://x.example/feed'\n")
    runner = CliRunner()
    sound = runner.invoke(feed, ["--config", str(file), "--check"])
    assert (sound.exit_code, "1 feed(s)" in sound.output) == (0, True)
    file.write_text("contact = 'c@d.example'\n")
    refused = runner.invoke(feed, ["--config", str(file), "--check"])
    assert refused.exit_code == 2
    assert "2 fault(s)" in refused.output
    assert "Example: tocsin feed" in runner.invoke(feed, ["--help"]).output
