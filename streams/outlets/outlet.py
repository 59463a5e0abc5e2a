"""Outlet: the way to one receiver. Each kind turns a message into its payload and delivers it."""

import asyncio
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import aiohttp
import orjson

from streams.outlets import alertmanager, pagerduty, webhook
from streams.outlets.cap import Sender
from streams.outlets.cap_folder import CapFolder
from streams.outlets.failure import TransientError
from streams.outlets.message import Message
from streams.outlets.post import Poster
from streams.outlets.receivers import (
    AlertmanagerReceiver,
    AppriseReceiver,
    CapReceiver,
    PagerdutyReceiver,
    Receiver,
    WebhookReceiver,
    address,
)

Clock = Callable[[], datetime]

ALERTS_PATH: Final = "/api/v2/alerts"
_JSON: Final = {"content-type": "application/json"}


class OutletError(ValueError):
    """An outlet that cannot be opened with its configuration; the message says which, why, and a next step."""


class Outlet(Protocol):
    """The way to one receiver."""

    async def send(self, message: Message) -> None:
        """Deliver ``message`` once.

        Raises:
            TransientError: it did not arrive and may when tried again.
            RefusedError: it will never be taken.
        """


class WebhookOutlet:
    """CloudEvents, signed."""

    def __init__(self, poster: Poster, key: bytes, clock: Clock) -> None:
        self._poster = poster
        self._key = key
        self._clock = clock

    async def send(self, message: Message) -> None:
        """Deliver ``message``; each attempt bears its own time, so that it is never taken for a replay."""
        request = webhook.request(message)
        now = self._clock()
        signed = webhook.signature(self._key, message.id, now, request.body)
        await self._poster.post(request.body, request.headers | signed, now)


class AlertmanagerOutlet:
    """Alertmanager's API v2."""

    def __init__(
        self, poster: Poster, clock: Clock, *, labels: Mapping[str, str], keep_for: timedelta, token: str | None
    ) -> None:
        self._poster = poster
        self._clock = clock
        self._labels = labels
        self._keep_for = keep_for
        self._headers = _JSON | ({"authorization": f"Bearer {token}"} if token else {})

    async def send(self, message: Message) -> None:
        """Deliver ``message``."""
        now = self._clock()
        alerts = alertmanager.alerts(message, now, self._labels, self._keep_for)
        await self._poster.post(orjson.dumps(alerts), self._headers, now)


class PagerdutyOutlet:
    """PagerDuty's Events API v2."""

    def __init__(self, poster: Poster, routing_key: str, clock: Clock) -> None:
        self._poster = poster
        self._routing_key = routing_key
        self._clock = clock

    async def send(self, message: Message) -> None:
        """Deliver ``message``."""
        body = orjson.dumps(pagerduty.event(message, self._routing_key))
        await self._poster.post(body, _JSON, self._clock())


class CapOutlet:
    """A folder of CAP files."""

    def __init__(self, folder: CapFolder) -> None:
        self._folder = folder

    async def send(self, message: Message) -> None:
        """Write ``message``."""
        try:
            await asyncio.to_thread(self._folder.write, message)
        except OSError as error:
            raise TransientError("not_written", error.strerror or type(error).__name__) from None


def open_outlet(
    receiver: Receiver, session: aiohttp.ClientSession, clock: Clock, environment: Mapping[str, str] | None = None
) -> Outlet:
    """The outlet of ``receiver``.

    Raises:
        OutletError: a secret is not there or of no use, or the extra ``notify`` is not installed.
    """
    try:
        return _open(receiver, session, clock, environment)
    except ValueError as error:
        raise OutletError(f"[[receivers]] ({receiver.name}): {error}") from None


async def outlet_faults(receivers: Iterable[Receiver], clock: Clock) -> list[str]:
    """Why receivers cannot be opened, all of them; nothing is sent."""
    faults = []
    async with aiohttp.ClientSession() as session:
        for receiver in receivers:
            try:
                open_outlet(receiver, session, clock)
            except OutletError as error:
                faults.append(str(error))
    return faults


def _open(
    receiver: Receiver, session: aiohttp.ClientSession, clock: Clock, environment: Mapping[str, str] | None
) -> Outlet:
    timeout_s = receiver.timeout_s
    match receiver:
        case WebhookReceiver():
            key = webhook.key_of(receiver.secret.read(environment).get_secret_value())
            return WebhookOutlet(Poster(session, address(receiver.url, environment), timeout_s), key, clock)
        case AlertmanagerReceiver():
            base = address(receiver.url, environment).rstrip("/").removesuffix(ALERTS_PATH)
            token = receiver.bearer_token
            return AlertmanagerOutlet(
                Poster(session, f"{base}{ALERTS_PATH}", timeout_s),
                clock,
                labels=receiver.labels,
                keep_for=timedelta(seconds=receiver.keep_for_s),
                token=token.read(environment).get_secret_value() if token else None,
            )
        case PagerdutyReceiver():
            routing_key = receiver.routing_key.read(environment).get_secret_value()
            return PagerdutyOutlet(Poster(session, address(receiver.url, environment), timeout_s), routing_key, clock)
        case CapReceiver():
            sender = Sender(
                sender=receiver.sender,
                restriction=receiver.restriction,
                contact=receiver.contact,
                expires_after=timedelta(seconds=receiver.expires_after_s),
            )
            folder = CapFolder(receiver.folder, sender, base_url=receiver.base_url, feed_entries=receiver.feed_entries)
            return CapOutlet(folder)
        case AppriseReceiver():
            return _chat([url.read(environment).get_secret_value() for url in receiver.urls], timeout_s)


def _chat(urls: Sequence[str], timeout_s: float) -> Outlet:
    """The outlet to Apprise, an optional extra that is loaded only where it is wanted."""
    try:
        chat = importlib.import_module("streams.outlets.chat")
    except ModuleNotFoundError:
        raise OutletError("chats and mail need Apprise: install tocsin[notify]") from None
    outlet: Outlet = chat.open_chat(urls, timeout_s)
    return outlet
