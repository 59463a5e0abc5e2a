"""Explain: why an article was read as it was, for a person who asks "why did this page me?" or "why not?"."""

from typing import Final, Literal, NamedTuple

from streams.model import Reading
from streams.reading.decision import Decision
from streams.reading.draft import Draft
from streams.reading.features import named
from streams.reading.model import COLUMNS, KINDS, STATUSES, Model, Opinion
from streams.reading.ruling import Ruling
from streams.reading.tags import names_of

_SHOWN: Final = 12
_ALERT: Final = len(COLUMNS) - 1


class Mark(NamedTuple):
    """A phrase that was found: characters ``start`` to ``end`` of ``where``, and what it can mean."""

    where: Literal["title", "text"]
    start: int
    end: int
    tags: tuple[str, ...]


class Passage(NamedTuple):
    """A sentence that was read: where it stands, its part in the article, what it was taken to mean, its phrases."""

    where: Literal["title", "text"]
    start: int
    end: int
    zone: str
    tags: tuple[str, ...]
    marks: tuple[Mark, ...]


class Contribution(NamedTuple):
    """How much one feature moved the model's alert score (log-odds before calibration)."""

    feature: str
    amount: float


class Explanation(NamedTuple):
    """All that led to a reading, which is not yet settled on a country's scale.

    ``signal`` is True where the gate of triage opens: only then is the article read there.
    """

    signal: bool
    passages: tuple[Passage, ...]
    ruling: Ruling
    opinion: Opinion | None
    decision: Decision
    contributions: tuple[Contribution, ...]
    severity_rule: str | None
    reading: Reading

    def statuses(self) -> list[tuple[str, float]]:
        """The model's probability of each status, the likeliest first."""
        if self.opinion is None:
            return []
        pairs = [(status.value, chance) for status, chance in zip(STATUSES, self.opinion.statuses, strict=True)]
        return sorted(pairs, key=lambda pair: -pair[1])

    def kinds(self) -> list[tuple[str, float]]:
        """The model's probability of each kind, should the article be an alert."""
        if self.opinion is None:
            return []
        return [(kind.value, chance) for kind, chance in zip(KINDS, self.opinion.kinds, strict=True)]


def passages_of(draft: Draft) -> tuple[Passage, ...]:
    """The sentences of ``draft`` with their phrases, in the article's own characters."""
    page = draft.page
    passages = []
    for sentence in draft.sentences:
        span = page.span(sentence.start, sentence.end)
        marks = []
        for start, end, bits in sentence.hits:
            at = page.span(start, end)
            marks.append(Mark(at.where, at.start, at.end, names_of(bits)))
        passages.append(Passage(span.where, span.start, span.end, sentence.zone, names_of(sentence.tags), tuple(marks)))
    return tuple(passages)


def contributions_of(model: Model, draft: Draft) -> tuple[Contribution, ...]:
    """The features that moved the alert score most, the strongest first."""
    weighed = [Contribution(name, model.weight(number, _ALERT)) for name, number in named(draft)]
    weighed.sort(key=lambda entry: -abs(entry.amount))
    return tuple(weighed[:_SHOWN])
