"""The live list in a browser: what comes in, filters, and going on after a break."""

from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from console_stand_in import StandIn
from console_stories import event, stories, toll
from playwright.async_api import Browser, Page, expect
from visits import visit

from streams.console.board import Board
from streams.console.server import Console
from streams.model.kinds import Change, Kind, Severity
from streams.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

WITHIN_MS = 1000


def card(page: Page, incident: str):
    return page.locator(f'.card[data-id="{incident}"]')


async def shown(page: Page) -> set[str]:
    return set(await page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.id)"))


async def test_the_night_is_shown_the_gravest_first(console: Console, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await expect(page.locator(".needs .card").first).to_have_attribute("data-id", "tampere")
        await expect(card(page, "tampere")).to_contain_text("3 killed · 6 injured")
        await expect(card(page, "tampere")).to_contain_text("Stay indoors: in force")
        await expect(card(page, "tampere")).to_contain_text("4 independent sources in 8 articles")
        await expect(page.locator(".group.over .card")).to_have_count(1)
        await expect(page.locator(".land path")).to_have_count(213)
        await expect(page.locator('.pin[data-id="tampere"]')).to_have_count(1)
        assert await page.title() == "(4) Tocsin"
        assert visitor.complaints == []


async def test_an_alert_appears_within_a_second_and_the_page_is_not_loaded_again(
    console: Console, source: StandIn, chromium: Browser
) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await expect(card(page, "tampere")).to_be_visible()
        await page.evaluate("window.here = true")
        source.board.alert(event("turku", headline="Shots at a ferry terminal"), datetime.now(UTC))
        await expect(card(page, "turku")).to_be_visible(timeout=WITHIN_MS)
        await expect(page.locator("#announcer")).to_contain_text("New: Severe")
        grown = event("turku", 2, change=Change.ESCALATED, casualties=toll(2), severity=Severity.EXTREME)
        source.board.alert(grown, datetime.now(UTC))
        await expect(card(page, "turku")).to_have_attribute("data-revision", "2", timeout=WITHIN_MS)
        await expect(card(page, "turku")).to_contain_text("killed 2")
        source.board.forgotten("turku")
        await expect(card(page, "turku")).to_have_count(0, timeout=WITHIN_MS)
        assert await page.evaluate("window.here")


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("severity=Extreme", {"tampere", "denmark"}),
        ("severity=Extreme,Moderate", {"tampere", "denmark", "dayton"}),
        ("kind=lockdown_advisory", {"tampere", "dayton"}),
        ("country=CL", {"valparaiso"}),
        ("over=no", {"tampere", "valparaiso", "dayton", "denmark"}),
        ("q=market+chile", {"valparaiso"}),
        ("q=nothing+at+all", set()),
    ],
)
async def test_filters_stand_in_the_address(console: Console, chromium: Browser, query: str, left: set[str]) -> None:
    async with visit(chromium, f"{console.url}?{query}") as visitor:
        await expect(visitor.page.locator(".card")).to_have_count(len(left))
        assert await shown(visitor.page) == left
        pins = await visitor.page.locator(".pins [data-id]").evaluate_all("pins => pins.map(pin => pin.dataset.id)")
        assert set(pins) <= left


async def test_filters_are_set_by_hand(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await page.get_by_role("button", name="Lockdown", exact=True).click()
        await expect(page.locator(".card")).to_have_count(2)
        assert page.url.endswith("?kind=lockdown_advisory")
        await page.get_by_label("Country").select_option("US")
        await expect(page.locator(".card")).to_have_count(1)
        elsewhere = event("lima", place=None, kinds=(Kind.TERROR_ALERT,))
        source.board.alert(elsewhere, datetime.now(UTC))
        await page.get_by_role("button", name="Clear filters").click()
        await expect(page.locator(".card")).to_have_count(6)
        await page.get_by_label("Changed within").select_option("1")
        await expect(page.locator(".card")).to_have_count(6)
        old = event("old")
        source.board.alert(old, old.last_seen_at.replace(year=2020))
        await page.wait_for_function("document.title.startsWith('(6)')")
        await expect(card(page, "old")).to_have_count(0)


async def test_an_empty_board_says_so_and_has_whole_filters(chromium: Browser) -> None:
    async with (
        Console(load_settings({}, console_port=0), StandIn()) as console,
        visit(chromium, console.url) as visitor,
    ):
        await expect(visitor.page.get_by_text("No incident under way")).to_be_visible()
        await expect(visitor.page.get_by_label("Country")).to_have_text("All countries")
        await expect(visitor.page.get_by_label("Country")).to_have_value("")
        assert visitor.complaints == []


async def test_the_connection_mends_itself(chromium: Browser) -> None:
    port = unused_port()
    settings = load_settings({}, console_port=port)
    board = Board()
    first = Console(settings, StandIn(stories()), board)
    async with first:
        url = first.url
        context = await chromium.new_context()
        page = await context.new_page()
        await page.goto(url)
        await expect(card(page, "tampere")).to_be_visible()
        await page.evaluate("window.here = true")
    await expect(page.locator("#pulse")).to_have_attribute("data-state", "lost", timeout=10_000)
    later = [*stories(), event("turku", headline="Shots while the console was away")]
    async with Console(settings, StandIn(later)):
        await expect(card(page, "turku")).to_be_visible(timeout=15_000)
        await expect(page.locator("#pulse")).to_have_attribute("data-state", "live")
        assert await page.evaluate("window.here")
    await context.close()


async def test_a_cut_stream_goes_on_without_loss_or_a_second_board(
    console: Console, source: StandIn, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the stream after each change; the browser comes back with the id of the last one."""
    asked: list[str | None] = []
    followed = web.StreamResponse.write

    async def cut(self: web.StreamResponse, data: bytes) -> None:
        await followed(self, data)
        if b"event: incident" in data:
            raise ConnectionResetError

    monkeypatch.setattr(web.StreamResponse, "write", cut)
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        page.on("request", lambda request: asked.append(request.url))
        await expect(card(page, "tampere")).to_be_visible()
        for number in range(1, 4):
            source.board.alert(event("turku", number), datetime.now(UTC))
            await expect(card(page, "turku")).to_have_attribute("data-revision", str(number), timeout=5000)
        assert not any("/api/board" in url for url in asked)
