"""Sightings of invented events, for the tests of the incidents room."""

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.incidents.sketch import sketch, words
from streams.incidents.tokens import ages_in, tokens_of
from streams.model import (
    Action,
    Advisory,
    ArticleRef,
    Bound,
    Casualties,
    Certainty,
    Direction,
    Kind,
    Place,
    Precision,
    Reading,
    Severity,
    Sighting,
    Status,
    Suspects,
    ThreatLevel,
    Urgency,
)

NOON = datetime(2031, 4, 7, 12, 0, tzinfo=UTC)

VELDEN = Place(
    name="Velden",
    admin1="Sorland",
    country="Norlund",
    country_code="NL",
    lat=52.1,
    lon=5.2,
    precision=Precision.CITY,
    geoname_id=11,
)
HARROW = Place(
    name="Harrow Bay",
    admin1="Westmark",
    country="Norlund",
    country_code="NL",
    lat=53.4,
    lon=6.9,
    precision=Precision.CITY,
    geoname_id=12,
)
NORLUND = Place(name="Norlund", country="Norlund", country_code="NL", precision=Precision.COUNTRY, geoname_id=1)
SORLAND = Place(
    name="Sorland", admin1="Sorland", country="Norlund", country_code="NL", precision=Precision.ADMIN1, geoname_id=2
)

SHELTER = Advisory(action=Action.SHELTER, in_force=True)
LIFTED = Advisory(action=Action.SHELTER, in_force=False)


def at(hours: float) -> datetime:
    """A moment so many hours after noon of the day."""
    return NOON + timedelta(hours=hours)


def danger(**changes: Any) -> Reading:
    """A reading of an attack under way."""
    fields: dict[str, Any] = {
        "kinds": (Kind.ACTIVE_SHOOTER,),
        "status": Status.CURRENT,
        "severity": Severity.SEVERE,
        "urgency": Urgency.IMMEDIATE,
        "certainty": Certainty.OBSERVED,
        "confidence": 0.8,
    }
    return Reading(**(fields | changes))


def over(**changes: Any) -> Reading:
    """A reading of an all-clear."""
    fields: dict[str, Any] = {
        "kinds": (Kind.LOCKDOWN_ADVISORY,),
        "status": Status.ALL_CLEAR,
        "severity": Severity.MINOR,
        "urgency": Urgency.PAST,
        "certainty": Certainty.OBSERVED,
        "confidence": 0.8,
        "advisory": LIFTED,
    }
    return Reading(**(fields | changes))


def toll(killed: int | None = None, injured: int | None = None, bound: Bound = Bound.EXACT) -> Casualties:
    """Casualties with one bound for both counts."""
    return Casualties(killed=killed, injured=injured, killed_bound=bound, injured_bound=bound)


def level(word: str, rank: int, direction: Direction, area: str | None = None) -> ThreatLevel:
    """A threat level of three."""
    return ThreatLevel(country_code="NL", area=area, level=word, rank=rank, of=3, direction=direction)


def sighting(
    name: str,
    hours: float,
    reading: Reading | None = None,
    *,
    place: Place | None = VELDEN,
    title: str = "Gunman fires at shoppers in Velden arcade",
    text: str = "",
    publisher: str | None = None,
    published: float | str | None = "same",
    opens: bool | None = None,
    **changes: Any,
) -> Sighting:
    """One sighting: seen and, unless ``published`` says otherwise, published ``hours`` after noon."""
    told = danger() if reading is None else reading
    fields: dict[str, Any] = {
        "id": name,
        "article": ArticleRef(article_id=name, title=title, url=f"https://{name}.example/", source=publisher or name),
        "reading": told,
        "place": place,
        "published_at": at(hours) if published == "same" else None if published is None else at(float(published)),
        "seen_at": at(hours),
        "publisher": publisher or f"outlet {name}",
        "sketch": sketch(words(title), words(text)) if text else (),
        "tokens": tokens_of(words(title), words(text), ages_in(title, text)),
        "opens": told.alertable if opens is None else opens,
    }
    return Sighting(**(fields | changes))


SUSPECT_AT_LARGE = Suspects(at_large=1)
