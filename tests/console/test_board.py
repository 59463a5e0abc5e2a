from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from console_stories import SHELTER, event, stories, toll

from streams.console.board import MAX_REVISIONS, RECENT, Board
from streams.model.command import Command, Scope
from streams.model.kinds import Change, CommandAction, Kind, Phase, Severity

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def board() -> Board:
    board = Board(now=lambda: NOW)
    for each in stories():
        board.alert(each, each.last_seen_at)
    board.state("live")
    return board


def order(action: CommandAction, **parts: object) -> Command:
    return msgspec.convert({"id": "c1", "action": action, "by": "Ines", "at": NOW, **parts}, Command)


def published(board: Board, after: str) -> list[tuple[str, dict]]:
    number = board.feed.place_of(after)
    assert number is not None
    return [(change.name, msgspec.json.decode(change.data)) for change in board.feed.after(number) or []]


def test_a_summary_says_what_is_new_how_bad_where_and_how_sure(board: Board) -> None:
    summary = board.summary("tampere")
    assert summary is not None
    assert (summary.severity, summary.change, summary.revision) == (Severity.EXTREME, Change.ESCALATED, 4)
    assert summary.place == "Tampere, Pirkanmaa, Finland"
    assert (summary.killed, summary.killed_span, summary.injured) == ("3", "1 to 3", "6")
    assert summary.needs
    assert summary.advised
    assert {change.field: (change.before, change.after) for change in summary.delta}["killed"] == ("1", "3")
    assert summary.paged_revision == 4


def test_repeats_and_older_revisions_change_nothing(board: Board) -> None:
    before = board.summaries()
    cursor = board.feed.cursor
    for each in stories():
        board.alert(each, each.last_seen_at + timedelta(hours=1))
    assert sorted(before, key=lambda one: one.id) == sorted(board.summaries(), key=lambda one: one.id)
    assert board.feed.cursor == cursor


def test_an_older_revision_that_comes_late_completes_the_difference() -> None:
    board = Board(now=lambda: NOW)
    board.state("live")
    board.alert(event("a", 2, casualties=toll(2), change=Change.ESCALATED), NOW)
    assert board.summary("a").delta == ()
    board.alert(event("a", 1, casualties=toll(1)), NOW)
    assert [change.field for change in board.summary("a").delta] == ["killed"]


def test_a_page_needs_a_look_until_it_is_acknowledged_and_again_after_the_next(board: Board) -> None:
    board.command(order(CommandAction.ACKNOWLEDGE, incident_id="tampere", revision=4))
    summary = board.summary("tampere")
    assert not summary.needs
    assert summary.acknowledged.by == "Ines"
    board.alert(event("tampere", 5, change=Change.CORROBORATED, notify=False), NOW)
    assert not board.summary("tampere").needs
    board.alert(event("tampere", 6, change=Change.ESCALATED), NOW)
    assert board.summary("tampere").needs


def test_what_never_paged_needs_no_look() -> None:
    board = Board(now=lambda: NOW)
    board.alert(event("a", notify=False), NOW)
    assert not board.summary("a").needs


def test_a_silence_is_told_and_lifted(board: Board) -> None:
    cursor = board.feed.cursor
    scope = Scope(country_code="US", up_to=Severity.EXTREME)
    board.command(order(CommandAction.SILENCE, scope=scope, until=NOW + timedelta(hours=1), reason="planned"))
    assert [silence.reason for silence in board.silences()] == ["planned"]
    assert board.summary("dayton").silenced.until == NOW + timedelta(hours=1)
    assert board.summary("tampere").silenced is None
    names = [name for name, _ in published(board, cursor)]
    assert names[0] == "silences"
    assert "incident" in names
    board.command(msgspec.structs.replace(order(CommandAction.LIFT, target="c1"), id="c2"))
    assert board.silences() == []
    assert board.summary("dayton").silenced is None


def test_what_is_over_leaves_the_board_after_a_while(board: Board) -> None:
    assert "recife" in {one.id for one in board.summaries()}
    later = Board(now=lambda: NOW + RECENT)
    later.alert(event("recife", status=Phase.CLOSED), NOW - timedelta(seconds=1))
    later.alert(event("tampere"), NOW - timedelta(seconds=1))
    assert {one.id for one in later.summaries()} == {"tampere"}


def test_a_forgotten_incident_is_dropped(board: Board) -> None:
    cursor = board.feed.cursor
    board.forgotten("tampere")
    board.forgotten("never known")
    assert board.summary("tampere") is None
    assert published(board, cursor) == [("forgotten", {"id": "tampere"})]


def test_going_live_lets_everyone_start_anew() -> None:
    board = Board(now=lambda: NOW)
    cursor = board.feed.cursor
    board.state("loading")
    board.alert(event("a"), NOW)
    board.state("live")
    board.state("live")
    assert [name for name, _ in published(board, cursor)] == ["reset"]


def test_revisions_are_bounded_and_keep_the_first() -> None:
    board = Board(now=lambda: NOW)
    for revision in range(1, MAX_REVISIONS + 20):
        board.alert(event("a", revision), NOW)
    revisions = [revision.revision for revision in board.dossier("a").revisions]
    assert len(revisions) == MAX_REVISIONS
    assert (revisions[0], revisions[-1]) == (MAX_REVISIONS + 19, 1)


def test_a_dossier_tells_the_whole_story(board: Board) -> None:
    board.command(order(CommandAction.ACKNOWLEDGE, incident_id="tampere", revision=4))
    dossier = board.dossier("tampere")
    assert [revision.revision for revision in dossier.revisions] == [4, 3, 2, 1]
    assert {(claim.field, claim.value, claim.source) for claim in dossier.claims} >= {
        ("killed", "1", "norrwire.example"),
        ("killed", "3", "helsinkicourier.example"),
    }
    assert len(dossier.quotes) == 4
    assert dossier.quotes[0].article.url == "https://helsinkicourier.example/tampere-4"
    assert [article.id for article in dossier.articles] == [f"tampere-{number}" for number in range(1, 5)]
    assert dossier.advisories[0].until is None
    assert [command.by for command in dossier.orders] == ["Ines"]
    assert board.dossier("never known") is None


def test_an_advisory_has_a_beginning_and_an_end() -> None:
    board = Board(now=lambda: NOW)
    board.alert(event("a", 1), NOW)
    board.alert(event("a", 2, advisory=SHELTER, minutes=5), NOW)
    board.alert(event("a", 3, advisory=SHELTER, minutes=9), NOW)
    board.alert(event("a", 4, advisory=msgspec.structs.replace(SHELTER, in_force=False), minutes=30), NOW)
    (spell,) = board.dossier("a").advisories
    assert spell.until - spell.since == timedelta(minutes=25)


def test_hostile_texts_and_addresses_are_made_inert() -> None:
    board = Board(now=lambda: NOW)
    board.alert(
        event(
            "a", headline="\u202eevil\u0007 <script>x</script>" + "y" * 900, url="javascript:alert(1)", source="a\nb"
        ),
        NOW,
    )
    dossier = board.dossier("a")
    assert dossier.summary.headline.startswith("evil")
    assert len(dossier.summary.headline) <= 240
    assert dossier.summary.url == ""
    assert dossier.articles[0].url == ""
    assert dossier.articles[0].source == "a b"


def test_kinds_that_a_silence_does_not_name_are_heard(board: Board) -> None:
    scope = Scope(kinds=(Kind.ACTIVE_SHOOTER,), up_to=Severity.EXTREME)
    board.command(order(CommandAction.SILENCE, scope=scope, until=NOW + timedelta(hours=1)))
    assert board.summary("tampere").silenced is None
    assert board.summary("recife").silenced is not None


def test_memory_is_bounded_over_all_incidents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.console.board.MAX_HELD", 40)
    board = Board(now=lambda: NOW)
    for incident in ("old", "new"):
        for revision in range(1, 31):
            board.alert(event(incident, revision), NOW)
    stories_of = {name: [each.revision for each in board.dossier(name).revisions] for name in ("old", "new")}
    assert stories_of == {"old": [30, 29, 28, 1], "new": list(range(30, 0, -1))}
