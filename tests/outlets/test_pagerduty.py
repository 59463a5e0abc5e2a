"""PagerDuty's events: one key per incident, resolved when it is over."""

from collections.abc import Callable

import pytest

from streams.model import AlertEvent, Change, Severity
from streams.outlets import pagerduty
from streams.outlets.message import Envelope, alert, reminder

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.EXTREME, "critical"),
        (Severity.SEVERE, "error"),
        (Severity.MODERATE, "warning"),
        (Severity.MINOR, "info"),
    ],
)
def test_a_trigger(event: Make, envelope: Wrap, severity: Severity, word: str) -> None:
    sent = pagerduty.event(alert(envelope(event(severity=severity))), "key")
    assert (sent["event_action"], sent["dedup_key"], sent["routing_key"]) == ("trigger", "no-1", "key")
    assert sent["payload"]["severity"] == word
    assert sent["payload"]["source"] == "Vardhavn, Nordmark, Norway"
    assert sent["payload"]["timestamp"] == "2031-05-06T12:01:00.000+00:00"
    assert sent["payload"]["custom_details"]["alert_id"] == "no-1:1"
    assert sent["links"][0]["href"] == "https://news.example/a?b=1"


@pytest.mark.parametrize("change", [Change.ALL_CLEAR, Change.CLOSED, Change.RETRACTED])
def test_a_resolve(event: Make, envelope: Wrap, change: Change) -> None:
    sent = pagerduty.event(alert(envelope(event(revision=4, change=change))), "key")
    assert (sent["event_action"], sent["dedup_key"]) == ("resolve", "no-1")


def test_a_reminder_and_hostile_text(event: Make, envelope: Wrap, hostile: str) -> None:
    sent = pagerduty.event(reminder(envelope(event(headline=hostile * 50)), 3), "key")
    assert sent["payload"]["summary"].startswith("Still active: SEVERE")
    assert len(sent["payload"]["summary"]) <= pagerduty.SUMMARY_MOST
    assert "<script" not in str(sent)
    assert "@everyone" not in str(sent)
