"""Words: an alert told to people in a line and in a paragraph. All text from articles in it is inert."""

from typing import Final

from streams.model import AlertEvent, Bound, Change, Count, Kind, Place
from streams.outlets.inert import for_chat, link
from streams.outlets.message import Form, Message

NOTICE: Final = "Automatic summary of press reports by Tocsin; not an official warning."

KIND_WORDS: Final = {
    Kind.TERROR_ALERT: "terror alert",
    Kind.ACTIVE_SHOOTER: "active shooter",
    Kind.LOCKDOWN_ADVISORY: "lockdown advisory",
}
CHANGE_WORDS: Final = {
    Change.OPENED: "new",
    Change.CORROBORATED: "confirmed by more sources",
    Change.ESCALATED: "worse",
    Change.UPDATED: "updated",
    Change.CORRECTED: "corrected",
    Change.ALL_CLEAR: "all clear",
    Change.REOPENED: "danger again",
    Change.RETRACTED: "taken back",
    Change.CLOSED: "closed",
}
_BOUNDS: Final = {Bound.EXACT: "", Bound.AT_LEAST: "at least ", Bound.AT_MOST: "up to ", Bound.ABOUT: "about "}


def kinds_words(event: AlertEvent) -> str:
    """The kinds of the incident, such as ``active shooter, lockdown advisory``."""
    return ", ".join(KIND_WORDS[kind] for kind in event.kinds) or "incident"


def place_words(place: Place | None) -> str:
    """``place`` from fine to coarse, each name once; ``place unknown`` where there is none."""
    if place is None:
        return "place unknown"
    return for_chat(", ".join(place.names()), 200)


def title(event: AlertEvent) -> str:
    """One line without a word from an article: how bad, what, where, and what is new about it."""
    head = f"{event.severity.upper()}: {kinds_words(event)} · {place_words(event.place)}"
    return f"{head} ({CHANGE_WORDS[event.change]})"


def toll_words(event: AlertEvent) -> str:
    """Killed and injured with what bounds them, and whether sources differ now; empty where nothing is known."""
    parts = [
        _count(event.casualties.killed, "killed"),
        _count(event.casualties.injured, "injured"),
    ]
    return ", ".join(part for part in parts if part)


def _count(count: Count, what: str) -> str:
    if count.latest is None:
        return ""
    says = "sources differ:" if count.conflict else "reports say"
    span = "" if count.min == count.max else f" ({says} {count.min} to {count.max})"
    return f"{_BOUNDS[count.bound]}{count.latest} {what}{span}"


def body(event: AlertEvent) -> str:
    """A few lines: the headline in quotes, toll, advice, threat level, sources, a link and the id."""
    sources = event.sources
    lines = [f"“{for_chat(event.headline, 300)}”"]
    if toll := toll_words(event):
        lines.append(toll[0].upper() + toll[1:])
    if event.advisory is not None:
        lines.append(f"Advice: {event.advisory.action.lower()}{'' if event.advisory.in_force else ' (lifted)'}")
    if event.threat_level is not None:
        level = event.threat_level
        where = for_chat(level.area or level.country_code or "", 100)
        # Where another incident tells of it, it is what the place lives under, not what happened here.
        head = "Threat level in force" if event.level_incident else f"Threat level {level.direction}"
        lines.append(f"{head}: {for_chat(level.ranked(), 80)} {where}".rstrip())
    if event.redirect is not None:
        lines.append(f"Goes on as {for_chat(event.redirect, 100)}")
    lines.append(
        f"{event.urgency} · {event.certainty} · {_many(sources.articles, 'article')}, "
        + _many(sources.independent, "independent source")
    )
    if address := link(event.trigger.url):
        lines.append(address)
    lines.append(f"{event.last_seen_at:%Y-%m-%d %H:%M} UTC · {event.id}")
    return "\n".join(lines)


def message_title(message: Message) -> str:
    """One line for a whole message."""
    events = message.events
    if message.form is Form.REMINDER:
        return f"Still active: {title(events[-1])}"
    if message.form is Form.ALERT:
        return title(events[-1])
    worst = max(events, key=lambda event: event.severity.rank)
    incidents = len({event.incident_id for event in events})
    return f"{_many(len(events), 'alert')} of {_many(incidents, 'incident')}, worst {worst.severity.upper()}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def message_body(message: Message) -> str:
    """Everything that a message tells, and that it is no official warning."""
    if message.form is Form.DIGEST:
        told = "\n\n".join(f"{title(event)}\n{body(event)}" for event in message.events)
    else:
        told = body(message.events[-1])
    return f"{told}\n\n{NOTICE}"
