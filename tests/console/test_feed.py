import asyncio

from streams.console.feed import Feed


def filled(count: int, capacity: int = 10) -> Feed:
    feed = Feed(capacity)
    for number in range(count):
        feed.publish("n", str(number).encode())
    return feed


async def test_a_cursor_finds_its_place_again() -> None:
    feed = filled(3)
    cursor = feed.cursor
    feed.publish("n", b"3")
    number = feed.place_of(cursor)
    assert number is not None
    assert [change.data for change in feed.after(number) or []] == [b"3"]


async def test_a_cursor_of_another_process_or_too_long_ago_is_unknown() -> None:
    feed = filled(20)
    assert feed.place_of(Feed().cursor) is None
    assert feed.place_of(feed.cursor_of(9)) is None
    assert feed.place_of(feed.cursor_of(10)) == 10
    assert feed.place_of(feed.cursor_of(21)) is None
    for cursor in ("", "-", f"{feed.epoch}-", f"{feed.epoch}-x", f"{feed.epoch}-²", "\0"):
        assert feed.place_of(cursor) is None


async def test_changes_that_are_gone_are_not_passed_over_in_silence() -> None:
    feed = filled(20)
    assert feed.after(5) is None
    assert len(feed.after(10) or []) == 10
    assert feed.after(20) == []


async def test_an_empty_feed_has_a_place() -> None:
    feed = Feed()
    assert feed.place_of(feed.cursor) == 0
    assert feed.after(0) == []


async def test_waiting_ends_with_a_change_or_in_time() -> None:
    feed = Feed()
    waiting = asyncio.create_task(feed.wait(0, 60))
    await asyncio.sleep(0)
    feed.publish("n", b"")
    await waiting
    await feed.wait(0, 60)
    await feed.wait(1, 0.01)
