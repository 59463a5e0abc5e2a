"""Message: what one receiver is told at one time: an alert, several of them, or a reminder."""

from datetime import datetime
from enum import StrEnum

import msgspec
import xxhash

from streams.model import AlertEvent, Change, Phase

Mark = tuple[str, int, int]
"""Topic, partition and offset of a record that is done with once its message is."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it was received. ``at`` is when it was published; ``marks`` are all the records that carried it.

    An alert is on the topic of every kind of its incident, so that one alert may have come several times.
    """

    event: AlertEvent
    at: datetime
    marks: tuple[Mark, ...] = ()


class Form(StrEnum):
    """What kind of message it is."""

    ALERT = "alert"
    DIGEST = "digest"
    REMINDER = "reminder"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery to one receiver; ``envelopes`` are in the order in which they are to be told.

    ``id`` is the same whenever the same thing is told again, so that a receiver can know repeats: the alert's id;
    ``<alert id>#reminder-<n>``; or, of a digest, a hash over the ids of its alerts.
    """

    id: str
    form: Form
    envelopes: tuple[Envelope, ...]

    @property
    def events(self) -> tuple[AlertEvent, ...]:
        """The alerts, oldest first."""
        return tuple(envelope.event for envelope in self.envelopes)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The records that are done with once this is delivered; a reminder has none."""
        return tuple(mark for envelope in self.envelopes for mark in envelope.marks)


def alert(envelope: Envelope) -> Message:
    """The message of one alert."""
    return Message(id=envelope.event.id, form=Form.ALERT, envelopes=(envelope,))


def digest(envelopes: tuple[Envelope, ...]) -> Message:
    """One message for several alerts; of a single one it is the alert itself."""
    if len(envelopes) == 1:
        return alert(envelopes[0])
    name = xxhash.xxh3_64_hexdigest("\n".join(envelope.event.id for envelope in envelopes).encode())
    return Message(id=f"digest:{name}", form=Form.DIGEST, envelopes=envelopes)


def reminder(envelope: Envelope, number: int) -> Message:
    """The ``number``-th reminder that the incident of ``envelope`` is still active. It settles no record."""
    told = msgspec.structs.replace(envelope, marks=())
    return Message(id=f"{envelope.event.id}#reminder-{number}", form=Form.REMINDER, envelopes=(told,))


def is_ending(event: AlertEvent) -> bool:
    """True when ``event`` says that its incident is over: all clear, closed or taken back."""
    return event.status is not Phase.ACTIVE or event.change in (Change.ALL_CLEAR, Change.CLOSED, Change.RETRACTED)
