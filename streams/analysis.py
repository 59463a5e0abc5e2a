"""Analysis: one article through reading and placing, to a sighting or the reason why it is none.

The one composition of the pure rooms: the triage worker, `tocsin analyze`, `tocsin replay` and `tocsin explain` all
run this code.
"""

from typing import Final

import msgspec

from streams.incidents.sightings import ATTACHING, sight
from streams.model import (
    Advisory,
    Article,
    Casualties,
    Certainty,
    EventTime,
    Evidence,
    Kind,
    Place,
    Placing,
    Reading,
    Severity,
    Sighting,
    Status,
    Suppressed,
    Suspects,
    ThreatLevel,
    Toponym,
    Urgency,
)
from streams.places import Locator
from streams.reading import Reader

_QUIET: Final = Reading()


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one article: sightings when it alerts or may add to an alert, else ``suppressed`` says why not."""

    article: Article
    reading: Reading
    placing: Placing
    sightings: tuple[Sighting, ...] = ()
    suppressed: Suppressed | None = None


class AnalysisLine(msgspec.Struct, frozen=True, kw_only=True):
    """One output line of `tocsin analyze`: the reading and the place of one article, flat."""

    id: str
    alertable: bool
    kinds: tuple[Kind, ...]
    status: Status
    reason: str
    severity: Severity | None
    urgency: Urgency
    certainty: Certainty
    confidence: float
    place: Place | None
    places: tuple[Place, ...]
    place_reason: str
    toponyms: tuple[Toponym, ...]
    casualties: Casualties
    suspects: Suspects
    threat_level: ThreatLevel | None
    advisory: Advisory | None
    event_time: EventTime | None
    evidence: tuple[Evidence, ...]


class Analyst:
    """Reads and places articles. Holds the lexicons, the model and the gazetteer; keep one per process."""

    def __init__(self, reader: Reader | None = None, locator: Locator | None = None) -> None:
        self.reader = reader or Reader()
        self.locator = locator or Locator()

    def triage(self, article: Article) -> Analysis:
        """Decide about one article at the speed of the firehose.

        An article without a signal in its headline or opening is not read at all, and places are looked up only for
        what alerts or may add to an alert (a follow-up, a hoax found out): the event's place, no list of toponyms.
        """
        signal = self.reader.heed(article)
        if signal is None:
            return _suppressed(article, _QUIET, Placing())
        reading = self.reader.read(article, signal)
        if not reading.alertable and reading.status not in ATTACHING:
            return _suppressed(article, reading, Placing())
        return self._placed(article, reading, toponyms=False)

    def analyze(self, article: Article) -> Analysis:
        """Say all that can be said of one article, its places too where nothing alerts."""
        return self._placed(article, self.reader.read(article, self.reader.scan(article)), toponyms=True)

    def _placed(self, article: Article, reading: Reading, *, toponyms: bool) -> Analysis:
        placing = self.locator.locate(article, reading.anchors, toponyms=toponyms)
        settled = self.reader.settle(reading, placing.place)
        sightings = sight(article, settled, placing)
        if not sightings:
            return _suppressed(article, settled, placing)
        return Analysis(article=article, reading=settled, placing=placing, sightings=sightings)


def line(analysis: Analysis) -> AnalysisLine:
    """The flat form of ``analysis`` that `tocsin analyze` prints."""
    reading, placing = analysis.reading, analysis.placing
    return AnalysisLine(
        id=analysis.article.id,
        alertable=reading.alertable,
        kinds=reading.kinds,
        status=reading.status,
        reason=reading.reason,
        severity=reading.severity,
        urgency=reading.urgency,
        certainty=reading.certainty,
        confidence=round(reading.confidence, 4),
        place=placing.place,
        places=placing.others,
        place_reason=placing.reason,
        toponyms=placing.toponyms,
        casualties=reading.casualties,
        suspects=reading.suspects,
        threat_level=reading.threat_level,
        advisory=reading.advisory,
        event_time=reading.event_time,
        evidence=reading.evidence,
    )


def _suppressed(article: Article, reading: Reading, placing: Placing) -> Analysis:
    record = Suppressed(
        article_id=article.id,
        status=reading.status,
        reason=reading.reason,
        confidence=round(reading.confidence, 4),
        title=article.title[:300],
        url=article.url[:1000],
        source=article.source[:200],
        published_at=article.published_at,
    )
    return Analysis(article=article, reading=reading, placing=placing, suppressed=record)
