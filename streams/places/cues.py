"""Cues: what the words right before and after a name say about it."""

import re
from typing import Final

from streams.places import hints
from streams.places.vocabulary import pattern, words

INSTITUTIONS: Final = words("institutions")

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
_BESIDE: Final = re.compile(rf"['’]?s?[\s-](?:{pattern('beside')})\b", re.IGNORECASE)
_NEXT_WORD: Final = re.compile(r"\s?(\w+)")
_REGION_AFTER: Final = re.compile(rf"['’]?s?\s+(?:{pattern('regions')})", re.IGNORECASE)
_REGION_BEFORE: Final = re.compile(r"\b(?:state|province|region|governorate|republic) of (?:the )?$", re.IGNORECASE)

# A look at the last words before a name spares most of the searches above.
_PREPOSITIONS: Final = frozenset(("in", "to", "from", "at", "of", "the"))
_LEADING: Final = _PREPOSITIONS | {
    "near", "outside", "across", "around", "inside", "hit", "hits", "rock", "rocks", "rocked", "target", "targets",
    "downtown", "central", "northern", "southern", "eastern", "western", "struck", "strike", "strikes",
}  # fmt: skip
_LED: Final = _LEADING - {"to", "from", "of", "the"}
_PARTS: Final = frozenset(("city", "town", "suburb", "village", "south", "north", "east", "west"))
_EVENT_LEADING: Final = frozenset(("in", "at", "near", "outside", "across", "on", "into", "of", "inside"))
_HITTING: Final = frozenset(
    ("hit", "hits", "struck", "strike", "strikes", "rock", "rocks", "rocked", "target", "targets")
)
_FROM: Final = frozenset(("of", "from"))
_AWAY: Final = frozenset(
    (
        "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "north-east",
        "north-west", "south-east", "south-west", "km", "kilometers", "kilometres", "miles", "mile", "minutes",
        "hours", "outskirts", "outside", "far",
    )
)  # fmt: skip
_TELLING: Final = _EVENT_LEADING | _PREPOSITIONS
_MAY_TELL: Final = hints.ORIGIN | hints.SPEAKER | hints.AFTERMATH


def last_words(text: str, start: int) -> list[str]:
    """The last three words before ``start``, in lower case; one empty word where there are none."""
    return text[start - 30 if start > 30 else 0 : start].lower().split()[-3:] or [""]


def led(before: list[str]) -> bool:
    """True when a preposition of place, or a verb that hits places, leads up to the name."""
    last, words_left = before[-1], len(before)
    if last == "the" and words_left > 1:
        last, words_left = before[-2], words_left - 1
    return last in _LED or (last == "of" and words_left > 1 and before[words_left - 2] in _PARTS)


def event_led(before: list[str], told: int) -> bool:
    """True when the words before the name say that something violent happened there; ``told`` as of hints.before."""
    return before[-1] in _HITTING or (bool(told & hints.VIOLENCE) and not _EVENT_LEADING.isdisjoint(before))


def hints_before(text: str, start: int, before: list[str]) -> int:
    """What the clause before the name may tell, where the last words let it tell anything."""
    return 0 if _TELLING.isdisjoint(before) else hints.before(text, start)


def event_after(text: str, end: int, hint: int) -> bool:
    """True when the words after the name are of something violent or its scene; ``hint`` as of hints.after."""
    return bool(hint & hints.VIOLENT) and _VIOLENT_AFTER.match(text, end, end + hints.AFTER) is not None


def police_after(text: str, end: int, hint: int) -> bool:
    """True when the name is followed by its police or its authorities."""
    return bool(hint & hints.POLICE) and _POLICE.match(text, end, end + hints.AFTER) is not None


def says_region(text: str, start: int, end: int, hint: int) -> bool:
    """True when the name is called a state, a province or the like."""
    if hint & hints.REGION and _REGION_AFTER.match(text, end, end + hints.AFTER):
        return True
    return _REGION_BEFORE.search(text, max(0, start - 20), start) is not None


def _is_beside(text: str, end: int, before: list[str], hint: int) -> bool:
    """True when the words say that something is beside the place, not in it ("north of", "suburbs", "border")."""
    if before[-1] in _FROM and len(before) > 1 and before[-2] in _AWAY:
        return True
    return bool(hint & hints.BESIDE) and _BESIDE.match(text, end, end + hints.AFTER) is not None


def reasons_against(
    text: str, start: int, end: int, before: list[str], *, told: int, hint: int, adjective: bool
) -> list[str]:
    """Why a mention tells of something else than the event: where somebody is from, speaks, or is tried.

    The names are those of features: ``origin``, ``speaker``, ``aftermath``, ``official``, ``court``, ``institution``,
    ``beside``.
    ``told`` and ``hint`` are the hints before and after. ``adjective`` is True of "French" and "US": a court or a
    school after those is in that country.
    """
    reasons: list[str] = []
    if told & _MAY_TELL and before[-1] in _PREPOSITIONS:
        near = hints.of_words(before)
        if near & hints.ORIGIN and _ORIGIN.search(text, max(0, start - 30), start):
            reasons.append("origin")
        if near & hints.SPEAKER and _SPEAKER.search(text, max(0, start - 40), start):
            reasons.append("speaker")
        if told & hints.AFTERMATH and _AFTERMATH.search(text, max(0, start - 60), start):
            reasons.append("aftermath")
    if _is_beside(text, end, before, hint):
        reasons.append("beside")
    if hint & hints.OFFICIAL and _OFFICIAL.match(text, end, end + hints.AFTER):
        reasons.append("official")
    if adjective:
        if hint & hints.NATIONAL and _NATIONAL.match(text, end, end + hints.AFTER):
            reasons.append("origin")
        return reasons
    if hint & hints.COURT and _COURT.match(text, end, end + hints.AFTER):
        reasons.append("court")
    if hint & hints.INSTITUTION and _institution(text, end):
        reasons.append("institution")
    return reasons


def _institution(text: str, end: int) -> bool:
    after = _NEXT_WORD.match(text, end, end + hints.AFTER)
    return after is not None and after[1].lower() in INSTITUTIONS
