"""Cues: what the words right before and after a name say about it."""

import re
from typing import Final

from streams.places.vocabulary import pattern, words

INSTITUTIONS: Final = words("institutions")

_DIRECTIONS: Final = "south|north|east|west"
_LED: Final = re.compile(
    rf"\b(?:in|at|near|outside|across|around|inside|downtown|central|(?:city|town|suburb|village|{_DIRECTIONS}) of"
    rf"|(?:{_DIRECTIONS})ern|{pattern('hitting')})\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_VIOLENT_LED: Final = re.compile(
    rf"\b(?:{pattern('violence')})\b[^.;!?\n]{{0,60}}?\b(?:in|at|near|outside|across|on|into|of|inside)\s+"
    rf"(?:[A-Z]?[\w'’-]+\s+){{0,2}}$|\b(?:{pattern('hitting')})\s+$",
    re.IGNORECASE,
)
_VIOLENT_AFTER: Final = re.compile(
    rf"['’]?s?[\s-](?:[a-z]+\s)?(?:{pattern('violence')}|{pattern('scenes')})\b", re.IGNORECASE
)
_POLICE: Final = re.compile(
    rf"['’]?s?\s?(?:city |county |metro |state |metropolitan |fire |police )?(?:{pattern('police')})", re.IGNORECASE
)
_OFFICIAL: Final = re.compile(rf"['’]?s?\s?(?:\w+ )?(?:{pattern('officials')})\b", re.IGNORECASE)
_COURT: Final = re.compile(
    r"['’]?s?\s?(?:(?:county|district|circuit|superior|federal|high|crown|magistrates['’]?|supreme|municipal) )*"
    rf"(?:{pattern('courts')})",
    re.IGNORECASE,
)
_ORIGIN: Final = re.compile(rf"\b(?:{pattern('origins')})\s*$", re.IGNORECASE)
_SPEAKER: Final = re.compile(rf"\b(?:{pattern('speakers')})\s+(?:\w+\s)?(?:in|at|from)\s+$", re.IGNORECASE)
_AFTERMATH: Final = re.compile(
    rf"\b(?:{pattern('aftermath')})\b[^.;!?\n]{{0,30}}\b(?:in|to|at|from)\s+(?:the\s+)?$", re.IGNORECASE
)
_NATIONAL: Final = re.compile(rf"\s(?:[a-z]+\s)?(?:{pattern('nationals')})\b", re.IGNORECASE)
_NEXT_WORD: Final = re.compile(r"\s?(\w+)")
_REGION_AFTER: Final = re.compile(
    r"['’]?s?\s+(?:state|province|region|oblast|governorate|prefecture|department|district|provincial|territory)\b",
    re.IGNORECASE,
)
_REGION_BEFORE: Final = re.compile(r"\b(?:state|province|region|governorate|republic) of (?:the )?$", re.IGNORECASE)

# A look at the last words before a name spares most of the searches above.
_PREPOSITIONS: Final = frozenset(("in", "to", "from", "at", "of", "the"))
_LEADING: Final = _PREPOSITIONS | {
    "near", "outside", "across", "around", "inside", "hit", "hits", "rock", "rocks", "rocked", "target", "targets",
    "downtown", "central", "northern", "southern", "eastern", "western", "struck", "strike", "strikes",
}  # fmt: skip
_EVENT_LEADING: Final = _LEADING | {"on", "into"}
_CLOSING: Final = frozenset((".", ",", ";", ")", ""))
_AFTER: Final = 40
"""Characters after a name that are looked at."""


def last_words(text: str, start: int) -> list[str]:
    """The last three words before ``start``, in lower case; one empty word where there are none."""
    return text[max(0, start - 30) : start].lower().split()[-3:] or [""]


def led(text: str, start: int, before: list[str]) -> bool:
    """True when a preposition of place, or a verb that hits places, leads up to the name."""
    return before[-1] in _LEADING and _LED.search(text, max(0, start - 30), start) is not None


def event_led(text: str, start: int, before: list[str]) -> bool:
    """True when the words before the name say that something violent happened there."""
    return not _EVENT_LEADING.isdisjoint(before) and _VIOLENT_LED.search(text, max(0, start - 100), start) is not None


def event_after(text: str, end: int) -> bool:
    """True when the words after the name are of something violent or its scene."""
    return text[end : end + 1] not in _CLOSING and _VIOLENT_AFTER.match(text, end, end + _AFTER) is not None


def police_after(text: str, end: int) -> bool:
    """True when the name is followed by its police or its authorities."""
    return text[end : end + 1] not in _CLOSING and _POLICE.match(text, end, end + _AFTER) is not None


def says_region(text: str, start: int, end: int) -> bool:
    """True when the name is called a state, a province or the like."""
    after = _REGION_AFTER.match(text, end, end + _AFTER)
    return (after or _REGION_BEFORE.search(text, max(0, start - 20), start)) is not None


def reasons_against(text: str, start: int, end: int, before: list[str], *, adjective: bool) -> list[str]:
    """Why a mention tells of something else than the event: where somebody is from, speaks, or is tried.

    The names are those of features: ``origin``, ``speaker``, ``aftermath``, ``official``, ``court``, ``institution``.
    ``adjective`` is True of "French" and "US": a court or a school after those is in that country.
    """
    reasons = []
    if before[-1] in _PREPOSITIONS:
        if _ORIGIN.search(text, max(0, start - 30), start):
            reasons.append("origin")
        if _SPEAKER.search(text, max(0, start - 40), start):
            reasons.append("speaker")
        if _AFTERMATH.search(text, max(0, start - 60), start):
            reasons.append("aftermath")
    if text[end : end + 1] in _CLOSING:
        return reasons
    if _OFFICIAL.match(text, end, end + _AFTER):
        reasons.append("official")
    if adjective:
        return [*reasons, "origin"] if _NATIONAL.match(text, end, end + _AFTER) else reasons
    if _COURT.match(text, end, end + _AFTER):
        reasons.append("court")
    after = _NEXT_WORD.match(text, end, end + _AFTER)
    if after is not None and after[1].lower() in INSTITUTIONS:
        reasons.append("institution")
    return reasons
