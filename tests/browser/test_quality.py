"""Accessibility by axe-core, the weight of the first page, and the width of a phone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from console_stand_in import StandIn
from console_stories import event, stories
from playwright.async_api import Browser, expect
from visits import visit

from streams.console.server import Console
from streams.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUDGET_BYTES = 300 * 1024
PAGES = ["", "incidents/tampere", "incidents/denmark", "why-not", "desk"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing_serious(console: Console, chromium: Browser, path: str, dark: bool) -> None:
    async with visit(chromium, console.url + path, dark=dark) as visitor:
        await expect(visitor.page.locator("main .card, main .facts, main .row, main .sheet").first).to_be_visible()
        await visitor.page.wait_for_timeout(200)
        found = await Axe().run(visitor.page)
        grave = [each for each in found.response["violations"] if each["impact"] in ("serious", "critical", "moderate")]
        assert not grave, found.generate_report()


@pytest.mark.parametrize("key", ["s", "?"])
async def test_axe_finds_nothing_serious_in_dialogs(console: Console, chromium: Browser, key: str) -> None:
    async with visit(chromium, console.url, dark=True) as visitor:
        await expect(visitor.page.locator(".card").first).to_be_visible()
        await visitor.page.keyboard.press("j")
        await visitor.page.keyboard.press(key)
        await expect(visitor.page.get_by_role("dialog")).to_be_visible()
        found = await Axe().run(visitor.page)
        grave = [each for each in found.response["violations"] if each["impact"] in ("serious", "critical", "moderate")]
        assert not grave, found.generate_report()


async def test_axe_finds_nothing_serious_in_the_sign_in(chromium: Browser) -> None:
    settings = load_settings({}, console_port=0, console_token="a-token-of-enough-letters")
    async with Console(settings, StandIn()) as console, visit(chromium, console.url) as visitor:
        await expect(visitor.page.get_by_label("Token")).to_be_visible()
        found = await Axe().run(visitor.page)
        assert not found.response["violations"], found.generate_report()


async def test_the_first_page_is_light_even_with_many_incidents(chromium: Browser) -> None:
    many = [event(f"more-{number}", headline=f"Shots heard at pier {number}") for number in range(200)]
    async with Console(load_settings({}, console_port=0), StandIn([*stories(), *many])) as console:
        context = await chromium.new_context()
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("Network.enable")
        weights: list[float] = []
        devtools.on("Network.loadingFinished", lambda finished: weights.append(finished["encodedDataLength"]))
        await page.goto(console.url)
        await expect(page.locator(".card")).to_have_count(205)
        await expect(page.locator(".land path")).to_have_count(213)
        assert 50_000 < sum(weights) < BUDGET_BYTES
        await context.close()


@pytest.mark.parametrize("path", PAGES)
async def test_a_phone_shows_all_without_scrolling_sideways(console: Console, chromium: Browser, path: str) -> None:
    async with visit(chromium, console.url + path, width=360, height=740) as visitor:
        page = visitor.page
        await expect(page.locator("main .card, main .facts, main .row, main .sheet").first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def test_pins_stand_in_their_countries(console: Console, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await expect(page.locator(".land path")).to_have_count(213)
        board = await page.evaluate("fetch('/api/board').then((response) => response.json())")
        for incident in board["incidents"]:
            inside = await page.evaluate(
                """([code, x, y]) => {
                  const path = document.querySelector(`.land path[data-code="${code}"]`);
                  return path.isPointInFill(new DOMPoint(10 * x, 10 * y));
                }""",
                [incident["country_code"], incident["x"], incident["y"]],
            )
            assert inside, incident["place"]
