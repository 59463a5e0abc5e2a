"""Chat: alerts as plain text to chats and mail, by Apprise (the extra ``notify``)."""

import asyncio
import logging
from collections.abc import Sequence

import apprise

from streams.model import Severity
from streams.outlets.failure import TransientError
from streams.outlets.message import Message, is_ending
from streams.outlets.words import message_body, message_title


class ChatOutlet:
    """Apprise with the addresses of one receiver. All of them are tried anew when one fails."""

    def __init__(self, notifier: apprise.Apprise, timeout_s: float) -> None:
        self._notifier = notifier
        self._timeout_s = timeout_s

    async def send(self, message: Message) -> None:
        """Deliver ``message``."""
        try:
            async with asyncio.timeout(self._timeout_s):
                sent = await self._notifier.async_notify(
                    title=message_title(message),
                    body=message_body(message),
                    notify_type=_type(message),
                    body_format=apprise.NotifyFormat.TEXT,
                )
        except TimeoutError:
            raise TransientError("timeout", "no answer in time") from None
        except TypeError as error:
            raise TransientError("apprise", type(error).__name__) from None
        if not sent:
            raise TransientError("apprise", "Apprise could not deliver it to all addresses")


def open_chat(urls: Sequence[str], timeout_s: float) -> ChatOutlet:
    """The outlet to ``urls``.

    Raises:
        ValueError: one of them is no address that Apprise knows. The message counts, and does not repeat it.
    """
    # Apprise logs addresses, and addresses hold tokens.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    notifier = apprise.Apprise()
    for number, url in enumerate(urls, start=1):
        if not notifier.add(url):
            raise ValueError(f"urls: no. {number} is no address that Apprise knows")
    return ChatOutlet(notifier, timeout_s)


def _type(message: Message) -> apprise.NotifyType:
    newest = message.events[-1]
    if is_ending(newest):
        return apprise.NotifyType.SUCCESS
    worst = max(event.severity.rank for event in message.events)
    return apprise.NotifyType.FAILURE if worst >= Severity.SEVERE.rank else apprise.NotifyType.WARNING
