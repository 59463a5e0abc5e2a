"""Alert events for the console's tests: invented incidents and outlets."""

from datetime import UTC, datetime, timedelta

from streams.model import (
    Action,
    Advisory,
    AlertEvent,
    ArticleRef,
    Certainty,
    Change,
    Count,
    Direction,
    Evidence,
    Kind,
    Phase,
    Place,
    Precision,
    Severity,
    Sources,
    Suppressed,
    ThreatLevel,
    Toll,
    Urgency,
)

START = datetime(2026, 11, 22, 2, 40, tzinfo=UTC)

TAMPERE = Place(
    name="Tampere",
    admin1="Pirkanmaa",
    country="Finland",
    country_code="FI",
    lat=61.4991,
    lon=23.7871,
    precision=Precision.CITY,
)
VALPARAISO = Place(
    name="Valparaíso",
    admin1="Valparaíso",
    country="Chile",
    country_code="CL",
    lat=-33.036,
    lon=-71.6296,
    precision=Precision.CITY,
)
DAYTON = Place(
    name="Dayton",
    admin1="Ohio",
    country="United States",
    country_code="US",
    lat=39.7589,
    lon=-84.1916,
    precision=Precision.CITY,
)
DENMARK = Place(name="Denmark", country="Denmark", country_code="DK", lat=56.0, lon=10.0, precision=Precision.COUNTRY)
RECIFE = Place(
    name="Recife",
    admin1="Pernambuco",
    country="Brazil",
    country_code="BR",
    lat=-8.0539,
    lon=-34.8811,
    precision=Precision.CITY,
)
NO_TOLL = Toll()
SHELTER = Advisory(action=Action.SHELTER, in_force=True)


def toll(killed: int | None = None, injured: int | None = None, *, least: int | None = None) -> Toll:
    """Exact counts; ``least`` is the smallest number of killed that was claimed."""

    def count(number: int | None, low: int | None = None) -> Count:
        return Count(latest=number, min=low if low is not None else number, max=number)

    return Toll(killed=count(killed, least), injured=count(injured))


def event(
    incident: str,
    revision: int = 1,
    *,
    headline: str = "Shots heard in the harbour district, police on the spot",
    change: Change = Change.OPENED,
    notify: bool = True,
    reason: str = "new_incident",
    status: Phase = Phase.ACTIVE,
    kinds: tuple[Kind, ...] = (Kind.ACTIVE_SHOOTER,),
    severity: Severity = Severity.SEVERE,
    urgency: Urgency = Urgency.IMMEDIATE,
    certainty: Certainty = Certainty.OBSERVED,
    confidence: float = 0.94,
    place: Place | None = TAMPERE,
    level: ThreatLevel | None = None,
    advisory: Advisory | None = None,
    casualties: Toll = NO_TOLL,
    sources: tuple[int, int, int] = (1, 1, 1),
    minutes: int = 0,
    source: str = "pirkanews.example",
    title: str | None = None,
    url: str | None = None,
    quote: str = "Police asked everyone to keep away from the harbour.",
    first: int = 0,
) -> AlertEvent:
    """One revision; ``minutes`` after the start its article came in."""
    article = f"{incident}-{revision}"
    articles, publishers, independent = sources
    return AlertEvent(
        id=f"{incident}:{revision}",
        incident_id=incident,
        revision=revision,
        change=change,
        notify=notify,
        reason=reason,
        status=status,
        kinds=kinds,
        severity=severity,
        urgency=urgency,
        certainty=certainty,
        confidence=confidence,
        headline=headline,
        place=place,
        threat_level=level,
        advisory=advisory,
        casualties=casualties,
        sources=Sources(articles=articles, publishers=publishers, independent=independent),
        first_seen_at=START + timedelta(minutes=first),
        last_seen_at=START + timedelta(minutes=minutes),
        trigger=ArticleRef(
            article_id=article,
            title=headline if title is None else title,
            url=f"https://{source}/{article}" if url is None else url,
            source=source,
        ),
        evidence=(Evidence(field=f"kinds.{kinds[0]}", quote=quote, rule="present_danger", article_id=article),),
    )


def stories() -> list[AlertEvent]:
    """A night: a shooting that grows, an attack that ends, a lockdown, a threat level, an older shooting."""
    both = (Kind.ACTIVE_SHOOTER, Kind.LOCKDOWN_ADVISORY)
    tampere = "Gunman kills three in Tampere shopping centre, still at large"
    shots = "Shots fired at shopping centre in Tampere"
    attack = "Van driven into crowd at Valparaíso night market"
    level = ThreatLevel(
        country_code="DK", area="Denmark", level="5", rank=5, of=5, direction=Direction.RAISED, previous="4"
    )
    return [
        event("tampere", 1, headline=shots, confidence=0.81, certainty=Certainty.LIKELY, severity=Severity.MODERATE),
        event(
            "tampere",
            2,
            headline=tampere.replace("three", "one"),
            change=Change.ESCALATED,
            reason="severity_rose",
            kinds=both,
            advisory=SHELTER,
            casualties=toll(1),
            sources=(2, 2, 2),
            minutes=14,
            source="norrwire.example",
            quote="A gunman opened fire and killed at least one person; people were told to stay in.",
        ),
        event(
            "tampere",
            3,
            headline=tampere.replace("three", "one"),
            change=Change.CORROBORATED,
            notify=False,
            reason="new_source",
            kinds=both,
            advisory=SHELTER,
            casualties=toll(1),
            sources=(5, 4, 3),
            confidence=0.96,
            minutes=22,
            source="coasttimes.example",
            quote="Officers with rifles searched the streets around the centre.",
        ),
        event(
            "tampere",
            4,
            headline=tampere,
            change=Change.ESCALATED,
            reason="toll_rose",
            severity=Severity.EXTREME,
            kinds=both,
            advisory=SHELTER,
            casualties=toll(3, 6, least=1),
            sources=(8, 6, 4),
            confidence=0.98,
            minutes=46,
            source="helsinkicourier.example",
            quote="Three people were killed and six wounded; the attacker has not been found.",
        ),
        event(
            "valparaiso",
            1,
            headline=attack,
            kinds=(Kind.TERROR_ALERT,),
            severity=Severity.EXTREME,
            place=VALPARAISO,
            casualties=toll(4, 14),
            sources=(3, 3, 2),
            minutes=5,
            source="andeswire.example",
            quote="The governor spoke of a deliberate attack.",
        ),
        event(
            "valparaiso",
            2,
            headline=attack,
            change=Change.CORRECTED,
            reason="toll_corrected",
            place=VALPARAISO,
            kinds=(Kind.TERROR_ALERT,),
            severity=Severity.SEVERE,
            casualties=toll(3, 14),
            sources=(7, 6, 4),
            minutes=38,
            source="andeswire.example",
            quote="One death had been counted twice, officials said.",
        ),
        event(
            "dayton",
            1,
            headline="High school in Dayton locked down after call about an armed man",
            place=DAYTON,
            kinds=(Kind.LOCKDOWN_ADVISORY,),
            severity=Severity.MODERATE,
            certainty=Certainty.POSSIBLE,
            confidence=0.72,
            advisory=SHELTER,
            minutes=31,
            source="ohiodispatcher.example",
            quote="Officers are going from room to room.",
        ),
        event(
            "denmark",
            1,
            headline="Denmark raises terror threat level to five of five",
            place=DENMARK,
            level=level,
            kinds=(Kind.TERROR_ALERT,),
            severity=Severity.EXTREME,
            urgency=Urgency.EXPECTED,
            reason="level_changed",
            certainty=Certainty.LIKELY,
            sources=(6, 5, 3),
            minutes=12,
            source="kattegat.example",
            quote="The security service raised the level from four to five, the highest.",
        ),
        event(
            "recife",
            1,
            headline="Seven people shot outside nightclub in Recife",
            place=RECIFE,
            casualties=toll(None, 7),
            severity=Severity.MODERATE,
            sources=(2, 2, 1),
            source="pernambuconow.example",
        ),
        event(
            "recife",
            2,
            headline="Gunmen of Recife nightclub shooting caught",
            place=RECIFE,
            casualties=toll(2, 5),
            change=Change.ALL_CLEAR,
            reason="danger_over",
            status=Phase.ALL_CLEAR,
            severity=Severity.MINOR,
            urgency=Urgency.PAST,
            sources=(6, 4, 3),
            minutes=40,
            source="brasilsentinel.example",
            quote="The danger is over, police said.",
        ),
    ]


def put_aside(count: int = 12) -> list[Suppressed]:
    """Articles that did not page."""
    titles = (
        ("Rovers' defence under siege in cup thriller", "figurative", "sport_words"),
        ("Storm warning: stay indoors tonight", "other_hazard", "weather"),
        ("Officers rehearse a school attack", "drill", "exercise_announced"),
        ("Ten years on, a town remembers", "historic", "anniversary"),
    )
    return [
        Suppressed(
            article_id=f"aside-{number}",
            title=f"{titles[number % 4][0]} ({number})",
            status=titles[number % 4][1],
            reason=titles[number % 4][2],
            confidence=0.02 * (number % 5),
            url=f"https://pitchside.example/{number}",
            source="pitchside.example",
            published_at=START,
        )
        for number in range(count)
    ]
