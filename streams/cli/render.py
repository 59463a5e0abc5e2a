"""Alert line: one revision of an incident, for people at a terminal."""

from typing import Final

import click

from streams.model import AlertEvent, Change, Count, Place, Severity, ThreatLevel, Toll
from streams.terminal import plain

COLOUR: Final = {
    Severity.EXTREME: "bright_red",
    Severity.SEVERE: "red",
    Severity.MODERATE: "yellow",
    Severity.MINOR: "cyan",
}
_CALM: Final = (Change.ALL_CLEAR, Change.CLOSED, Change.RETRACTED)


def alert_line(event: AlertEvent) -> str:
    """``event`` on one line: when, how bad, what changed, what and where, toll, headline, sources, id.

    Colour is dropped by click where the output is no terminal. A revision that tells nobody is dimmed.
    """
    head = f"{event.last_seen_at:%Y-%m-%d %H:%M}Z {event.severity.upper():8} {event.change:13}"
    colour = "green" if event.change in _CALM else COLOUR[event.severity]
    articles = "article" if event.sources.articles == 1 else "articles"
    parts = [
        "+".join(event.kinds),
        place_words(event.place),
        *toll_words(event.casualties),
        *level_words(event.threat_level),
        f'"{plain(event.headline, 120)}"',
        f"[{event.sources.articles} {articles}, {event.sources.independent} independent]",
        event.id,
        *([f"goes on as {plain(event.redirect, 80)}"] if event.redirect else []),
    ]
    return click.style(head, fg=colour, bold=event.notify, dim=not event.notify) + " · ".join(parts)


def level_words(level: ThreatLevel | None) -> list[str]:
    """The threat level in force; empty where none is known."""
    return [] if level is None else [f"level {plain(level.ranked(), 60)}"]


def place_words(place: Place | None) -> str:
    """``place`` from fine to coarse, or that there is none."""
    if place is None:
        return "(place unknown)"
    return plain(", ".join(place.names()), 120)


def toll_words(toll: Toll) -> list[str]:
    """The toll in words, with the span of what was claimed; empty where none is known."""

    def words(count: Count, what: str) -> list[str]:
        if count.latest is None:
            return []
        differ = ", sources differ" if count.conflict else ""
        span = f" ({count.min}–{count.max}{differ})" if count.min != count.max else ""
        return [f"{count.latest} {what}{span}"]

    return words(toll.killed, "killed") + words(toll.injured, "injured")
