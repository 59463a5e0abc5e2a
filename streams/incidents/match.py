"""Match: how probable it is that a sighting tells of a known incident.

A logistic score over features of the pair. The weights are data, learned by ``scripts/train_incidents.py``.
"""

import functools
import math
from importlib import resources
from typing import Final, NamedTuple, Protocol

import msgspec

from streams.incidents.clock import event_at, spoke_at
from streams.incidents.sketch import COPY_SHARE, copy_share
from streams.incidents.tokens import weight
from streams.model import Incident, Place, Precision, Sighting, Status
from streams.model.geography import Relation, distance_km, relation

_DAY: Final = 86400.0
_STRONG: Final = 5.0
_COMPATIBLE: Final = frozenset({"within", "near"})
ALERT: Final = 0.5
"""Confidence from which a reading, or an incident's best one, counts as an alert by itself."""
BRIEF: Final = 14
"""A sighting with fewer words than this is a headline, and is weighed as one."""

_LATER: Final = frozenset({Status.FOLLOWUP, Status.HISTORIC, Status.POLICY})

NAMES: Final = (
    "bias",
    "place_same",
    "place_within",
    "place_near",
    "place_region",
    "place_apart",
    "days",
    "days_over_1",
    "days_over_3",
    "days_over_10",
    "told_same_day",
    "told_other_day",
    "shared",
    "shared_strong",
    "share",
    "no_overlap",
    "copy",
    "age_shared",
    "age_clash",
    "venue_shared",
    "venue_clash",
    "weapon_shared",
    "weapon_clash",
    "scene_shared",
    "scene_clash",
    "killed_same",
    "killed_clash",
    "injured_same",
    "injured_clash",
    "publisher_same",
    "crowd",
    "same_x_share",
    "within_x_share",
    "apart_x_share",
    "same_x_fresh",
    "far_x_share",
    "is_copy",
    "cosine",
    "same_x_cosine",
    "share_over_10",
    "share_over_25",
    "age_x_share",
    "scene_x_fresh",
    "venue_x_fresh",
    "town",
    "town_x_same",
    "after",
    "after_x_days",
    "after_x_same",
    "publisher_x_within",
    "publisher_x_apart",
    "alerts_x_same_fresh",
    "alerts_x_wider_fresh",
)


class _Tables(msgspec.Struct, frozen=True):
    full: dict[str, float]
    brief: dict[str, float]


class Weights(NamedTuple):
    """The weights of the features in the order of :data:`NAMES`: for articles with a body, and for bare headlines."""

    full: tuple[float, ...]
    brief: tuple[float, ...]

    def of(self, look: "Look") -> tuple[float, ...]:
        """The weights that fit a sighting."""
        return self.brief if len(look.words) < BRIEF else self.full


@functools.cache
def learned() -> Weights:
    """The learned weights."""
    data = resources.files("streams.incidents").joinpath("data", "match.toml").read_bytes()
    tables = msgspec.toml.decode(data, type=_Tables)
    full, brief = (tuple(table.get(name, 0.0) for name in NAMES) for table in (tables.full, tables.brief))
    return Weights(full, brief)


class Look:
    """What matching looks at in a sighting or incident, taken out once."""

    __slots__ = ("ages", "scenes", "total", "venues", "weapons", "weights", "words")

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self.weights: dict[str, float] = {}
        ages, venues, weapons, scenes = [], [], [], []
        for token in tokens:
            mark = token[:2]
            if mark == "a:":
                ages.append(token)
            elif mark == "v:":
                venues.append(token)
            elif mark == "w:":
                weapons.append(token)
            elif mark == "s:":
                scenes.append(token)
            else:
                self.weights[token] = weight(token)
        self.words = frozenset(self.weights)
        self.total = sum(self.weights.values())
        self.ages, self.venues = frozenset(ages), frozenset(venues)
        self.weapons, self.scenes = frozenset(weapons), frozenset(scenes)

    def soften(self, word: str, incidents: int) -> float:
        """The weight of a word that so many known incidents of the country have: rare in the language, common here."""
        weight = self.weights[word]
        lighter = max(0.0, weight - math.log(incidents))
        self.weights[word] = lighter
        self.total += lighter - weight
        return lighter


class Known(Protocol):
    """An incident with what matching needs of it at hand."""

    incident: Incident
    look: Look
    hashes: frozenset[int]


@functools.lru_cache(maxsize=65536)
def place_relation(a: Place | None, b: Place | None, near_km: float) -> str:
    """``same``, ``within``, ``near``, ``region`` (apart in one region), ``far`` or ``unknown``."""
    if a is None or b is None:
        return "unknown"
    found = relation(a, b, near_km)
    if found is Relation.SAME:
        return "same"
    if found in (Relation.CONTAINS, Relation.INSIDE):
        fine = (Precision.CITY, Precision.POINT)
        return "same" if a.precision in fine and b.precision in fine else "within"
    if found is Relation.NEAR:
        far = distance_km(a, b)
        return "near" if far is None or far > 1.0 else "same"
    if a.country_code is not None and a.country_code == b.country_code and a.admin1 and a.admin1 == b.admin1:
        return "region"
    return "far"


def best_relation(place: Place | None, incident: Incident, near_km: float) -> str:
    """The closest relation of a place to any that was given for the incident."""
    found = place_relation(place, incident.place, near_km)
    if found == "same" or len(incident.places) < 2:
        return found
    order = ("same", "near", "within", "region", "far", "unknown")
    others = (place_relation(place, held.place, near_km) for held in incident.places)
    return min((found, *others), key=order.index)


class Crowd(NamedTuple):
    """How many incidents are known about a place: in the last days, and as far as memory goes."""

    recent: int
    ever: int


def features(sighting: Sighting, look: Look, known: Known, crowd: Crowd, near_km: float) -> list[float]:
    """The features of a pair, in the order of :data:`NAMES`."""
    incident, theirs = known.incident, known.look
    place = best_relation(sighting.place, incident, near_km)
    spoke, happened = spoke_at(sighting), event_at(sighting)
    days = abs((happened - incident.event_at).total_seconds()) / _DAY
    newest = incident.newest_at or incident.last_danger_at
    gap = min(days, abs((spoke - newest).total_seconds()) / _DAY)
    told = sighting.reading.event_time is not None and sighting.reading.event_time.told
    # In the order of the sighting's tokens: a sum over a set would differ in its last bit from process to process.
    common = [word for word in look.weights if word in theirs.words]
    shared = sum([look.weights[word] for word in common])
    strong = sum([1 for word in common if look.weights[word] >= _STRONG])
    smaller = min(look.total, theirs.total)
    share = shared / smaller if smaller else 0.0
    copy = 0.0
    if not known.hashes.isdisjoint(sighting.sketch):
        copy = max(copy_share(sighting.sketch, held.sketch) for held in incident.contributions)
    killed, injured = sighting.reading.casualties.killed, sighting.reading.casualties.injured
    toll = incident.toll
    same, within = place == "same", place == "within"
    fresh = gap <= 1.5
    away = place in ("region", "far", "near")
    cosine = shared / math.sqrt(look.total * theirs.total) if smaller else 0.0
    ages_agree = float(not look.ages.isdisjoint(theirs.ages))
    venues_agree = float(not look.venues.isdisjoint(theirs.venues))
    publisher_same = sighting.publisher in incident.publishers
    later = sighting.reading.status in _LATER
    town = math.log1p(crowd.ever)
    alerts = sighting.reading.confidence >= ALERT and incident.best >= ALERT
    scenes = min(len(look.scenes & theirs.scenes), 2) / 2.0
    return [
        1.0,
        float(same),
        float(within or place == "unknown"),
        float(place == "near"),
        float(place == "region"),
        float(place == "far"),
        math.log1p(gap),
        float(gap > 1.5),
        float(gap > 3.5),
        float(gap > 10.5),
        float(told and days <= 1.1),
        float(told and days > 2.1),
        min(shared, 60.0) / 10.0,
        min(strong, 8) / 4.0,
        share,
        float(not common and len(look.words) >= 12 and len(theirs.words) >= 12),
        copy,
        ages_agree,
        float(bool(look.ages and theirs.ages) and not ages_agree),
        venues_agree,
        float(bool(look.venues and theirs.venues) and not venues_agree),
        float(bool(look.weapons & theirs.weapons)),
        float(bool(look.weapons and theirs.weapons) and not look.weapons & theirs.weapons),
        scenes,
        float(bool(look.scenes and theirs.scenes) and not look.scenes & theirs.scenes),
        float(bool(killed) and killed == toll.killed.latest),
        float(killed is not None and toll.killed.latest is not None and killed != toll.killed.latest),
        float(bool(injured) and injured == toll.injured.latest),
        float(injured is not None and toll.injured.latest is not None and injured != toll.injured.latest),
        float(publisher_same),
        math.log1p(crowd.recent),
        same * share,
        within * share,
        away * share,
        float(same and fresh),
        (gap > 3.5) * share,
        float(copy >= COPY_SHARE),
        cosine,
        same * cosine,
        float(share > 0.1),
        float(share > 0.25),
        ages_agree * share,
        fresh * scenes,
        fresh * venues_agree,
        town,
        same * town,
        float(later),
        later * math.log1p(gap),
        float(later and same),
        float(publisher_same and within),
        float(publisher_same and away),
        float(alerts and fresh and same),
        float(alerts and fresh and place in _COMPATIBLE),
    ]


_ALERTS_SAME: Final = NAMES.index("alerts_x_same_fresh")
_ALERTS_WIDER: Final = NAMES.index("alerts_x_wider_fresh")


def is_alert_pair(values: list[float]) -> bool:
    """True when both sides are alerts about one place at one time."""
    return bool(values[_ALERTS_SAME] or values[_ALERTS_WIDER])


def score(values: list[float], weights: tuple[float, ...], prior: float = 0.0) -> float:
    """The probability (0 to 1) that the pair is one event: the logistic function of the weighted sum.

    ``prior`` is added to the log-odds.
    """
    total = prior + sum([value * weight for value, weight in zip(values, weights, strict=True)])
    return 1.0 / (1.0 + math.exp(-total)) if total > -700.0 else 0.0
