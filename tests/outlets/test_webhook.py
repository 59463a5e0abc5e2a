"""The webhook payload: CloudEvents, and a signature that the specification's own library accepts."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from streams.model import AlertEvent, Change
from streams.outlets import webhook
from streams.outlets.message import Envelope, alert, digest, reminder

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes, all of them new").decode()


def test_one_alert_goes_as_it_is(event: Make, envelope: Wrap) -> None:
    told = event("no-å 1%", headline='"quoted" and ünusual')
    request = webhook.request(alert(envelope(told)))
    assert msgspec.json.decode(request.body, type=AlertEvent) == told
    assert request.headers["content-type"] == "application/json"
    assert request.headers["ce-type"] == "tocsin.incident.opened"
    assert request.headers["ce-specversion"] == "1.0"
    assert request.headers["ce-id"].isascii()
    assert unquote(request.headers["ce-id"]) == told.id
    assert request.headers["ce-time"] == "2031-05-06T12:01:00Z"


def test_a_digest_is_a_batch_and_a_reminder_says_so(event: Make, envelope: Wrap) -> None:
    two = digest((envelope(event()), envelope(event(revision=2, change=Change.UPDATED))))
    request = webhook.request(two)
    assert request.headers == {"content-type": "application/cloudevents-batch+json"}
    batch = json.loads(request.body)
    assert [each["id"] for each in batch] == ["no-1:1", "no-1:2"]
    assert batch[1]["type"] == "tocsin.incident.updated"
    assert batch[1]["data"]["revision"] == 2
    again = webhook.request(reminder(envelope(event()), 2))
    assert again.headers["ce-type"] == "tocsin.incident.reminder"
    assert again.headers["ce-id"] == "no-1:1#reminder-2"


def test_the_specifications_own_library_accepts_the_signature(event: Make, envelope: Wrap) -> None:
    message = alert(envelope(event()))
    body = webhook.request(message).body
    headers = webhook.signature(webhook.key_of(SECRET), message.id, datetime.now(UTC), body)
    assert Webhook(SECRET).verify(body, headers)["id"] == "no-1:1"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, headers | {"webhook-id": "no-1:2"})


@pytest.mark.parametrize("secret", ["", "whsec_c2hvcnQ=", "not base64 at all, but long enough to be"])
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="24 bytes") as refusal:
        webhook.key_of(secret)
    assert not secret or secret not in str(refusal.value)
