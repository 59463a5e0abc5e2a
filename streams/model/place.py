"""Place and Toponym: where something is, and the words in a text that say so."""

import unicodedata
from typing import Literal

import msgspec

from streams.model.kinds import Precision
from streams.model.scalars import CountryCode, Latitude, Longitude, Whole

UNPLACED = "ZZ"
"""The ISO 3166 user-assigned code that stands for "no country known", as a partition key."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A resolved place. Coordinates are WGS 84 degrees; ``geoname_id`` is its GeoNames id where it has one.

    ``country_code`` is ISO 3166-1 alpha-2; ``detail`` keeps venue, street or neighbourhood as text.
    """

    name: str
    admin1: str | None = None
    country: str | None = None
    country_code: CountryCode | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    precision: Precision
    detail: str | None = None
    geoname_id: int | None = None
    admin1_code: str | None = None

    def names(self) -> tuple[str, ...]:
        """Detail, name, region and country as far as they are known; of two that only accents tell apart, the first."""
        known: dict[str, str] = {}
        for name in (self.detail, self.name, self.admin1, self.country):
            if name:
                known.setdefault(_bare(name), name)
        return tuple(known.values())


def _bare(name: str) -> str:
    """``name`` without accents and case."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


class Toponym(msgspec.Struct, frozen=True, kw_only=True, rename={"where": "in"}):
    """A place name found in an article; ``start`` and ``end`` count characters of the field ``where``."""

    start: Whole
    end: Whole
    text: str
    name: str | None = None
    country_code: CountryCode | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    geoname_id: int | None = None
    where: Literal["title", "text"] = "text"


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """What the places room says of an article: its toponyms, the event's place or places, and why.

    ``place`` is the main place of the event, None rather than a guess; ``others`` are further places that the
    same event hits; ``reason`` is a code such as ``headline_city`` or ``no_toponym``.
    """

    place: Place | None = None
    others: tuple[Place, ...] = ()
    toponyms: tuple[Toponym, ...] = ()
    reason: str = "no_toponym"
