"""Words: what values of the model are called on the page."""

import re
from typing import Final

from streams.model import Action, Advisory, Bound, Count, Place, ThreatLevel
from streams.terminal import plain

REASONS: Final = {
    "new_incident": "First report of an incident that nothing known matched.",
    "new_late": "First report, but of something too old to page for.",
    "new_all_clear": "The first that was heard of it is its end.",
    "no_incident": "It could only add to a known incident, and none matched.",
    "unplaced": "A minor danger at a place that nobody names.",
    "redelivered": "It had been read before.",
    "near_copy": "A copy of what is held already.",
    "new_source": "One more independent source says so.",
    "same_story": "Nothing in it changes the alert.",
    "severity_rose": "The danger is greater than was known.",
    "kind_added": "It is an incident of a further kind now.",
    "toll_rose": "More people were killed or injured than was known.",
    "toll_corrected": "A figure was corrected downward.",
    "level_changed": "The threat level changed.",
    "advisory_issued": "People were told what to do.",
    "advisory_lifted": "What people were told to do holds no more.",
    "partial_all_clear": "The danger is over for one part only.",
    "place_refined": "The place is known more finely.",
    "place_corrected": "Most sources now give another place.",
    "detail_changed": "A detail changed.",
    "danger_over": "The end of the danger was reported.",
    "danger_again": "There is newer evidence of danger than the all-clear.",
    "found_false": "The report was found to be false.",
    "late_coverage": "Published too long ago to change more than the count of sources.",
    "stale_copy": "An early report that came in after the all-clear.",
    "expired": "Nothing was heard of it for long enough.",
    "over_budget": "Material, but this incident has told people often enough.",
    "merged": "An operator joined two incidents.",
    "split": "An operator took articles out of it.",
    "undone": "An operator took a merge or a split back.",
    "other_country": "Incidents of two countries stay two: each country is kept by itself.",
    "same_incident": "Both are the same incident.",
    "already_merged": "One of them was merged before: name the incident that it lives on in.",
    "no_articles": "None of those articles is remembered there, or no other would be left.",
    "no_order": "There is no such merge or split here, or it was taken back already.",
    "order_failed": "It could not be carried out: a dead letter says why.",
}
"""Reason code of a revision to a sentence."""

STATUSES: Final = {
    "current": "danger now",
    "all_clear": "all clear",
    "crime": "crime without danger to the public",
    "followup": "later news of an older event",
    "historic": "history or anniversary",
    "policy": "law, debate or opinion",
    "drill": "exercise",
    "hoax": "hoax without protective measures",
    "conflict": "warfare between armed forces",
    "other_hazard": "weather, fire, disease or accident",
    "figurative": "figure of speech",
    "unrelated": "nothing of the kind",
}
"""Status of a suppressed article to words."""

_ACTIONS: Final = {Action.SHELTER: "Stay indoors", Action.EVACUATE: "Evacuate", Action.AVOID: "Avoid the area"}
_BOUNDS: Final = {Bound.EXACT: "{}", Bound.AT_LEAST: "at least {}", Bound.AT_MOST: "up to {}", Bound.ABOUT: "about {}"}


_MARKS: Final = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED: Final = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
"""More than four combining marks (the combining blocks of Unicode) in a row."""


def shown(text: str, limit: int = 240) -> str:
    """``text`` of an article as the page shows it: on one line, without controls, and not piled up.

    No language sets more than a few marks upon one letter; hundreds of them would reach over half the page.
    """
    return _STACKED.sub(r"\1", plain(text, limit))


def reason_words(code: str) -> str:
    """A sentence for the reason ``code``; an unknown code is shown as it is, without underscores."""
    return REASONS.get(code) or f"{shown(code.replace('_', ' '), 80).capitalize()}."


def field_words(field: str) -> str:
    """The name of a field of a reading, such as ``kinds.terror_alert``, without the part that it is listed under."""
    return shown(field.rpartition(".")[2].replace("_", " "), 60)


def place_words(place: Place | None) -> str:
    """``place`` from fine to coarse; empty where there is none."""
    if place is None:
        return ""
    return shown(", ".join(place.names()), 200)


def count_words(count: Count) -> str:
    """The newest figure of ``count``; empty where nothing was claimed."""
    return "" if count.latest is None else _BOUNDS[count.bound].format(count.latest)


def span_words(count: Count) -> str:
    """From the smallest to the largest figure that was claimed; empty where all agree."""
    if count.min is None or count.max is None or count.min == count.max:
        return ""
    return f"{count.min} to {count.max}"


def claim_words(count: Count) -> str:
    """The newest figure of ``count``, and what else is claimed where a source stands by another one."""
    words = count_words(count)
    return f"{words} (sources differ: {span_words(count)})" if words and count.conflict else words


def level_words(level: ThreatLevel | None) -> str:
    """A threat level with its rank, direction and area; empty where there is none."""
    if level is None:
        return ""
    parts = [f"Threat level {shown(level.ranked(), 80)}" if level.level or level.rank else "Highest threat level"]
    parts.append(f"{level.direction} from {shown(level.previous, 60)}" if level.previous else str(level.direction))
    if area := level.area or level.country_code:
        parts.append(shown(area, 80))
    if level.expires_at:
        parts.append(f"until {level.expires_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def advisory_words(advisory: Advisory | None) -> str:
    """What people are, or were, told to do; empty where there is no advisory."""
    if advisory is None:
        return ""
    return f"{_ACTIONS[advisory.action]}: {'in force' if advisory.in_force else 'lifted'}"
