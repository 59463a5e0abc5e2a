from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from streams.console.orders import OrderError, command_of
from streams.model.command import Scope
from streams.model.kinds import CommandAction, Severity

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def body(**parts: object) -> bytes:
    return msgspec.json.encode(parts)


def test_an_acknowledgement_says_who_what_and_when() -> None:
    command = command_of(body(action="acknowledge", incident_id="a", revision=3), "Ines", NOW)
    assert (command.action, command.incident_id, command.revision) == (CommandAction.ACKNOWLEDGE, "a", 3)
    assert (command.by, command.at, command.record_key) == ("Ines", NOW, "a")


def test_a_silence_ends_and_lets_the_worst_through_unless_told_otherwise() -> None:
    command = command_of(
        body(action="silence", scope={"country_code": "FI"}, minutes=60, reason="planned \u202e drill"), "Ines", NOW
    )
    assert command.until == NOW + timedelta(hours=1)
    assert command.scope == Scope(country_code="FI", up_to=Severity.SEVERE)
    assert command.reason == "planned drill"
    assert command.record_key == command.id


def test_a_lift_names_its_silence() -> None:
    command = command_of(body(action="lift", target="s1"), "Ines", NOW)
    assert (command.target, command.record_key) == ("s1", "s1")


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        body(action="explode"),
        body(action="merge", incident_id="a", target="b"),
        body(action="acknowledge", incident_id="a"),
        body(action="acknowledge", incident_id="a", revision=0),
        body(action="silence", minutes=5, reason="r"),
        body(action="silence", scope={}, minutes=5, reason="r"),
        body(action="silence", scope={"place": "x"}, minutes=5, reason=" \u200b "),
        body(action="silence", scope={"place": "x"}, minutes=0, reason="r"),
        body(action="silence", scope={"place": "x"}, minutes=10**18, reason="r"),
        body(action="silence", scope={"place": "x", "kinds": ["flood"]}, minutes=5, reason="r"),
        body(action="lift"),
        body(action="lift", target="s1", by="somebody else"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: bytes) -> None:
    with pytest.raises(OrderError):
        command_of(wrong, "Ines", NOW)
