"""Tally: what the single mentions of one place add up to, as features of its being the event's."""

import math
from collections.abc import Sequence
from typing import Final

from streams.model import Span
from streams.places import cues
from streams.places.mentions import Mention

AGAINST: Final = ("origin", "court", "official", "institution", "speaker", "aftermath", "beside")
"""Why a mention tells of something else than the event; see cues.reasons_against."""

Values = dict[str, float]
"""Values of features by their names; those that are nought are left out."""

_ONLY_INSTITUTION: Final = ["institution"]
_TITLE_OFFSET: Final = 1000
"""A mention in the text stands this far behind one in the headline."""
_NEAR_ANCHOR: Final = 200
_LEAD: Final = 400
_LIKELY: Final = 0.5


class Field:
    """A title or a text with its anchors."""

    __slots__ = ("anchors", "text")

    def __init__(self, text: str, where: str, anchors: Sequence[Span]) -> None:
        self.text = text
        self.anchors = [_Anchor(span) for span in anchors if span.where == where]


class _Anchor:
    """A stretch of text that tells of the event."""

    __slots__ = ("end", "start", "weight")

    def __init__(self, span: Span) -> None:
        self.start = span.start
        self.end = span.end
        self.weight = span.weight


class Tally:
    """The mentions of one place, added up one by one."""

    __slots__ = (
        "_anchor", "_anchor_led", "_count", "_datelines", "_demonym", "_first", "_first_city", "_held",
        "_holds", "_leads", "_led", "_near", "_number", "_opposed", "_police", "_reasons", "_text", "_title",
        "_title_field", "_title_led", "_violent_after", "_violent_led",
    )  # fmt: skip

    def __init__(self, title: Field, text: Field, first_city: int) -> None:
        self._title_field = title
        self._text = text
        self._first_city = first_city
        self._reasons: Values = {}
        self._title = self._title_led = self._near = self._anchor = self._anchor_led = 0.0
        self._count = self._led = self._police = self._violent_led = self._violent_after = 0.0
        self._number = self._datelines = self._holds = self._opposed = 0
        self._first = 10_000
        self._demonym = True
        self._held = self._leads = False

    def add(self, mention: Mention) -> None:
        """Add one mention: where it stands, and what the words around it say."""
        in_title = mention.where == "title"
        field = self._title_field if in_title else self._text
        text, start, end, hint, weight = field.text, mention.start, mention.end, mention.hint, mention.likelihood
        if hint and cues.police_after(text, end, hint):
            self._police += 1.0
            weight = max(weight, _LIKELY)
        self._number += 1
        self._count += weight
        self._stand(mention, 0 if in_title else start)
        before = cues.last_words(text, start)
        told = cues.hints_before(text, start, before)
        if told or hint:
            adjective = mention.demonym or mention.exact
            reasons = cues.reasons_against(text, start, end, before, told=told, hint=hint, adjective=adjective)
            for reason in reasons:
                self._reasons[reason] = self._reasons.get(reason, 0.0) + 1.0
            if reasons and reasons != _ONLY_INSTITUTION:
                self._opposed += 1
                return
            if cues.event_after(text, end, hint):
                self._violent_after += weight
        if cues.event_led(before, told):
            self._violent_led += weight
        led = weight if cues.led(before) else 0.0
        self._led += led
        if in_title:
            self._title = max(self._title, weight)
            self._title_led = max(self._title_led, led)
        self._support(field, start, weight, led)

    def values(self) -> Values:
        """The features; those that are nought are left out."""
        number = self._number
        row: Values = {"first": math.exp(-self._first / 600), "count": math.log1p(self._count)}
        for reason, count in self._reasons.items():
            row[reason] = count / number
        if self._title:
            row["title"], row["title_led"] = self._title, self._title_led
        if self._datelines:
            row["dateline"], row["dateline_only"] = 1.0, float(self._datelines == number)
        if self._anchor:
            row["anchor"], row["anchor_led"] = math.log1p(self._anchor), math.log1p(self._anchor_led)
        if self._near:
            row["near_anchor"] = self._near
        for name, amount in (
            ("led", self._led),
            ("police", self._police),
            ("violent_led", self._violent_led),
            ("violent_after", self._violent_after),
        ):
            if amount:
                row[name] = math.log1p(amount)
        for name, holds in (
            ("lead", self._first < _LEAD),
            ("holds", self._holds > 0),
            ("opposed", self._opposed == number),
            ("demonym", self._demonym),
            ("held", self._held),
            ("first_city", self._leads),
        ):
            if holds:
                row[name] = 1.0
        return row

    def _stand(self, mention: Mention, start: int) -> None:
        """How and where a mention stands, whatever is said around it."""
        self._first = min(self._first, start)
        self._demonym = self._demonym and mention.demonym
        self._held = self._held or mention.holder is not None
        self._leads = self._leads or position(mention) == self._first_city
        self._datelines += mention.dateline
        self._holds += mention.held

    def _support(self, field: Field, start: int, weight: float, led: float) -> None:
        """The anchors that hold a mention, and the best of those that are near it."""
        for anchor in field.anchors:
            if anchor.start - _NEAR_ANCHOR < start < anchor.end + _NEAR_ANCHOR:
                if anchor.start <= start < anchor.end:
                    self._anchor += anchor.weight * weight
                    if led:
                        self._anchor_led += anchor.weight * weight
                else:
                    self._near = max(self._near, anchor.weight * weight)


def position(mention: Mention) -> int:
    """Where a mention stands in the article, its headline counted first."""
    return mention.start + (0 if mention.where == "title" else _TITLE_OFFSET)
