"""Webhook: alerts as CloudEvents 1.0 in a request that is signed by the Standard Webhooks specification.

One alert goes in binary mode: the body is the alert itself, its attributes are ``ce-`` headers. A digest goes in
batched mode (``application/cloudevents-batch+json``). The signature is HMAC-SHA256 over ``<id>.<timestamp>.<body>``.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import msgspec

from streams.model import AlertEvent
from streams.outlets.message import Form, Message

SOURCE: Final = "/tocsin/consolidate"
TYPE_PREFIX: Final = "tocsin.incident."
KEY_PREFIX: Final = "whsec_"
LEAST_KEY_BYTES: Final = 24
"""As the Standard Webhooks specification asks: 24 to 64 bytes of key."""

_HEADER_SAFE: Final = "!#$&'()*+,/:;<=>?@[]^`{|}~\\"
"""What the CloudEvents HTTP binding (3.1.3.2) leaves as it is in a header, besides letters, digits and ``-._``."""

_ENCODER: Final = msgspec.json.Encoder()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The body of one POST and its headers, without the signature."""

    body: bytes
    headers: dict[str, str]


def attributes(event: AlertEvent, *, message_id: str, form: Form) -> dict[str, str]:
    """The CloudEvents attributes of ``event``; of a reminder the type says so and the id is the message's."""
    reminded = form is Form.REMINDER
    return {
        "specversion": "1.0",
        "id": message_id if reminded else event.id,
        "source": SOURCE,
        "type": f"{TYPE_PREFIX}{'reminder' if reminded else event.change}",
        "subject": event.incident_id,
        "time": event.last_seen_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def request(message: Message) -> Request:
    """The POST that tells ``message``."""
    if message.form is not Form.DIGEST:
        (event,) = message.events
        ce = attributes(event, message_id=message.id, form=message.form)
        headers = {"content-type": "application/json"} | {
            f"ce-{name}": quote(value, safe=_HEADER_SAFE) for name, value in ce.items()
        }
        return Request(body=_ENCODER.encode(event), headers=headers)
    batch: list[dict[str, Any]] = [
        attributes(event, message_id=message.id, form=message.form)
        | {"datacontenttype": "application/json", "data": event}
        for event in message.events
    ]
    return Request(body=_ENCODER.encode(batch), headers={"content-type": "application/cloudevents-batch+json"})


def key_of(secret: str) -> bytes:
    """The signing key in ``secret``: base64 after ``whsec_``.

    Raises:
        ValueError: it is no such secret. The message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < LEAST_KEY_BYTES:
        raise ValueError(
            f'is no base64 of at least {LEAST_KEY_BYTES} bytes: make one with "whsec_$(openssl rand -base64 32)"'
        )
    return key


def signature(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows sender, time and repeats."""
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(key, b".".join((message_id.encode(), timestamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
