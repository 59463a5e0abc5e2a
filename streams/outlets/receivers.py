"""Receiver: one table ``[[receivers]]`` of the notifier's configuration, by type."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from streams.outlets.secret import Secret

NAME: Final = r"^[a-z0-9][a-z0-9_-]{0,62}$"
PAGERDUTY_URL: Final = "https://events.pagerduty.com/v2/enqueue"
_LABEL: Final = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_]*$")
_OFFICIAL: Final = re.compile(r"(^|[.@])(gov|mil|gouv|gob|gub|police|bund)(\.[a-z]{2})?$", re.IGNORECASE)


def http_url(value: str) -> str:
    """``value`` if it is an http or https address without user and password.

    Raises:
        ValueError: it is not. The message does not repeat the address, which may hold a token.
    """
    try:
        parts = urlsplit(value)
        legal = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        legal = False
    if not legal or not value.isprintable() or " " in value:
        raise ValueError("is no http or https address")
    if parts.username or parts.password:
        raise ValueError('holds a user or password: keep the whole address as { env = "NAME" } or { file = "PATH" }')
    return value


def _sender(value: str) -> str:
    if re.search(r"[\s,<&]", value):
        raise ValueError("must not hold spaces, commas, '<' or '&' (CAP 1.2, section 3.2.1)")
    if _OFFICIAL.search(value):
        raise ValueError("looks like an authority's: alerts made of press reports must never look official")
    return value


def _labels(value: dict[str, str]) -> dict[str, str]:
    for name in value:
        if not _LABEL.match(name) or name in ("alertname", "incident_id", "severity"):
            raise ValueError(f"{name!r} is no label name, or one that Tocsin sets itself")
    return value


Url = Annotated[str, AfterValidator(http_url)]


class ReceiverConfig(BaseModel):
    """What every receiver has.

    A failed delivery is tried again for ``give_up_after_s`` in growing intervals; then the alert becomes a dead
    letter and the next one has its turn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=NAME)]
    timeout_s: float = Field(10.0, gt=0, le=300)
    give_up_after_s: float = Field(3600.0, ge=0, le=7 * 86400)
    first_pause_s: float = Field(1.0, gt=0, le=600)
    longest_pause_s: float = Field(60.0, gt=0, le=3600)
    remind_every_s: float | None = Field(None, ge=60)
    start: Literal["latest", "earliest"] = "latest"

    def secrets(self) -> Iterator[tuple[str, Secret]]:
        """The secrets that this receiver names, each with its field."""
        for field in type(self).model_fields:
            value = getattr(self, field)
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Secret):
                    yield field, each


class Grouping(BaseModel):
    """How a receiver that takes several alerts in one message is spared in a storm."""

    storm_after: int = Field(10, ge=0)
    storm_window_s: float = Field(60.0, gt=0, le=3600)


class WebhookReceiver(ReceiverConfig, Grouping):
    """POST of the alert as a CloudEvent, signed as the Standard Webhooks specification says."""

    type: Literal["webhook"]
    url: Url | Secret
    secret: Secret


class AlertmanagerReceiver(ReceiverConfig, Grouping):
    """POST to ``/api/v2/alerts`` under ``url``. An alert that is not renewed ends by itself after ``keep_for_s``."""

    type: Literal["alertmanager"]
    url: Url | Secret
    bearer_token: Secret | None = None
    labels: Annotated[dict[str, str], AfterValidator(_labels)] = {}
    keep_for_s: float = Field(86400.0, ge=60)


class PagerdutyReceiver(ReceiverConfig):
    """PagerDuty Events API v2."""

    type: Literal["pagerduty"]
    routing_key: Secret
    url: Url | Secret = PAGERDUTY_URL


class CapReceiver(ReceiverConfig):
    """A folder of CAP 1.2 files and an Atom feed of them.

    ``sender`` names this installation (``tocsin@newsroom.example``), ``restriction`` says who the files are for, and
    ``base_url`` where the folder is served, for the links of the feed.
    """

    type: Literal["cap"]
    folder: Path
    sender: Annotated[str, Field(min_length=3, max_length=200), AfterValidator(_sender)]
    restriction: Annotated[str, Field(min_length=3, max_length=500)]
    contact: str | None = None
    base_url: Url | None = None
    expires_after_s: float = Field(6 * 3600.0, ge=60)
    feed_entries: int = Field(50, ge=1, le=1000)


class AppriseReceiver(ReceiverConfig, Grouping):
    """Chats and mail by Apprise; needs the extra ``notify``. ``urls`` are Apprise addresses, all of them secret."""

    type: Literal["apprise"]
    urls: Annotated[tuple[Secret, ...], Field(min_length=1)]


Receiver = Annotated[
    WebhookReceiver | AlertmanagerReceiver | PagerdutyReceiver | CapReceiver | AppriseReceiver,
    Field(discriminator="type"),
]


def address(url: str | Secret, environment: Mapping[str, str] | None = None) -> str:
    """The address that ``url`` is or names.

    Raises:
        SecretError: it names a secret that is not there.
        ValueError: what it names is no http or https address.
    """
    if isinstance(url, str):
        return url
    value = url.read(environment).get_secret_value()
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the secret holds no http or https address")
    return value
