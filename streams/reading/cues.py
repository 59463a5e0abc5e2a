"""Cues: what the hits of a sentence mean together: cancelled idioms, negation, and the article's tags by zone."""

from collections.abc import Sequence
from typing import Final

from streams.reading.matcher import Hit
from streams.reading.sentences import LEAD, TITLE, Sentence
from streams.reading.tags import mask

_CANCEL: Final = mask("cancel")
_NEGATED: Final = mask("negated")
_HAZARD: Final = mask("hazard")
_GUNFIRE: Final = mask("gunfire")
_LATER: Final = mask("later")
_OPENING: Final = 45
_DRILL: Final = mask("drill")
_ANEW: Final = mask("anew")
EVENTS: Final = mask(
    "gunman", "gunfire", "spree", "plural_shot", "few_shot", "blast", "bombing", "explosion", "terror", "militant",
    "attack", "ramming", "hostage", "blade", "operation", "plot", "threat", "level", "device", "lockdown", "shelter",
    "evacuate", "avoid", "police_shooting",
)  # fmt: skip
_NEGATABLE: Final = mask(
    "gunman", "gunfire", "spree", "plural_shot", "few_shot", "blast", "bombing", "explosion", "terror", "militant",
    "attack", "ramming", "hostage", "blade", "operation", "plot", "threat", "device", "lockdown", "evacuate", "shelter",
)  # fmt: skip
_REACH: Final = 34
"""Characters that a negation reaches forward: ``no shots were fired``, ``not believed to be terror-related``."""
_CLAUSE_ENDS: Final = (",", ";", ":", " but ", " and ", " - ", " as ", " after ")


class Zones:
    """The union of tags by zone: headline, lead, body, all.

    ``first`` is the first sentence of the lead,
    ``drills`` counts sentences that speak of exercises.
    """

    __slots__ = ("all", "body", "drills", "first", "lead", "negated", "title")

    def __init__(self) -> None:
        self.title = self.lead = self.body = self.all = self.negated = self.drills = self.first = 0


def weigh(flat: str, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> Zones:
    """Give each sentence its hits and tags, and add the tags up by zone. Sentences and hits stand in their order.

    Hits inside an idiom are dropped and negated events are taken out of the tags (kept in ``negated``).
    """
    _share_out(hits, sentences)
    zones = Zones()
    for sentence in sentences:
        tags = 0
        for _, _, bits in sentence.hits:
            tags |= bits
        if tags & _CANCEL:
            tags = _without_idioms(sentence)
        if tags & _HAZARD and tags & _GUNFIRE:
            tags = _without_gunfire_hazards(sentence)
        if tags & _NEGATED and tags & _NEGATABLE:
            kept = _without_negated(flat, sentence)
            zones.negated |= tags & ~kept
            tags = kept
        if tags & _ANEW:
            tags &= ~_DRILL
        sentence.tags = tags
        zones.drills += bool(tags & _DRILL)
        if sentence.zone == TITLE:
            zones.title |= tags
        elif sentence.zone == LEAD:
            if not zones.lead:
                zones.first = tags & ~_LATER if _late_later(sentence) else tags
            zones.lead |= tags
        else:
            zones.body |= tags
    zones.all = zones.title | zones.lead | zones.body
    return zones


def _share_out(hits: Sequence[Hit], sentences: Sequence[Sentence]) -> None:
    """Give each of ``sentences`` those of ``hits`` that begin in it; both stand in their order."""
    at, count = 0, len(hits)
    for sentence in sentences:
        start, end, inside = sentence.start, sentence.end, sentence.hits
        while at < count and hits[at][0] < start:
            at += 1
        while at < count and hits[at][0] < end:
            inside.append(hits[at])
            at += 1


def _without_gunfire_hazards(sentence: Sentence) -> int:
    """The tags once "fire in" of "opened fire in a mall" is no blaze."""
    guns = [(start, end) for start, end, bits in sentence.hits if bits & _GUNFIRE]
    tags = 0
    for start, _, bits in sentence.hits:
        if not (bits & _HAZARD and any(begin <= start < end for begin, end in guns)):
            tags |= bits
    return tags


def _late_later(sentence: Sentence) -> bool:
    """True when no "weeks after" stands near the beginning of ``sentence``, where it would date the whole story."""
    return not any(bits & _LATER and start - sentence.start < _OPENING for start, _, bits in sentence.hits)


def _without_idioms(sentence: Sentence) -> int:
    idioms = [(start, end) for start, end, bits in sentence.hits if bits & _CANCEL]
    sentence.hits = [
        hit
        for hit in sentence.hits
        if hit[2] & _CANCEL or not any(start <= hit[0] and hit[1] <= end for start, end in idioms)
    ]
    tags = 0
    for _, _, bits in sentence.hits:
        tags |= bits
    return tags


def _without_negated(flat: str, sentence: Sentence) -> int:
    denials = [end for _, end, bits in sentence.hits if bits & _NEGATED]
    tags = 0
    for start, _, bits in sentence.hits:
        if bits & _NEGATABLE and not bits & _NEGATED:
            denial = max((at for at in denials if at <= start), default=-1)
            if denial >= 0 and start - denial <= _REACH:
                between = flat[denial:start]
                if not any(stop in between for stop in _CLAUSE_ENDS):
                    tags |= bits & ~_NEGATABLE
                    continue
        tags |= bits
    return tags
