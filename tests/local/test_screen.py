import io
import logging
from datetime import UTC, datetime

import pytest
from rich.console import Console

from streams.local.counters import Counters
from streams.local.screen import LiveScreen, Notes, PlainScreen
from streams.model import (
    AlertEvent,
    ArticleRef,
    Certainty,
    Change,
    Count,
    Kind,
    Phase,
    Severity,
    Sources,
    Toll,
    Urgency,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def event() -> AlertEvent:
    return AlertEvent(
        id="i:1",
        incident_id="i",
        revision=1,
        change=Change.OPENED,
        notify=True,
        reason="new",
        status=Phase.ACTIVE,
        kinds=(Kind.TERROR_ALERT,),
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        confidence=0.9,
        headline="[bold]Blast[/bold] near station",
        place=None,
        threat_level=None,
        advisory=None,
        casualties=Toll(killed=Count(), injured=Count()),
        sources=Sources(articles=1, publishers=1, independent=1),
        first_seen_at=NOW,
        last_seen_at=NOW,
        trigger=ArticleRef(article_id="a", title="t", url="", source=""),
    )


def coloured(event: AlertEvent) -> str:
    return f"\x1b[31m{event.severity}\x1b[0m {event.headline}"


def test_the_plain_screen_keeps_alerts_apart_from_the_rest(
    event: AlertEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    with PlainScreen(coloured) as screen:
        screen.note("broker  127.0.0.1:1")
        screen.count(Counters(articles=1), 0)
        screen.alert(event)
    assert capsys.readouterr() == ("Severe [bold]Blast[/bold] near station\n", "broker  127.0.0.1:1\n")


def test_the_live_screen_shows_counters_below_the_alerts_and_takes_no_markup_from_them(event: AlertEvent) -> None:
    output = io.StringIO()
    console = Console(file=output, force_terminal=True, width=100, highlight=False, legacy_windows=False)
    with LiveScreen(coloured, console) as screen:
        screen.alert(event)
        screen.count(Counters(articles=12_345, dead_letters=1), 2)
    shown = output.getvalue()
    assert "[bold]Blast[/bold] near station" in shown
    assert "\x1b[31mSevere" in shown
    assert "12,345" in shown
    assert shown.endswith("\x1b[?25h"), "the cursor is shown again"


def test_what_is_logged_becomes_an_inert_note(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "no answer\x1b[2J from %s", ("\x07here",), None)
    Notes(PlainScreen(coloured)).emit(record)
    assert capsys.readouterr().err == "warning: no answer [2J from here\n"
