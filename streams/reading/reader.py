"""Reader: Article to Reading, in three steps: the gate, the reading, and the settling on a country's scale."""

from typing import Final

import msgspec

from streams.model import Article, Place, Reading
from streams.reading.draft import Draft, Drafter, Signal
from streams.reading.evidence import gather
from streams.reading.measures import advisory_of, suspects_of
from streams.reading.severity import Facts, SeverityTable, certainty_of, urgency_of
from streams.reading.tags import mask

_OFFICIAL: Final = mask("official")
_UNCONFIRMED: Final = mask("unconfirmed")
_HAPPENED: Final = mask(
    "gunfire", "spree", "plural_shot", "bombing", "explosion", "ramming", "hostage", "blade", "attack", "killed", "injured",
    "lockdown", "shelter", "evacuate", "avoid",
)  # fmt: skip


class Reader:
    """Reads articles. Holds the compiled lexicon, so keep one per process; not to be used by two threads at once."""

    def __init__(self) -> None:
        self._drafter = Drafter()
        self._severities = SeverityTable()

    def scan(self, article: Article) -> Signal | None:
        """The gate: None when nothing in title or text could make this article an alert."""
        return self._drafter.scan(article)

    def read(self, article: Article, signal: Signal | None) -> Reading:
        """The reading of ``article``; its place on a threat scale and what follows from it come with :meth:`settle`."""
        draft = self._drafter.draft(article, signal)
        ruling = draft.ruling
        alert = ruling.status.is_alert and bool(ruling.kinds)
        if not alert:
            return Reading(
                status=ruling.status,
                confidence=round(1 - ruling.sure, 4),
                casualties=draft.toll.casualties,
                event_time=draft.time,
                reason=ruling.reason,
                anchors=draft.anchors(),
            )
        return self._alert(article, draft)

    def _alert(self, article: Article, draft: Draft) -> Reading:
        ruling, tags = draft.ruling, draft.zones.all
        status, kinds = ruling.status, ruling.kinds
        suspects = suspects_of(tags)
        official = bool(draft.head & _OFFICIAL)
        threat_only = not draft.head & _HAPPENED
        facts = Facts(status, kinds, draft.toll.casualties, suspects, draft.level, draft.head, draft.shot)
        severity, _ = self._severities.judge(facts)
        return Reading(
            kinds=kinds,
            status=status,
            severity=severity,
            urgency=urgency_of(status, kinds, threat_only=threat_only),
            certainty=certainty_of(
                status, unconfirmed=bool(draft.head & _UNCONFIRMED), threat_only=threat_only, official=official
            ),
            confidence=round(ruling.sure, 4),
            casualties=draft.toll.casualties,
            suspects=suspects,
            threat_level=draft.level,
            advisory=advisory_of(tags, status),
            event_time=draft.time,
            official=official,
            partial=False,
            reason=ruling.reason,
            evidence=gather(article, draft, status, kinds),
            anchors=draft.anchors(),
        )

    def settle(self, reading: Reading, place: Place | None) -> Reading:
        """``reading`` with its threat level on the scale of the country of ``place``, and the severity that follows."""
        level = reading.threat_level
        if level is None or not reading.alertable or reading.severity is None:
            return reading
        level = self._drafter.levels.settle(level, place.country_code if place else None, place.name if place else None)
        facts = Facts(reading.status, reading.kinds, reading.casualties, reading.suspects, level, 0)
        severity = self._severities.by_level(facts) or reading.severity
        return msgspec.structs.replace(
            reading, threat_level=level, severity=max(severity, reading.severity, key=lambda s: s.rank)
        )
