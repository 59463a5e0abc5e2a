import pytest

from streams.model import Casualties, Direction, Kind, Severity, Status, Suspects, ThreatLevel
from streams.reading.severity import Facts, SeverityTable, certainty_of, urgency_of
from streams.reading.tags import mask


def facts(**more):
    base = {
        "status": Status.CURRENT, "kinds": (Kind.LOCKDOWN_ADVISORY,), "casualties": Casualties(),
        "suspects": Suspects(),
        "level": None,
        "tags": 0,
    }  # fmt: skip
    return Facts(**(base | more))


@pytest.fixture(scope="module")
def table():
    return SeverityTable()


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (facts(), Severity.MINOR),
        (facts(casualties=Casualties(injured=2)), Severity.MODERATE),
        (facts(casualties=Casualties(killed=1)), Severity.SEVERE),
        (facts(casualties=Casualties(killed=10)), Severity.EXTREME),
        (
            facts(casualties=Casualties(killed=3), suspects=Suspects(at_large=1), kinds=(Kind.ACTIVE_SHOOTER,)),
            Severity.EXTREME,
        ),
        (facts(status=Status.ALL_CLEAR, casualties=Casualties(killed=20)), Severity.MINOR),
        (facts(level=ThreatLevel(level="red", rank=3, of=3, direction=Direction.RAISED)), Severity.EXTREME),
        (facts(level=ThreatLevel(level="red", rank=3, of=3, direction=Direction.KEPT)), Severity.MODERATE),
        (facts(kinds=(Kind.TERROR_ALERT,), tags=mask("explosion")), Severity.MINOR),
        (facts(kinds=(Kind.TERROR_ALERT,), tags=mask("explosion"), casualties=Casualties(killed=2)), Severity.MODERATE),
        (
            facts(kinds=(Kind.TERROR_ALERT,), tags=mask("explosion", "terror"), casualties=Casualties(killed=2)),
            Severity.SEVERE,
        ),
        (facts(kinds=(Kind.ACTIVE_SHOOTER,), tags=mask("gunman", "negated")), Severity.MODERATE),
        (facts(kinds=(Kind.ACTIVE_SHOOTER,), tags=mask("gunman", "negated", "gunfire")), Severity.SEVERE),
        (facts(kinds=(Kind.ACTIVE_SHOOTER,), tags=mask("gunman", "gunfire"), unharmed=True), Severity.MODERATE),
        (facts(kinds=(Kind.LOCKDOWN_ADVISORY,), unharmed=True), Severity.MINOR),
    ],
)
def test_the_table(table, case, expected):
    assert table.judge(case)[0] is expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Man with gun seen near school, no shots fired", "Nobody is hurt, police said. Fenwick High is locked down."),
        (
            "Armed man seen on campus in Larkin",
            "No shots were fired and no injuries were reported; students must shelter.",
        ),
        ("Gunman barricaded in house, no one injured", "Police surrounded the house in Larkin on Tuesday."),
        ("Gunman fires into air outside mall", "Nobody was hurt, police said on Tuesday; the mall was locked down."),
    ],
)
def test_an_armed_man_who_hurt_nobody_is_not_severe(read, title, text):
    reading = read(title, text)
    assert reading.severity in (None, Severity.MINOR, Severity.MODERATE)


def test_the_same_with_victims_is_severe(read):
    assert read("Gunman fires into crowd outside mall, one dead", "Police said so on Tuesday.").severity == "Severe"


def test_a_level_alone_has_a_severity(table):
    top = ThreatLevel(level="highest", direction=Direction.RAISED)
    assert table.by_level(facts(level=top)) is Severity.EXTREME
    assert table.by_level(facts()) is None


def test_urgency_and_certainty():
    assert urgency_of(Status.CURRENT, (Kind.TERROR_ALERT,), threat_only=True) == "Future"
    assert urgency_of(Status.ALL_CLEAR, (Kind.TERROR_ALERT,), threat_only=False) == "Past"
    assert urgency_of(Status.CRIME, (), threat_only=False) == "Unknown"
    assert certainty_of(Status.CURRENT, unconfirmed=True, threat_only=False, official=False) == "Likely"
    assert certainty_of(Status.CURRENT, unconfirmed=False, threat_only=True, official=False) == "Possible"
    assert certainty_of(Status.CURRENT, unconfirmed=False, threat_only=True, official=True) == "Likely"
    assert certainty_of(Status.POLICY, unconfirmed=False, threat_only=False, official=True) == "Unknown"
