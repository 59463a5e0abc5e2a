"""Where a publisher is at home, as far as its own name or domain tells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streams.places.gazetteer import ALTERNATE, DEMONYM, Gazetteer, Level

_TOP_LEVEL: Final = {"uk": "GB", "gov": "US", "mil": "US", "edu": "US"}
_GENERIC_CODES: Final = frozenset(("co", "tv", "me", "io", "fm", "am", "ws", "to", "cc", "ly", "la", "is", "it", "in"))
"""Country domains that are sold to everyone; two of a country's own outlets (.it, .in) are kept by _OWN_CODES."""
_OWN_CODES: Final = frozenset(("it", "in", "is", "am", "la"))
_NEWS_WORDS: Final = re.compile(
    r"(?:daily|the|news|times|post|herald|tribune|gazette|journal|star|sun|press|online|today|now|live|local|tv|chronicle"
    r"|observer|telegraph|courier|examiner|register|record|dispatch|sentinel|reporter|standard|mirror|express|mail|echo"
    r"|argus|advertiser|leader|argus|globe|mercury|independent|eveningpost|morning|sunday|weekly|city|metro|my|daily"
    r"|fox|abc|cbs|nbc|cw|radio|media|channel|first|action|eyewitness|patch|enquirer|inquirer|banner|bee|union|ledger"
    r"|statesman|democrat|republic|republican|citizen|citizens|review|pilot|sentinel|voice|bulletin|business|sports)"
)


_KNOWN_TOWN: Final = 20_000
_GREAT_TOWN: Final = 80_000
"""People of a town that a domain without a country may mean."""
_SHORTEST: Final = 5
"""Letters of the shortest part of a domain that is taken for a town."""


@dataclass(frozen=True, slots=True)
class Home:
    """The country, and perhaps region and spot, that an outlet mostly writes about (numbers of the gazetteer).

    ``place`` is the finest entry of the gazetteer that stands for it, -1 where there is none; ``certainty`` (0 to 1) is
    the share of its articles that are about that very place.
    """

    country: int
    region: int = 0
    lat: float | None = None
    lon: float | None = None
    place: int = -1
    certainty: float = 0.0


class Outlets:
    """Homes by publisher.

    ``learned`` maps a domain to (lat, lon, GeoNames id, certainty), as found by the training script.
    """

    def __init__(self, gazetteer: Gazetteer, learned: Mapping[str, tuple[float, float, int, float]]) -> None:
        self._gazetteer = gazetteer
        self._learned = learned
        self._homes: dict[str, Home | None] = {}
        self._compact: dict[str, int] = {}
        self._by_id = {gid: index for index, gid in enumerate(gazetteer.gid) if gid}

    def home(self, source: str, url: str) -> Home | None:
        """Where the publisher is at home; None where its name tells nothing."""
        domain = domain_of(source) or domain_of(url) or source.strip().lower()
        if not domain:
            return None
        if domain not in self._homes:
            if len(self._homes) > 20_000:
                self._homes.clear()
            self._homes[domain] = self._find(domain)
        return self._homes[domain]

    def _find(self, domain: str) -> Home | None:
        gazetteer = self._gazetteer
        if known := self._known(domain):
            lat, lon, gid, certainty = known
            place = self._by_id.get(gid, -1)
            if place >= 0:
                return Home(gazetteer.country[place], gazetteer.region[place], lat, lon, place, certainty)
        labels = [label for label in domain.replace(" ", "").split(".") if label not in ("www", "com", "net", "org")]
        country = 0
        if "." in domain:
            ending = domain.rsplit(".", 1)[-1]
            code = _TOP_LEVEL.get(ending) or (
                ending.upper() if ending not in _GENERIC_CODES or ending in _OWN_CODES else ""
            )
            country = gazetteer.country_numbers.get(code, 0) if len(code) == 2 else 0
        spot = self._spot(labels, country)
        if spot is not None:
            at = gazetteer.lat[spot], gazetteer.lon[spot]
            return Home(gazetteer.country[spot], gazetteer.region[spot], *at, spot, 0.3)
        entry = gazetteer.country_entries.get(gazetteer.countries[country], -1) if country else -1
        return Home(country, place=entry) if country else None

    def _known(self, domain: str) -> tuple[float, float, int, float] | None:
        """What was learned of the domain, or of the one that it is a part of (``m.example.com``)."""
        while domain not in self._learned:
            _, _, domain = domain.partition(".")
            if "." not in domain:
                return None
        return self._learned[domain]

    def _number(self, form: str) -> int | None:
        """The number of a name, with its spaces or without ("paloalto")."""
        gazetteer = self._gazetteer
        if not self._compact:
            self._compact = {key.replace(" ", ""): n for key, n in gazetteer.keys.items() if key.count(" ") == 1}
        number = gazetteer.keys.get(form)
        return self._compact.get(form) if number is None else number

    def _spot(self, labels: list[str], country: int) -> int | None:
        """The town or region that a label of the domain begins with, once words for newspapers are cut away."""
        gazetteer = self._gazetteer
        best: tuple[float, int] | None = None
        for label in labels:
            for form in {label, *(p for p in _NEWS_WORDS.split(label) if p), label.replace("-", "")}:
                number = self._number(form) if len(form) >= _SHORTEST else None
                if number is None or gazetteer.wordiness(number) > 2:
                    continue
                for index, kind in gazetteer.senses(number):
                    if kind in (ALTERNATE, DEMONYM) or (country and gazetteer.country[index] != country):
                        continue
                    if gazetteer.level(index) in (Level.COUNTRY, Level.REGION):
                        continue
                    score = gazetteer.population[index] * len(form)
                    least = _KNOWN_TOWN if country else _GREAT_TOWN
                    if gazetteer.population[index] >= least and (best is None or score > best[0]):
                        best = (score, index)
        return best[1] if best else None


def domain_of(address: str) -> str:
    """The host of an address or a bare domain, without ``www.``; empty where there is none."""
    host = address.strip().lower().split("://")[-1].split("/")[0].split(":")[0].removeprefix("www.")
    return host if "." in host and " " not in host else ""
