"""The other pages in a browser: one incident, orders, suppressed articles, sign-in, keyboard."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from console_stand_in import StandIn
from console_stories import event, stories, toll
from playwright.async_api import Browser, expect
from visits import visit

from streams.console.server import Console
from streams.model import Action, Advisory, Count, Toll
from streams.model.command import Command
from streams.model.kinds import Change, CommandAction, Phase
from streams.settings import load_settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVACUATE = Advisory(action=Action.EVACUATE, in_force=True)
TOKEN = "a-token-of-enough-letters"


async def test_an_incident_shows_how_it_came_to_be_known(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, f"{console.url}incidents/tampere") as visitor:
        page = visitor.page
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tampere, Pirkanmaa, Finland")
        await expect(page.locator(".timeline > li")).to_have_count(4)
        await expect(page.locator('.timeline > li[data-revision="4"]')).to_contain_text("killed 1 became 3")
        await expect(page.locator(".quotes li")).to_have_count(4)
        await expect(page.locator(".facts")).to_contain_text("More people were killed or injured than was known.")
        link = page.locator(".articles a").first
        await expect(link).to_have_attribute("href", "https://pirkanews.example/tampere-1")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        told = event("tampere", 5, change=Change.ESCALATED, casualties=toll(5), advisory=EVACUATE)
        source.board.alert(msgspec.structs.replace(told, last_seen_at=datetime.now(UTC)), datetime.now(UTC))
        await expect(page.locator(".timeline > li")).to_have_count(5)
        # The first day of an advisory is told to the second.
        clock = page.locator("[data-clock]")
        before = await clock.text_content()
        await expect(clock).not_to_have_text(before or "")
        assert visitor.complaints == []


async def test_an_order_changes_every_page_that_is_open(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, console.url) as mine, visit(chromium, console.url) as theirs:
        await mine.page.locator('.card[data-id="tampere"] [data-order="acknowledge"]').click()
        marked = theirs.page.locator('.watched .card[data-id="tampere"]')
        await expect(marked).to_contain_text("operator acknowledged")
        assert source.sent[0].revision == 4


async def test_a_silence_is_ordered_seen_and_lifted(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await page.locator('.card[data-id="dayton"] [data-order="silence"]').click()
        await page.get_by_label("What").select_option("scope")
        await expect(page.get_by_label("Country code")).to_have_value("US")
        await page.get_by_label("Reason").fill("A search that was announced")
        await page.get_by_role("dialog").get_by_role("button", name="Silence").click()
        await expect(page.locator('.watched .card[data-id="dayton"]')).to_contain_text("A search that was announced")
        assert source.sent[0].scope.country_code == "US"
        await page.get_by_role("link", name="Desk").click()
        await expect(page.locator(".desk")).to_contain_text("up to Severe")
        await page.get_by_role("button", name="Lift").click()
        await expect(page.locator(".desk")).to_contain_text("Nothing is silenced.")
        assert [command.action for command in source.sent] == [CommandAction.SILENCE, CommandAction.LIFT]
        assert visitor.complaints == []


def answer(order: Command, action: CommandAction, reason: str, **more: object) -> Command:
    """What the pipeline makes of ``order``."""
    told = {"id": f"{order.id}:answer", "action": action, "by": "tocsin", "at": order.at, "target": order.id}
    return msgspec.convert(told | {"reason": reason, "incident_id": order.incident_id, **more}, Command)


async def test_a_merge_is_ordered_answered_and_taken_back(console: Console, source: StandIn, chromium: Browser) -> None:
    twin = event("hervanta", 1, headline="Shots at a school gate in Hervanta")
    source.board.alert(twin, datetime.now(UTC))
    async with visit(chromium, f"{console.url}incidents/tampere") as visitor:
        page = visitor.page
        await page.locator('[data-order="merge"]').click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Incident")).to_have_value("hervanta")
        await dialog.get_by_label("Reason").fill("One school, two gates")
        await dialog.get_by_role("button", name="Merge").click()
        await expect(page.locator(".orders li").first).to_contain_text("under way")
        merge = source.sent[0]
        assert (merge.action, merge.incident_id, merge.target) == (CommandAction.MERGE, "tampere", "hervanta")
        gone = msgspec.structs.replace(twin, id="hervanta:2", revision=2, status=Phase.CLOSED, redirect="tampere")
        source.board.alert(gone, datetime.now(UTC))
        source.board.command(answer(merge, CommandAction.HONOUR, "merged"))
        await expect(page.locator(".orders li .outcome").first).to_have_text("done")
        await page.locator('[data-order="undo"]').click()
        await page.get_by_role("dialog").get_by_label("Reason").fill("Two schools after all")
        await page.get_by_role("dialog").get_by_role("button", name="Take back").click()
        await expect(page.locator(".orders li")).to_have_count(2)
        undo = source.sent[1]
        assert (undo.action, undo.target) == (CommandAction.UNDO, merge.id)
        source.board.command(answer(undo, CommandAction.REFUSE, "no_order"))
        await expect(page.locator(".toast.bad")).to_contain_text("There is no such merge or split here")
        await page.goto(f"{console.url}incidents/hervanta")
        await expect(page.locator(".head")).to_contain_text("goes on as")
        await expect(page.locator('[data-order="merge"]')).to_have_count(0)
        await page.goto(f"{console.url}desk")
        await expect(page.locator(".desk")).to_contain_text("refused: There is no such merge or split here")
        assert visitor.complaints == []


async def test_a_split_names_the_articles(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, f"{console.url}incidents/tampere") as visitor:
        page = visitor.page
        await page.locator('[data-order="split"]').click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("checkbox").first.check()
        await dialog.get_by_label("Reason").fill("Another town")
        await dialog.get_by_role("button", name="Split").click()
        await expect(page.locator(".orders li").first).to_contain_text("ordered a split")
        assert len(source.sent[0].article_ids) == 1
        assert visitor.complaints == []


async def test_a_disputed_toll_and_the_level_in_force_are_shown(
    console: Console, source: StandIn, chromium: Browser
) -> None:
    disputed = Toll(killed=Count(latest=4, min=2, max=5, conflict=True))
    told = msgspec.structs.replace(event("tampere", 5, casualties=disputed), level_incident="denmark")
    source.board.alert(told, datetime.now(UTC))
    async with visit(chromium, f"{console.url}incidents/tampere") as visitor:
        facts = visitor.page.locator(".facts")
        await expect(facts).to_contain_text("killed: sources differ, from 2 to 5")
        await expect(facts).to_contain_text("told by")
        await expect(facts.locator('a[href="/incidents/denmark"]')).to_be_visible()


async def test_a_report_that_came_late_and_articles_that_added_nothing_are_told(
    console: Console, source: StandIn, chromium: Browser
) -> None:
    now = datetime.now(UTC)
    told = event("tampere", 5, sources=(9, 4, 3))
    source.board.alert(msgspec.structs.replace(told, last_seen_at=now - timedelta(hours=3)), now)
    async with visit(chromium, f"{console.url}incidents/tampere") as visitor:
        page = visitor.page
        await expect(page.locator(".head")).to_contain_text("revision 5, now · report of 3 h ago")
        await expect(page.get_by_role("heading", name="Articles (5 of 9)")).to_be_visible()
        source.board.alert(msgspec.structs.replace(told, revision=6, last_seen_at=now), now)
        await expect(page.locator(".head .when")).to_have_text("revision 6, now")


async def test_an_order_that_fails_says_so(console: Console, source: StandIn, chromium: Browser) -> None:
    source.fails = "the brokers did not take it"
    async with visit(chromium, console.url) as visitor:
        await visitor.page.locator('.card[data-id="tampere"] [data-order="acknowledge"]').click()
        await expect(visitor.page.locator(".toast.bad")).to_contain_text("the brokers did not take it")
        await expect(visitor.page.locator('.needs .card[data-id="tampere"]')).to_be_visible()


async def test_why_not_is_searched(console: Console, chromium: Browser) -> None:
    async with visit(chromium, f"{console.url}why-not") as visitor:
        page = visitor.page
        await expect(page.locator(".row")).to_have_count(40)
        await page.get_by_label("Search suppressed articles").fill("storm")
        await expect(page.locator(".row")).to_have_count(10)
        await page.get_by_label("Search suppressed articles").fill("")
        await page.get_by_label("What the article is").select_option("drill")
        await expect(page.locator(".row")).to_have_count(10)
        await expect(page.locator(".row").first).to_contain_text("exercise announced")


async def test_the_sign_in_leads_to_where_one_wanted_to_go(chromium: Browser) -> None:
    source = StandIn(stories())
    async with (
        Console(load_settings({}, console_port=0, console_token=TOKEN), source) as console,
        visit(chromium, f"{console.url}incidents/tampere") as visitor,
    ):
        page = visitor.page
        await page.get_by_label("Your name").fill("Ines")
        await page.get_by_label("Token").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("token")
        await page.get_by_label("Token").fill(TOKEN)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tampere, Pirkanmaa, Finland")
        await expect(page.locator("#user")).to_have_text("Ines")
        await page.keyboard.press("a")
        await expect(page.locator(".orders")).to_contain_text("Ines acknowledged")
        assert await page.evaluate("document.cookie") == ""


async def test_the_keyboard_is_enough(console: Console, source: StandIn, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        await expect(page.locator(".card").first).to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await expect(page.locator('.card[data-id="tampere"] h3 a')).to_be_focused()
        await page.keyboard.press("a")
        await expect(page.locator('.watched .card[data-id="tampere"] h3 a')).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{console.url}incidents/tampere")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(console.url)
        await page.keyboard.press("/")
        await page.keyboard.type("sa")
        await expect(page.locator("#search")).to_have_value("sa")
        assert len(source.sent) == 1
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("How to read this page")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_theme_is_kept(console: Console, chromium: Browser) -> None:
    async with visit(chromium, console.url) as visitor:
        page = visitor.page
        light = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        await page.locator("#theme").click()
        await page.locator("#theme").click()
        dark = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert light != dark
        await page.reload()
        assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark
