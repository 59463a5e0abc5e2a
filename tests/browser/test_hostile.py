"""Texts from articles are inert, whatever they say."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest
from console_stand_in import StandIn
from console_stories import TAMPERE, event
from playwright.async_api import Browser, expect
from visits import visit

from streams.console.server import Console
from streams.model import Suppressed

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = {
    "script": "<script>window.hit = 1</script>",
    "image": '<img src=x onerror="window.hit = 1">',
    "svg": "<svg onload=window.hit=1><a xlink:href=javascript:window.hit=1>",
    "attribute": '" onmouseover="window.hit = 1" x=\'',
    "template": "${window.hit = 1} {{constructor.constructor('window.hit = 1')()}}",
    "override": "Police say \u202eraelc lla\u202c \u2066now\u2069",
    "hebrew": "ירי בנמל חיפה, המשטרה במקום",
    "combining": "Z" + "\u0334\u0321\u0489" * 200,
    "long": "A" * 5000,
    "control": "a\u0000b\u001b[2Jc\u2028d",
    "emoji": "🔫🚨 " * 60,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_texts_are_only_words(console: Console, source: StandIn, chromium: Browser, name: str) -> None:
    words = HOSTILE[name]
    place = msgspec.structs.replace(TAMPERE, name=words, detail=words)
    told = event("bad", headline=words, quote=words, source=words, url="javascript:window.hit=1", place=place)
    async with visit(chromium, console.url, width=390) as visitor:
        page = visitor.page
        await expect(page.locator(".card").first).to_be_visible()
        source.board.alert(told, datetime.now(UTC))
        card = page.locator('.card[data-id="bad"]')
        await expect(card).to_be_visible()
        await card.hover()
        assert await card.locator("script, img, .headline *:not(bdi)").count() == 0
        await card.locator("h3 a").click()
        await expect(page.locator(".timeline > li")).to_have_count(1)
        assert await page.locator("a[href^='javascript']").count() == 0
        assert await page.evaluate("window.hit") is None
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the words push the page wide"
        height = await page.locator(".head").evaluate("head => head.clientHeight")
        assert height < 900
        assert "\u202e" not in await page.inner_text("body")
        assert visitor.complaints == []


async def test_an_incident_id_is_only_an_id(console: Console, source: StandIn, chromium: Browser) -> None:
    id_ = "a/../b?c#d\"'<i>"
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await expect(page.locator(".card").first).to_be_visible()
        source.board.alert(event(id_, headline="Odd"), datetime.now(UTC))
        await page.get_by_role("listitem").filter(has_text="Odd").get_by_role("link").click()
        await expect(page.locator(".timeline > li")).to_have_count(1)


async def test_suppressed_titles_are_only_words(chromium: Browser, source: StandIn, console: Console) -> None:
    source.aside[:] = [
        Suppressed(
            article_id=name, status=words, reason=words, title=words, url="javascript:window.hit=1", source=words
        )
        for name, words in HOSTILE.items()
    ]
    async with visit(chromium, f"{console.url}why-not", width=390) as visitor:
        await expect(visitor.page.locator(".row")).to_have_count(len(HOSTILE))
        assert await visitor.page.evaluate("window.hit") is None
        assert await visitor.page.locator(".row a").count() == 0
        assert visitor.complaints == []


async def test_no_other_host_is_asked(console: Console, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        for path in ("", "incidents/tampere", "why-not", "desk"):
            await page.goto(console.url + path)
            await expect(page.locator("main > *")).to_have_count(1)
            await page.wait_for_timeout(100)
        assert {urlsplit(url).netloc for url in visitor.asked} == {urlsplit(console.url).netloc}
        assert visitor.complaints == []


async def test_markup_cannot_be_made_even_by_our_own_code(console: Console, chromium: Browser) -> None:
    """Trusted Types shut the sinks: a slip in a later change would be an error, not a hole."""
    async with visit(chromium, console.url) as visitor:
        refused = await visitor.page.evaluate(
            "() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } }"
        )
        assert refused
