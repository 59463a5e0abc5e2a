"""Placement: the places that articles gave for an incident, and which of them is shown."""

from datetime import datetime
from typing import Final

import msgspec

from streams.model import Place, PlaceVote, Precision
from streams.model.geography import Relation, relation

_TIER: Final = {Precision.COUNTRY: 0, Precision.ADMIN1: 1, Precision.CITY: 2, Precision.POINT: 2}


def tier(place: Place) -> int:
    """How fine a place is: 0 a country, 1 a region, 2 a city or a point in it."""
    return _TIER[place.precision]


def _same(a: Place, b: Place) -> bool:
    if a.geoname_id is not None and b.geoname_id is not None:
        return a.geoname_id == b.geoname_id
    return a.name == b.name and a.precision is b.precision and a.admin1 == b.admin1


def vote(
    votes: tuple[PlaceVote, ...], place: Place | None, at: datetime, limit: int, *, counts: bool
) -> tuple[PlaceVote, ...]:
    """The votes with one more for ``place``. A copy (``counts`` False) names a place but adds no weight to it."""
    if place is None:
        return votes
    for index, held in enumerate(votes):
        if _same(held.place, place):
            if not counts and at >= held.at:
                return votes
            grown = PlaceVote(place=_fuller(held.place, place), votes=held.votes + counts, at=min(held.at, at))
            return (*votes[:index], grown, *votes[index + 1 :])
    grown_votes = (*votes, PlaceVote(place=place, votes=int(counts), at=at))
    if len(grown_votes) > limit:
        return tuple(sorted(grown_votes, key=_rank)[:limit])
    return grown_votes


def _fuller(held: Place, place: Place) -> Place:
    """Of two values of one place the one with a venue or street; of two with such the lesser text, in any order."""
    if place.detail is None or (held.detail is not None and held.detail <= place.detail):
        return held
    return msgspec.structs.replace(held, detail=place.detail)


def _rank(held: PlaceVote) -> tuple[int, int, datetime, str]:
    return (-tier(held.place), -held.votes, held.at, held.place.name)


def chosen(votes: tuple[PlaceVote, ...], *, widest: bool = False) -> Place | None:
    """The place that is shown: the finest of those that most origins agree with, or of a threat level the ``widest``.

    A wider place agrees with every place in it, so that a country never outvotes its city, and a place far from what
    the others say never wins by being finer.
    """
    if not votes:
        return None
    if len(votes) == 1:
        return votes[0].place
    if widest:
        # A level holds where its widest notice says; the city is where the office that announced it sits.
        return min(votes, key=lambda held: (tier(held.place), *_rank(held))).place
    return min(votes, key=lambda held: (-_support(held, votes), *_rank(held))).place


def _support(held: PlaceVote, votes: tuple[PlaceVote, ...]) -> int:
    """The votes for a place, for all that contains it, and for cities of its name, which may be it misplaced."""
    return sum(other.votes for other in votes if other is held or _agrees(held.place, other.place))


def _agrees(place: Place, other: Place) -> bool:
    if relation(place, other, 0.0) in (Relation.SAME, Relation.INSIDE):
        return True
    return tier(place) == tier(other) and place.name == other.name
