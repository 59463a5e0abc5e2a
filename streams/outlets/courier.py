"""Courier: carries messages to one receiver, one after the other, and tries again until it is time to give up."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import msgspec

from streams.outlets.backoff import pause_s
from streams.outlets.failure import DeliveryError, RefusedError, TransientError
from streams.outlets.message import Message
from streams.outlets.outlet import Clock, Outlet
from streams.outlets.receivers import ReceiverConfig

log = logging.getLogger(__name__)

_DEFECTS: Final = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """How a delivery ended. ``failure`` is the code of the last failure where it was given up, else None."""

    attempts: int
    failure: str | None = None
    detail: str = ""

    @property
    def delivered(self) -> bool:
        """True when the receiver has it."""
        return self.failure is None


class Courier:
    """The way to one receiver with its patience. One message at a time: order is kept by waiting."""

    def __init__(
        self,
        receiver: ReceiverConfig,
        outlet: Outlet,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        on_retry: Callable[[Message, str], None],
    ) -> None:
        self._receiver = receiver
        self._outlet = outlet
        self._clock = clock
        self._sleep = sleep
        self._on_retry = on_retry

    async def deliver(self, message: Message) -> Receipt:
        """Deliver ``message`` or give it up. Nothing but a cancellation is raised."""
        began = self._clock()
        attempt = 0
        while True:
            attempt += 1
            try:
                await self._outlet.send(message)
            except TransientError as error:
                pause = self._pause(message, attempt, error)
                if self._clock() - began + timedelta(seconds=pause) > timedelta(seconds=self._receiver.give_up_after_s):
                    return self._give_up(message, attempt, error)
                self._on_retry(message, error.reason)
                log.warning(
                    "receiver %s: %s failed (%s: %s): trying again in %.1f s",
                    self._receiver.name,
                    message.id,
                    error.reason,
                    error,
                    pause,
                )
                await self._sleep(pause)
            except DeliveryError as error:
                return self._give_up(message, attempt, error)
            except _DEFECTS as error:
                # A defect in one payload must not stop all that follows. No traceback: its text may hold secrets.
                log.warning("receiver %s: %s cannot be sent: %s", self._receiver.name, message.id, type(error).__name__)
                return Receipt(attempts=attempt, failure="defect", detail=type(error).__name__)
            else:
                return Receipt(attempts=attempt)

    def _pause(self, message: Message, attempt: int, error: TransientError) -> float:
        own = pause_s(
            f"{self._receiver.name}\n{message.id}",
            attempt,
            first_s=self._receiver.first_pause_s,
            longest_s=self._receiver.longest_pause_s,
        )
        return max(own, error.retry_after_s or 0.0)

    def _give_up(self, message: Message, attempts: int, error: DeliveryError) -> Receipt:
        why = "refused it" if isinstance(error, RefusedError) else "failed too long"
        log.error(
            "receiver %s %s: %s becomes a dead letter after %d attempts (%s: %s)",
            self._receiver.name,
            why,
            message.id,
            attempts,
            error.reason,
            error,
        )
        return Receipt(attempts=attempts, failure=error.reason, detail=str(error))
