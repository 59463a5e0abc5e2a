"""The live table of `tocsin watch`: which revision of an incident it shows, and in which order."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rich.console import Console

from streams.cli.watch import Board, Wanted, watch
from streams.model import AlertEvent, Kind, Phase, Place, Precision, Severity

SAMPLES = Path(__file__).parents[2] / "schemas" / "alert" / "1.0" / "samples"


@pytest.fixture
def event() -> AlertEvent:
    sample = min(SAMPLES.glob("*.json"))
    return msgspec.json.decode(sample.read_bytes(), type=AlertEvent)


def change(event: AlertEvent, **fields: object) -> AlertEvent:
    return msgspec.structs.replace(event, **fields)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 20, hour, tzinfo=UTC)


def shown(board: Board, height: int = 20, width: int = 200) -> str:
    console = Console(width=width, record=True, force_terminal=False)
    console.print(board.table(width, height))
    return console.export_text()


def test_the_newest_revision_of_an_incident_is_shown_whatever_order_they_come_in(event: AlertEvent) -> None:
    board = Board()
    for revision in (1, 3, 2):
        board.add(change(event, incident_id="a", revision=revision, headline=f"headline {revision}"))
    assert [each.revision for each in board.rows()] == [3]
    assert "headline 3" in shown(board)


def test_what_is_under_way_stands_above_what_is_over_and_the_newest_first(event: AlertEvent) -> None:
    board = Board()
    active, over = Phase.ACTIVE, Phase.ALL_CLEAR
    for name, hour, status in (("early", 8, active), ("over", 12, over), ("late", 10, active)):
        board.add(change(event, incident_id=name, status=status, last_seen_at=at(hour)))
    assert [each.incident_id for each in board.rows()] == ["late", "early", "over"]


def test_the_table_keeps_to_its_height(event: AlertEvent) -> None:
    board = Board()
    for number in range(30):
        board.add(change(event, incident_id=str(number), last_seen_at=at(number % 24), headline=f"story {number}"))
    assert shown(board, height=5).count("story ") == 5


def test_what_does_not_fit_is_counted_and_an_empty_table_says_so(event: AlertEvent) -> None:
    board = Board()
    assert "no alert so far" in shown(board)
    for number in range(30):
        board.add(change(event, incident_id=str(number), last_seen_at=at(number % 24)))
    assert "25 more do not fit" in shown(board, height=5)
    assert "more do not fit" not in shown(board, height=30)


@pytest.mark.parametrize("width", [60, 80, 119, 120, 200])
def test_a_row_is_one_line_on_every_terminal(event: AlertEvent, width: int) -> None:
    board = Board()
    for number in range(3):
        board.add(change(event, incident_id=str(number), headline="a long headline " * 12))
    lines = shown(board, width=width).rstrip().splitlines()
    assert len(lines) == 1 + 3 + 1
    assert all(len(line) <= width for line in lines)


def test_a_country_is_named_by_its_code() -> None:
    found = CliRunner().invoke(watch, ["--country", "Denmark"])
    assert found.exit_code == 2
    assert "'Denmark': give the two letters of ISO 3166" in found.output


def test_hostile_words_are_inert(event: AlertEvent) -> None:
    board = Board()
    board.add(change(event, headline="[red]boo[/red] \x1b[2Jgone \u202eback", status=Phase.ACTIVE))
    table = shown(board)
    assert "[red]boo[/red]" in table
    assert "\x1b" not in table
    assert "\u202e" not in table


def test_filters_hold_together_and_let_ends_through(event: AlertEvent) -> None:
    place = Place(name="Dayton", country="United States", country_code="US", precision=Precision.CITY)
    severe = change(event, kinds=(Kind.ACTIVE_SHOOTER,), severity=Severity.SEVERE, place=place, status=Phase.ACTIVE)
    assert Wanted(("active_shooter",), "Severe", ("us",))(severe)
    assert not Wanted(("terror_alert",), "Minor", ())(severe)
    assert not Wanted((), "Extreme", ())(severe)
    assert not Wanted((), "Minor", ("FI",))(severe)
    assert Wanted((), "Extreme", ("US",))(change(severe, severity=Severity.MINOR, status=Phase.ALL_CLEAR))
    assert not Wanted((), "Minor", ("US",))(change(severe, place=None))
