from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from console_stories import DAYTON, TAMPERE, event

from streams.model.command import Command, Scope
from streams.model.desk import Desk
from streams.model.kinds import CommandAction, Kind, Severity

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def silence(id_: str = "s1", until: datetime = NOW + HOUR, **scope: object) -> Command:
    covers = msgspec.convert(scope, Scope)
    return Command(id=id_, action=CommandAction.SILENCE, by="Ines", at=NOW, scope=covers, until=until)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, False),
        ({"incident_id": "a"}, True),
        ({"incident_id": "b"}, False),
        ({"country_code": "FI"}, True),
        ({"country_code": "SE"}, False),
        ({"place": "tampere"}, True),
        ({"place": "PIRKANMAA"}, True),
        ({"place": "Turku"}, False),
        ({"kinds": ["active_shooter"]}, True),
        ({"kinds": ["terror_alert"]}, False),
        ({"kinds": ["active_shooter", "terror_alert"], "country_code": "FI"}, True),
        ({"incident_id": "a", "country_code": "SE"}, False),
        ({"incident_id": "a", "up_to": "Moderate"}, False),
        ({"incident_id": "a", "up_to": "Severe"}, True),
    ],
)
def test_a_scope_covers_what_matches_all_of_its_parts(scope: dict[str, object], covered: bool) -> None:
    assert silence(**scope).silences(event("a", severity=Severity.SEVERE), NOW) is covered


def test_a_kind_that_is_not_named_breaks_a_silence() -> None:
    both = event("a", kinds=(Kind.ACTIVE_SHOOTER, Kind.LOCKDOWN_ADVISORY))
    assert not silence(kinds=["active_shooter"]).silences(both, NOW)


def test_an_incident_without_a_place_is_not_covered_by_one() -> None:
    assert not silence(country_code="FI").silences(event("a", place=None), NOW)
    assert not silence(place="Tampere").silences(event("a", place=None), NOW)


def test_a_silence_ends() -> None:
    assert not silence(incident_id="a").silences(event("a"), NOW + HOUR)


def test_the_desk_takes_commands_in_any_order_and_twice() -> None:
    lift = Command(id="l1", action=CommandAction.LIFT, by="Omar", at=NOW, target="s1")
    for commands in ((silence(place="Tampere"), lift), (lift, silence(place="Tampere"), lift)):
        assert Desk(commands).silence_of(event("a", place=TAMPERE), NOW) is None


def test_the_longest_silence_counts() -> None:
    desk = Desk([silence("s1", country_code="FI"), silence("s2", NOW + 2 * HOUR, place="Tampere")])
    found = desk.silence_of(event("a"), NOW)
    assert found is not None
    assert found.id == "s2"
    assert [each.id for each in desk.silences(NOW)] == ["s1", "s2"]
    assert desk.silence_of(event("a", place=DAYTON), NOW) is None


def test_the_highest_acknowledged_revision_counts() -> None:
    def seen(revision: int) -> Command:
        return Command(
            id=str(revision), action=CommandAction.ACKNOWLEDGE, by="Ines", at=NOW, incident_id="a", revision=revision
        )

    desk = Desk([seen(3), seen(2)])
    found = desk.acknowledgement("a")
    assert found is not None
    assert found.revision == 3
    assert desk.acknowledgement("b") is None


def test_merges_and_splits_are_not_for_the_desk() -> None:
    desk = Desk([Command(id="m", action=CommandAction.MERGE, by="Ines", at=NOW, incident_id="a", target="b")])
    assert desk.acknowledgement("a") is None
    assert desk.silences(NOW) == ()
