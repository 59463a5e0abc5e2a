"""Reader: Article to Reading, in three steps: the gate, the reading, and the settling on a country's scale."""

from typing import Final

import msgspec

from streams.model import Article, Kind, Place, Reading, Status
from streams.reading.decision import Decision, decide
from streams.reading.draft import Draft, Drafter, Signal
from streams.reading.evidence import gather
from streams.reading.explain import Explanation, contributions_of, passages_of
from streams.reading.measures import advisory_of
from streams.reading.model import Model, Weights, load_weights
from streams.reading.severity import Facts, SeverityTable, certainty_of, urgency_of
from streams.reading.suspects import SuspectReader
from streams.reading.tags import mask

_OFFICIAL: Final = mask("official")
_ENDING: Final = mask("caught", "attacker_dead", "ended")
_GOING_ON: Final = mask("still", "at_large")
_UNCONFIRMED: Final = mask("unconfirmed")
_HARM: Final = mask("killed", "injured")
_HAPPENED: Final = mask(
    "gunfire", "spree", "plural_shot", "bombing", "explosion", "ramming", "hostage", "blade", "attack", "killed",
    "injured", "lockdown", "shelter", "evacuate", "avoid",
)  # fmt: skip


class Reader:
    """Reads articles. Holds the compiled lexicon, so keep one per process; not to be used by two threads at once."""

    def __init__(
        self, weights: Weights | None = None, *, rules_only: bool = False, drafter: Drafter | None = None
    ) -> None:
        """Load lexicons, tables and weights: the shipped ones, or ``weights``; none with ``rules_only``.

        A ``drafter`` that is there already brings its compiled lexicon.
        """
        self._drafter = drafter or Drafter()
        self._suspects = SuspectReader(self._drafter.claims.speller)
        self._severities = SeverityTable()
        self._model = None if rules_only else Model(weights or load_weights())

    def with_weights(self, weights: Weights) -> "Reader":
        """A reader with other weights that shares this one's compiled lexicon."""
        return Reader(weights, drafter=self._drafter)

    def logits(self, draft: Draft) -> list[float]:
        """The model's raw scores of ``draft``, for calibration. Raises ValueError on a reader without a model."""
        if self._model is None:
            raise ValueError("this reader has rules only")
        return self._model.logits(draft)

    def heed(self, article: Article) -> Signal | None:
        """The gate of triage: None when nothing in the headline or the opening could make this article an alert."""
        return self._drafter.heed(article)

    def scan(self, article: Article) -> Signal | None:
        """The same of headline and whole text, for those who want to know all of an article."""
        return self._drafter.scan(article)

    def draft(self, article: Article, signal: Signal | None) -> Draft:
        """``article`` read as far as lexicon and rules go; the training script starts from here."""
        return self._drafter.draft(article, signal)

    def read(self, article: Article, signal: Signal | None) -> Reading:
        """The reading of ``article``; its place on a threat scale and what follows from it come with :meth:`settle`."""
        return self.conclude(article, self._drafter.draft(article, signal))

    def conclude(self, article: Article, draft: Draft) -> Reading:
        """The reading that ``draft`` comes to."""
        decision = decide(draft, self._model.opinion(draft) if self._model else None)
        if decision.kinds and decision.status.is_alert:
            return self._alert(article, draft, decision)
        return Reading(
            status=decision.status,
            confidence=round(decision.confidence, 4),
            casualties=draft.toll.casualties,
            event_time=draft.time,
            reason=decision.reason,
            anchors=draft.anchors(),
        )

    def _alert(self, article: Article, draft: Draft, decision: Decision) -> Reading:
        tags, head = draft.zones.all, draft.head
        status, kinds = decision.status, decision.kinds
        facts = self._facts(draft, status, kinds)
        official = bool(head & _OFFICIAL)
        threat_only = not head & _HAPPENED
        severity, _ = self._severities.judge(facts)
        return Reading(
            kinds=kinds,
            status=status,
            severity=severity,
            urgency=urgency_of(status, kinds, threat_only=threat_only),
            certainty=certainty_of(
                status, unconfirmed=bool(head & _UNCONFIRMED), threat_only=threat_only, official=official
            ),
            confidence=round(decision.confidence, 4),
            casualties=draft.toll.casualties,
            suspects=facts.suspects,
            threat_level=draft.level,
            advisory=advisory_of(tags, status),
            event_time=draft.time,
            official=official,
            partial=bool(tags & _ENDING and tags & _GOING_ON),
            reason=decision.reason,
            evidence=gather(article, draft, status, kinds),
            anchors=draft.anchors(),
        )

    def explain(self, article: Article) -> Explanation:
        """What led to the reading of ``article``, step by step."""
        signal = self._drafter.scan(article)
        draft = self._drafter.draft(article, signal)
        opinion = self._model.opinion(draft) if self._model else None
        reading = self.conclude(article, draft)
        row = None
        if reading.alertable:
            row = self._severities.judge(self._facts(draft, reading.status, reading.kinds))[1]
        return Explanation(
            signal=self.heed(article) is not None,
            passages=passages_of(draft),
            ruling=draft.ruling,
            opinion=opinion,
            decision=decide(draft, opinion),
            contributions=contributions_of(self._model, draft) if self._model else (),
            severity_rule=row,
            reading=reading,
        )

    def _facts(self, draft: Draft, status: Status, kinds: tuple[Kind, ...]) -> Facts:
        suspects = self._suspects.read(draft.page.flat, draft.sentences, draft.zones.all)
        unharmed = draft.toll.unharmed
        tags = draft.head & ~_HARM if unharmed else draft.head
        return Facts(status, kinds, draft.toll.casualties, suspects, draft.level, tags, draft.shot, unharmed)

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
