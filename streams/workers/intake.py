"""Intake: article records into what they become: sightings, suppressed records or dead letters."""

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Final, Protocol

import msgspec
from aiokafka import ConsumerRecord

from streams.analysis import Analysis
from streams.model import Article, ArticleError, Sighting, decode_article
from streams.settings import Settings
from streams.workers.breaker import Breaker
from streams.workers.dead_letters import CUT, cut_short, dead_letter
from streams.workers.freshness import Freshness
from streams.workers.outbox import TooLargeError
from streams.workers.records import ARTICLE_AT, CONTENT_TYPE, Outgoing, encode, header, moment

log = logging.getLogger(__name__)

WORKER: Final = "triage"


class Triager(Protocol):
    """What the intake needs of :class:`streams.analysis.Analyst`."""

    def triage(self, article: Article) -> Analysis:
        """Sightings of ``article``, or why it has none."""


class Sorted(msgspec.Struct):
    """What some records became. ``tally`` counts records by outcome and reason; each record counts once.

    ``newest`` is the newest Kafka timestamp by source group, in milliseconds of the Unix epoch.
    """

    records: list[Outgoing] = []
    tally: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    read_bytes: int = 0
    newest: dict[str, int] = {}


class Intake:
    """Sorts article records. Every record becomes at least one record out, whatever is in it."""

    def __init__(self, settings: Settings, analyst: Triager) -> None:
        self._analyst = analyst
        self._freshness = Freshness(settings)
        self._sightings = settings.topic_sightings
        self._suppressed = settings.topic_suppressed
        self._dead_letters = settings.topic_dead_letters
        self.breaker = Breaker(settings)

    def sort(self, records: Iterable[ConsumerRecord], done: Sorted) -> int:
        """Decide about ``records`` and add to ``done`` what they became; nothing is raised for any content.

        Returns how many were dealt with: fewer than there are where the breaker trips, with the one that tripped it.
        """
        count = 0
        for count, record in enumerate(records, 1):  # noqa: B007 - it is the result
            done.read_bytes += len(record.value or b"")
            if self.breaker.note(refused=not self._sorted(done, record)):
                break
        return count

    def _sorted(self, done: Sorted, record: ConsumerRecord) -> bool:
        """Decide about one record; False when it became a dead letter."""
        try:
            article = decode_article(record.value)
        except ArticleError as error:
            self._refuse(done, record, error.reason, str(error))
            return False
        self._freshness.note(article, record.timestamp, done.newest)
        try:
            self._decide(done, record, self._analyst.triage(_arrived(article, record)))
        except Exception as error:
            # One article that the analysis trips over must not stop the others; its letter can be replayed.
            log.exception("the analysis of %s/%d offset %d failed", record.topic, record.partition, record.offset)
            self._refuse(done, record, "analysis_failed", type(error).__name__)
            return False
        return True

    @property
    def source_groups(self) -> tuple[str, ...]:
        """The groups of sources that are watched for silence."""
        return self._freshness.groups

    def shrink(self, refused: Outgoing, size: int) -> Outgoing:
        """What to publish instead of a record that the brokers refuse for its size.

        Raises:
            TooLargeError: even a dead letter that was cut short is too large.
        """
        if refused.origin is None or header(refused.headers, CUT) is not None:
            raise TooLargeError(refused, size)
        if refused.topic == self._dead_letters:
            return cut_short(refused)
        message = f"what came of it has {size} bytes, more than {refused.topic} takes"
        return self._letter(refused.origin, "output_too_large", message)

    def _decide(self, done: Sorted, record: ConsumerRecord, analysis: Analysis) -> None:
        if analysis.suppressed is not None:
            suppressed = analysis.suppressed
            out = [
                Outgoing(
                    topic=self._suppressed,
                    key=suppressed.article_id.encode(),
                    value=encode(suppressed),
                    origin=record,
                )
            ]
            outcome = ("suppressed", f"{suppressed.status}.{suppressed.reason}")
        else:
            out = [self._sighting(sighting, record) for sighting in analysis.sightings]
            if not out:
                raise ValueError("neither sightings nor a reason")
            outcome = ("sighting", analysis.reading.status)
        done.records += out
        done.tally[outcome] += 1

    def _sighting(self, sighting: Sighting, record: ConsumerRecord) -> Outgoing:
        return Outgoing(
            topic=self._sightings,
            key=sighting.partition_key.encode(),
            value=encode(sighting),
            headers=((ARTICLE_AT, str(record.timestamp).encode()), ("content-type", CONTENT_TYPE)),
            origin=record,
        )

    def _refuse(self, done: Sorted, record: ConsumerRecord, reason: str, message: str) -> None:
        done.records.append(self._letter(record, reason, message))
        done.tally["dead_letter", reason] += 1

    def _letter(self, record: ConsumerRecord, reason: str, message: str) -> Outgoing:
        return dead_letter(record, self._dead_letters, worker=WORKER, reason=reason, message=message)


def _arrived(article: Article, record: ConsumerRecord) -> Article:
    """``article`` with the time at which it became known: its own, else that of the Kafka record, never the clock.

    A time after the record's is a fault of the sender's, and would carry a whole country into the future.
    """
    received = moment(record.timestamp)
    if article.arrived_at is not None and (received is None or article.arrived_at <= received):
        return article
    return msgspec.structs.replace(article, arrived_at=received)
