"""Explanation: what the locator weighed for one article, as `tocsin explain` shows it."""

import msgspec

from streams.model import Place, Placing, Toponym


class Sense(msgspec.Struct, frozen=True, kw_only=True):
    """One place that a name may mean, with its score among the others."""

    place: Place
    score: float
    chosen: bool


class NameExplained(msgspec.Struct, frozen=True, kw_only=True):
    """One name of an article: where it stands, how likely it is one, and its best senses."""

    key: str
    mentions: tuple[Toponym, ...]
    likelihood: float
    senses: tuple[Sense, ...]


class EventExplained(msgspec.Struct, frozen=True, kw_only=True):
    """One place as the event's: its score and the features that are not nought; no place means "cannot be told"."""

    place: Place | None
    score: float
    features: dict[str, float]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All that the locator weighed for one article."""

    names: tuple[NameExplained, ...]
    events: tuple[EventExplained, ...]
    placing: Placing
