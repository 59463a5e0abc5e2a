"""The closed vocabularies: their words are a contract with every consumer."""

import pytest

from streams.model import Change, Kind, Phase, Severity, Status
from streams.model.kinds import Action, Bound, Certainty, Direction, Precision, Urgency


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        (Kind, "terror_alert active_shooter lockdown_advisory"),
        (
            Status,
            "current all_clear crime followup historic policy drill hoax conflict other_hazard figurative unrelated",
        ),
        (Severity, "Minor Moderate Severe Extreme"),
        (Urgency, "Immediate Expected Future Past Unknown"),
        (Certainty, "Observed Likely Possible Unlikely Unknown"),
        (Change, "opened corroborated escalated updated corrected all_clear reopened retracted closed"),
        (Phase, "active all_clear closed retracted"),
        (Precision, "point city admin1 country"),
        (Action, "Shelter Evacuate Avoid"),
        (Direction, "raised lowered kept"),
        (Bound, "exact at_least at_most about"),
    ],
)
def test_words(vocabulary: type[Kind], words: str) -> None:
    assert [member.value for member in vocabulary] == words.split()


def test_severity_is_ranked_from_one() -> None:
    assert [severity.rank for severity in Severity] == [1, 2, 3, 4]
    assert max(Severity, key=lambda severity: severity.rank) is Severity.EXTREME


def test_two_statuses_alert() -> None:
    assert [status for status in Status if status.is_alert] == [Status.CURRENT, Status.ALL_CLEAR]
