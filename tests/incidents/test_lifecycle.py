"""Opened, escalated, corrected, over, again, closed: what becomes of an incident, and who is told."""

import pytest

from streams.incidents import REASONS, Book, Policy
from streams.model import (
    AlertEvent,
    Change,
    Decision,
    Direction,
    Kind,
    Phase,
    Severity,
    Sighting,
    Status,
    Suspects,
    Urgency,
)
from tests.incidents.build import (
    HARROW,
    NORLUND,
    SHELTER,
    SUSPECT_AT_LARGE,
    VELDEN,
    at,
    danger,
    level,
    over,
    sighting,
    toll,
)

LOCKDOWN = (Kind.LOCKDOWN_ADVISORY,)


class Story:
    """A book with its last decision at hand."""

    def __init__(self, *sightings: Sighting, policy: Policy | None = None) -> None:
        self.book = Book(policy or Policy())
        self.events: list[AlertEvent] = []
        for one in sightings:
            self.tell(one)

    def tell(self, one: Sighting) -> Decision:
        decision = self.book.decide(one)
        self.book.apply(decision)
        assert decision.reason in REASONS
        self.events += [outcome.event for outcome in decision.outcomes if outcome.event is not None]
        return decision

    @property
    def last(self) -> AlertEvent:
        return self.events[-1]

    @property
    def changes(self) -> list[tuple[Change, bool]]:
        return [(event.change, event.notify) for event in self.events]


def test_an_incident_opens_and_tells() -> None:
    story = Story(sighting("a", 0))
    (event,) = story.events
    assert (event.change, event.notify, event.status, event.revision) == (Change.OPENED, True, Phase.ACTIVE, 1)
    assert event.id == f"{event.incident_id}:1"
    assert event.incident_id.startswith("nl-20310407-")


def test_revisions_count_up_by_one() -> None:
    story = Story(*[sighting(f"a{n}", n / 10, danger(casualties=toll(n * n))) for n in range(1, 9)])
    assert [event.revision for event in story.events] == list(range(1, len(story.events) + 1))


def test_news_too_old_to_page_opens_silently() -> None:
    story = Story(sighting("a", 72, published=0))
    assert (story.last.change, story.last.notify, story.last.reason) == (Change.OPENED, False, "new_late")


def test_an_all_clear_of_something_unheard_of_tells_nobody() -> None:
    story = Story(sighting("a", 0, over()))
    assert (story.last.status, story.last.notify, story.last.reason) == (Phase.ALL_CLEAR, False, "new_all_clear")


@pytest.mark.parametrize(
    ("reading", "change", "notify", "reason"),
    [
        (danger(severity=Severity.EXTREME), Change.ESCALATED, True, "severity_rose"),
        (danger(kinds=(Kind.ACTIVE_SHOOTER, Kind.TERROR_ALERT)), Change.ESCALATED, True, "kind_added"),
        (danger(casualties=toll(4)), Change.UPDATED, True, "toll_rose"),
        (danger(casualties=toll(2)), Change.CORROBORATED, False, "new_source"),
        (danger(advisory=SHELTER), Change.UPDATED, True, "advisory_issued"),
        (danger(threat_level=level("red", 3, Direction.RAISED)), Change.ESCALATED, True, "level_changed"),
        (danger(suspects=SUSPECT_AT_LARGE), Change.UPDATED, False, "detail_changed"),
        (danger(), Change.CORROBORATED, False, "new_source"),
    ],
)
def test_what_a_second_report_changes(reading: object, change: Change, notify: bool, reason: str) -> None:
    first = sighting("a", 0, danger(casualties=toll(2)))
    story = Story(first, sighting("b", 0.5, reading))  # type: ignore[arg-type]
    assert (story.last.change, story.last.notify, story.last.reason) == (change, notify, reason)


def test_a_correction_is_told() -> None:
    first = sighting("a", 0, danger(casualties=toll(4, 3)))
    story = Story(first, sighting("b", 1, danger(casualties=toll(3, 2)), corrects=True))
    assert (story.last.change, story.last.notify) == (Change.CORRECTED, True)
    assert (story.last.casualties.killed.latest, story.last.casualties.killed.max) == (3, 4)


def test_small_steps_are_not_told_until_they_add_up() -> None:
    story = Story(*[sighting(f"a{n}", n / 10, danger(casualties=toll(n))) for n in range(80, 120)])
    told = [event.casualties.killed.latest for event in story.events if event.notify]
    assert told[0] == 80
    assert 2 <= len(told) <= 5
    assert story.last.casualties.killed.latest == 119


def test_a_place_is_refined() -> None:
    story = Story(sighting("a", 0, place=NORLUND), sighting("b", 0.5))
    assert (story.last.change, story.last.notify, story.last.reason) == (Change.UPDATED, True, "place_refined")
    assert story.last.place == VELDEN


def test_one_stray_place_does_not_move_an_incident() -> None:
    text = "The bailiff of the tower ward told people in the arcade of Velden to lie flat while archers were led off."
    story = Story(
        sighting("a", 0), sighting("b", 0.1), sighting("c", 0.2, place=HARROW, text=text, title="Velden arcade")
    )
    assert all(event.place == VELDEN for event in story.events if event.incident_id == story.events[0].incident_id)


def lockdown_and_end() -> Story:
    return Story(
        sighting("a", 0, danger(kinds=LOCKDOWN, advisory=SHELTER), title="Velden schools locked down"),
        sighting("b", 3, over(), title="Velden lockdown lifted"),
    )


def test_an_all_clear_ends_the_danger() -> None:
    story = lockdown_and_end()
    event = story.last
    assert (event.change, event.notify, event.status) == (Change.ALL_CLEAR, True, Phase.ALL_CLEAR)
    assert (event.severity, event.urgency) == (Severity.MINOR, Urgency.PAST)
    assert event.advisory is not None
    assert not event.advisory.in_force


def test_a_partial_all_clear_stays_active() -> None:
    story = Story(sighting("a", 0), sighting("b", 1, over(partial=True, advisory=None, kinds=(Kind.ACTIVE_SHOOTER,))))
    assert (story.last.status, story.last.reason, story.last.notify) == (Phase.ACTIVE, "partial_all_clear", True)


@pytest.mark.parametrize(
    "stale",
    [
        sighting("s", 20, danger(kinds=LOCKDOWN, advisory=SHELTER), published=1, title="Velden schools locked down"),
        sighting("s", 4, danger(kinds=LOCKDOWN, advisory=SHELTER), published=None, title="Velden schools locked down"),
        sighting("s", 4, danger(kinds=LOCKDOWN, advisory=SHELTER), published=2.5, title="Velden schools locked down"),
        sighting("s", 4, danger(kinds=LOCKDOWN, urgency=Urgency.PAST), title="How Velden schools were locked down"),
    ],
)
def test_stale_news_reopens_nothing_and_tells_nobody(stale: Sighting) -> None:
    story = lockdown_and_end()
    before = len(story.events)
    decision = story.tell(stale)
    assert decision.incident_id == story.events[0].incident_id
    assert not any(event.notify for event in story.events[before:])
    assert story.book.get(story.events[0].incident_id or "").phase is Phase.ALL_CLEAR  # type: ignore[union-attr]


def test_newer_danger_reopens() -> None:
    story = lockdown_and_end()
    story.tell(sighting("c", 5, danger(kinds=LOCKDOWN, advisory=SHELTER), title="Velden schools locked down again"))
    assert (story.last.change, story.last.notify, story.last.status) == (Change.REOPENED, True, Phase.ACTIVE)
    assert story.last.advisory is not None
    assert story.last.advisory.in_force


def test_late_coverage_attaches_and_nothing_more() -> None:
    story = Story(sighting("a", 0, danger(casualties=toll(2))), sighting("b", 9, danger(casualties=toll(2))))
    decision = story.tell(sighting("c", 10, danger(severity=Severity.EXTREME, casualties=toll(9)), published=1))
    assert (decision.decision, decision.reason) == ("late", "late_coverage")
    assert story.last.casualties.killed.latest == 2
    assert story.last.severity is Severity.SEVERE
    assert not story.last.notify


def test_a_hoax_retracts_and_reaches_everyone() -> None:
    report = danger(kinds=LOCKDOWN, advisory=SHELTER, severity=Severity.MODERATE)
    hoax = danger(status=Status.HOAX, kinds=(), severity=None, urgency=Urgency.UNKNOWN)
    story = Story(sighting("a", 0, report), sighting("b", 2, hoax, title="Velden arcade call was a hoax"))
    assert (story.last.change, story.last.notify, story.last.status) == (Change.RETRACTED, True, Phase.RETRACTED)
    story.tell(sighting("c", 3, report, title="Gunman seen again in Velden arcade"))
    assert story.last.change is Change.REOPENED


def test_nobody_retracts_what_killed_people() -> None:
    hoax = danger(status=Status.HOAX, kinds=(), severity=None, urgency=Urgency.UNKNOWN)
    story = Story(sighting("a", 0, danger(casualties=toll(2))), sighting("b", 2, hoax, title="Velden arcade hoax"))
    assert story.last.status is Phase.ACTIVE


def test_an_incident_closes_by_event_time_whoever_notices() -> None:
    closings = []
    for late in (40, 400):
        story = Story(sighting("a", 0), sighting("z", late, place=HARROW, title="Harrow Bay ferry seized"))
        (closed,) = [event for event in story.events if event.change is Change.CLOSED]
        assert not closed.notify
        closings.append(closed)
    assert closings[0] == closings[1]


def test_closings_come_before_what_brought_them_about() -> None:
    story = Story(sighting("a", 0), sighting("z", 100, place=HARROW, title="Harrow Bay ferry seized"))
    assert [change for change, _ in story.changes] == [Change.OPENED, Change.CLOSED, Change.OPENED]


def test_a_level_is_lowered_with_the_all_clear() -> None:
    raised = danger(
        kinds=(Kind.TERROR_ALERT,), threat_level=level("red", 3, Direction.RAISED, "Velden"), casualties=toll(2)
    )
    lowered = over(
        kinds=(Kind.TERROR_ALERT,), threat_level=level("yellow", 1, Direction.LOWERED, "Velden"), advisory=None
    )
    story = Story(sighting("a", 0, raised), sighting("b", 5, lowered))
    assert story.last.change is Change.ALL_CLEAR
    assert story.last.threat_level is not None
    assert story.last.threat_level.level == "yellow"


def test_a_level_stays_open_until_it_runs_out() -> None:
    until = level("yellow", 1, Direction.KEPT)
    told = danger(
        kinds=(Kind.TERROR_ALERT,), threat_level=until.__class__(**{**fields(until), "expires_at": at(24 * 90)})
    )
    story = Story(sighting("n", 0, told, place=NORLUND, title="Yellow level until July in Norlund"))
    incident = next(story.book.incidents())
    assert (incident.level_only, incident.expires_at) == (True, at(24 * 90))


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}  # type: ignore[attr-defined]


def test_suspects_and_details_follow_the_newest_article() -> None:
    story = Story(
        sighting("a", 0, danger(suspects=Suspects(at_large=2))), sighting("b", 1, danger(suspects=Suspects(detained=1)))
    )
    incident = next(story.book.incidents())
    assert incident.suspects == Suspects(at_large=2, detained=1)


def test_extreme_never_waits_even_when_the_budget_is_spent() -> None:
    policy = Policy(notify_budget=1)
    story = Story(sighting("a", 0), sighting("b", 1, danger(casualties=toll(None, 5))), policy=policy)
    assert (story.last.notify, story.last.reason) == (False, "over_budget")
    story.tell(sighting("c", 1.1, danger(severity=Severity.EXTREME)))
    assert (story.last.change, story.last.notify) == (Change.ESCALATED, True)
    story.tell(sighting("d", 3, over()))
    assert (story.last.change, story.last.notify) == (Change.ALL_CLEAR, True)


def test_flapping_is_bounded() -> None:
    sightings = [sighting(f"f{n}", n * 0.5, over() if n % 2 else danger(advisory=SHELTER)) for n in range(400)]
    story = Story(*sightings)
    policy = Policy()
    assert sum(notify for _, notify in story.changes) <= policy.notify_budget * 4 + 1
