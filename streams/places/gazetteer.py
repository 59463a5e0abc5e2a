"""The gazetteer: places and the names that lead to them, in columns, read once from the shipped file."""

import json
import zlib
from array import array
from collections.abc import Mapping
from importlib import resources
from typing import Final

import msgspec

from streams.model import Place, Precision

MAGIC: Final = b"TOCSINGAZ1\n"
PRIMARY: Final = 0
"""The name that the gazetteer itself gives the place."""
ALTERNATE: Final = 1
"""Another name, in another language or of another time."""
DEMONYM: Final = 2
"""The adjective or the people of the place."""

_INDEX: Final = (1 << 30) - 1
_CAPITAL: Final = 16
_WORDINESS: Final = 7
_FIRST_NAME: Final = 8
_SURNAME: Final = 16
_DICTIONARY: Final = 32


class Level:
    """What sort of place an entry is, from the widest: plain numbers, which cost least where they are compared."""

    COUNTRY: Final = 0
    ADMIN1: Final = 1
    ADMIN2: Final = 2
    REGION: Final = 3
    CITY: Final = 4
    LANDMARK: Final = 5


LEVELS: Final = ("country", "admin1", "admin2", "region", "city", "landmark")
"""The name of each level."""

_PRECISION: Final = (
    Precision.COUNTRY,
    Precision.ADMIN1,
    Precision.CITY,
    Precision.ADMIN1,
    Precision.CITY,
    Precision.POINT,
)
"""By level."""
_LEVEL: Final = 15
"""The bits of a level in its column."""


class GazetteerError(ValueError):
    """The gazetteer file is no gazetteer, or one of another version: build it anew."""


class Gazetteer:
    """All places in columns, indexed by a small integer, and ``keys``: folded name -> number of the name.

    ``senses(number)`` gives the places that a name may mean as ``(index, kind)``.
    """

    def __init__(self, data: bytes | None = None) -> None:
        if data is None:
            data = resources.files("streams.places").joinpath("data/gazetteer.bin").read_bytes()
        if not data.startswith(MAGIC):
            raise GazetteerError("not a gazetteer of this version: run scripts/build_gazetteer.py")
        at = len(MAGIC) + 4
        size = int.from_bytes(data[len(MAGIC) : at], "little")
        header = json.loads(data[at : at + size])
        body = memoryview(zlib.decompress(data[at + size :]))
        sections: dict[str, memoryview] = {}
        position = 0
        for name, length in header["sizes"].items():
            sections[name] = body[position : position + length]
            position += length
        self.gid = _column("I", sections["gid"])
        self.lat = _floats(sections["lat"])
        self.lon = _floats(sections["lon"])
        self.population = _column("I", sections["population"])
        self.country = _column("B", sections["country"])
        self.region = _column("H", sections["region"])
        self._level = bytes(sections["level"])
        self.names = bytes(sections["names"]).decode().split("\n")
        keys = bytes(sections["keys"]).decode().split("\n")
        self.keys: Mapping[str, int] = dict(zip(keys, range(len(keys)), strict=True))
        self._starts = _column("I", sections["starts"])
        self._candidates = _column("I", sections["candidates"])
        self._flags = _column("B", sections["flags"])
        self.countries: tuple[str, ...] = ("", *header["countries"])
        self.country_numbers: Mapping[str, int] = {code: n for n, code in enumerate(self.countries)}
        self.regions: tuple[tuple[str, str, int], ...] = (("", "", -1), *(tuple(r) for r in header["regions"]))
        self.region_numbers: Mapping[tuple[str, str], int] = {(r[0], r[1]): n for n, r in enumerate(self.regions)}
        self.country_entries: Mapping[str, int] = header["country_entries"]
        self._towns = {int(landmark): town for landmark, town in header["towns"].items()}
        self.exact: Mapping[str, tuple[int, ...]] = {form: tuple(found) for form, found in header["exact"].items()}
        self.heads, self.pairs = _heads(keys)
        self.first_names = frozenset(bytes(sections["first_names"]).decode().split("\n"))
        self.surnames = frozenset(bytes(sections["surnames"]).decode().split("\n"))
        self.capitals: Mapping[int, int] = {
            self.country[index]: index for index, level in enumerate(self._level) if level & _CAPITAL
        }
        self.largest: Mapping[int, int] = self._largest()

    def _largest(self) -> dict[int, int]:
        """The town with the most people, by country."""
        found: dict[int, int] = {}
        most = dict.fromkeys(self.country, 0)
        for index, (level, people, country) in enumerate(zip(self._level, self.population, self.country, strict=True)):
            if people > most[country] and level & _LEVEL == Level.CITY:
                found[country], most[country] = index, people
        return found

    def senses(self, number: int) -> list[tuple[int, int]]:
        """The places of a name as ``(index, kind)`` pairs; kind is PRIMARY, ALTERNATE or DEMONYM."""
        return [(c & _INDEX, c >> 30) for c in self._candidates[self._starts[number] : self._starts[number + 1]]]

    def level(self, index: int) -> int:
        """What sort of place the entry is: one of Level."""
        return self._level[index] & _LEVEL

    def is_capital(self, index: int) -> bool:
        """True for the capital of a country."""
        return bool(self._level[index] & _CAPITAL)

    def wordiness(self, number: int) -> int:
        """How often the name is a plain word in lower case, from 0 (never) to 7 (nearly always)."""
        return self._flags[number] & _WORDINESS

    def is_first_name(self, number: int) -> bool:
        """True for a common first name."""
        return bool(self._flags[number] & _FIRST_NAME)

    def is_surname(self, number: int) -> bool:
        """True for a common surname."""
        return bool(self._flags[number] & _SURNAME)

    def is_dictionary_word(self, number: int) -> bool:
        """True for a name that the English dictionary has as a plain word."""
        return bool(self._flags[number] & _DICTIONARY)

    def place(self, index: int, detail: str | None = None) -> Place:
        """The entry as a value. A landmark is a point in its town: its own name is the detail where none is given."""
        if index in self._towns:
            town = self.place(self._towns[index], detail or self.names[index])
            at = {"lat": round(self.lat[index], 4), "lon": round(self.lon[index], 4)}
            return msgspec.structs.replace(town, precision=Precision.POINT, **at)
        country = self.countries[self.country[index]]
        region_country, region_code, region_index = self.regions[self.region[index]]
        level = self.level(index)
        return Place(
            name=self.names[index],
            admin1=self.names[region_index] if region_index >= 0 and region_country else None,
            country=self.names[self.country_entries[country]] if country else None,
            country_code=country or None,
            lat=round(self.lat[index], 4),
            lon=round(self.lon[index], 4),
            precision=_PRECISION[level],
            detail=detail,
            geoname_id=self.gid[index] or None,
            admin1_code=region_code or None,
        )


def _column(code: str, data: memoryview) -> "array[int]":
    column: array[int] = array(code)
    column.frombytes(data)
    return column


def _floats(data: memoryview) -> "array[float]":
    column: array[float] = array("f")
    column.frombytes(data)
    return column


def _heads(keys: list[str]) -> tuple[dict[str, int], frozenset[str]]:
    """First word of the names -> most words that a name beginning with it has; and the first two words of all names."""
    heads: dict[str, int] = {}
    pairs: set[str] = set()
    for key in keys:
        parts = key.split(" ", 2)
        if len(parts) == 1:
            heads.setdefault(key, 1)
            continue
        first = parts[0]
        words = 2 if len(parts) == 2 else 3 + parts[2].count(" ")
        if heads.get(first, 0) < words:
            heads[first] = words
        pairs.add(f"{first} {parts[1]}")
    return heads, frozenset(pairs)
