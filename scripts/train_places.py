"""Learn the weights of the places room: streams/places/data/weights.json.

    python scripts/train_places.py DATA_FOLDER [--folds 3] [--predict OUT_FOLDER] [--anchors reader words]

Three models, each a plain linear one: recognition (is this use of a name a place?), resolution (which place of that
name?) and focus (is it where the event is?); and the homes of outlets, from where their incidents were. With
--predict, every article is answered by models that were trained without its fold, in the form of `tocsin analyze`, so
that the scorer's figures are cross-validated; articles of one incident share a fold. The anchors of the focus model are
those that the reading room gives, with ``words`` also the sentences that have a violent word; answers are always given
with those of the reading room. Needs numpy.
"""

import argparse
import collections
import functools
import json
import math
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from measure_places import answer, as_article, read_rows, stand_in_anchors

from streams.model import Article, Span
from streams.model.geography import haversine_km
from streams.places.circumstances import FEATURES as FOCUS
from streams.places.folding import fold
from streams.places.gazetteer import Gazetteer, Level
from streams.places.locator import Locator
from streams.places.mentions import Mention
from streams.places.outlets import domain_of
from streams.places.resolution import FEATURES as RESOLUTION
from streams.reading import Reader

WEIGHTS = Path(__file__).parent.parent / "streams/places/data/weights.json"
TOPONYMS = ("toponyms_lgl_first_half", "toponyms_geowebnews", "toponyms_geovirus")
WITHOUT_DEMONYMS = "toponyms_geovirus"
INCIDENTS = ("incidents_us_shootings", "incidents_headlines", "incidents_selected_weak_labels")
RAND = "descriptions_terror_incidents_rand"
LABELLED = "labelled_articles"
NEAR_KM = 161
TOWN_KM = 25
LEAST_LEXICAL = 6
SAMPLE = 2500
SURE = 4
"""Incidents of an outlet whose home the models are trained with."""
EPOCHS, BATCH, DECAY = 15, 64, 0.003
LABELLED_WEIGHT = 4.0
OPENING = 500
"""Characters of each article that are also learned from in title case, capitals and lower case."""

Row = dict[str, Any]
Anchors = Callable[[Article], tuple[Span, ...]]

PRIORS = {
    "recognition": {"paper_after": -3.0, "name_of_before": -1.5, "first_name_and_surname": -2.0, "title_before": -1.5,
        "is_landmark": 2.5,
    },
    "resolution": {"held_inside": 2.0, "held_outside": -2.0, "country_named": 1.0, "alternate_beside": -1.0},
    "focus": {
        "violent_led": 1.0, "violent_after": 1.0, "origin": -1.0, "opposed": -1.5, "speaker": -1.5, "aftermath": -0.7,
        "official": -0.7, "institution_doubt": -1.5, "dateline_only": -1.0, "beside": -1.0, "title": 0.5, "anchor": 0.5,
        "anchor_led": 0.5,
    },
}  # fmt: skip
"""What is known without data: the weights are drawn towards these, else to nought. The data are mostly American
and local, where a town named at all is the event's; news from elsewhere needs these more than they can teach."""


@dataclass
class Data:
    """Rows by the name of their set, and what gives the anchors that are learned from."""

    anchors: list[Anchors]
    sets: dict[str, list[Row]] = field(default_factory=dict)

    def part(self, fold_number: int, folds: int, *, held_out: bool) -> "Data":
        """The rows of one fold, or of all the others."""
        return Data(
            self.anchors,
            {
                name: [row for row in rows if (fold_of(row) % folds == fold_number) is held_out]
                for name, rows in self.sets.items()
            },
        )


def fold_of(row: Row) -> int:
    """A number that all articles of one incident share."""
    incident = row.get("incident_id") or str(row["id"]).removeprefix("gva-")
    return zlib.crc32(str(incident).encode())


def overlapping(gold: Iterable[Row], mention: Mention) -> list[Row]:
    """The gold toponyms that share characters with a mention."""
    return [t for t in gold if t["start"] < mention.end and mention.start < t["end"]]


def in_case(text: str, case: str) -> str:
    """The text in title case, capitals or lower case, of the same length."""
    if case == "title":
        changed = "".join(c.upper() if at == 0 or text[at - 1].isspace() else c for at, c in enumerate(text))
    else:
        changed = text.upper() if case == "upper" else text.lower()
    return changed if len(changed) == len(text) else text


def recognition_samples(data: Data, locator: Locator) -> list[tuple[list[str], float]]:
    """Features and truth of every mention, in the text as it is and in its opening with other capitals.

    Not all corpora mark landmarks: one without a mark teaches nothing.
    """
    samples = []
    for kind in TOPONYMS:
        for row in data.sets[kind]:
            located = [t for t in row["toponyms"] if t.get("lat") is not None]
            text = row["text"]
            opening = text[: text.find(" ", OPENING) if " " in text[OPENING:] else None]
            variants = [text, *(in_case(opening, case) for case in ("title", "upper", "lower"))]
            if row.get("title") and kind != TOPONYMS[0]:
                variants.append(text)
            for variant in variants:
                for mention, features in locator.namer.mention_features(variant, row.get("source") or ""):
                    hit = overlapping(located, mention)
                    unsaid = not hit and (overlapping(row["toponyms"], mention) or "is_landmark" in features)
                    if unsaid or (mention.demonym and kind == WITHOUT_DEMONYMS and not hit):
                        continue
                    samples.append((features, 1.0 if hit else 0.0))
    return samples + slug_samples(data, locator)


def slug_samples(data: Data, locator: Locator) -> list[tuple[list[str], float]]:
    """Mentions in headlines without capitals: the incident's own town is a name; what is far from it mostly is none."""
    gazetteer = locator.gazetteer
    samples = []
    rows = [row for row in data.sets[INCIDENTS[1]] if row["location"].get("lat") is not None and row["title"]]
    np.random.default_rng(5).shuffle(rows)
    for row in rows[: 2 * SAMPLE]:
        at = float(row["location"]["lat"]), float(row["location"]["lon"])
        for mention, features in locator.namer.mention_features(row["title"], row["source"]):
            wide = any(gazetteer.level(i) <= Level.ADMIN1 for i, _ in mention.senses)
            nearest = min(haversine_km(gazetteer.lat[i], gazetteer.lon[i], *at) for i, _ in mention.senses)
            if mention.key == fold(row["location"].get("name") or ""):
                samples.append((features, 1.0))
            elif not wide and nearest > 60:
                samples.append((features, 0.0))
    return samples


def learn_recognition(samples: list[tuple[list[str], float]], epochs: int = 6) -> dict[str, float]:
    """Logistic regression over sparse features, by AdaGrad."""
    tally = collections.Counter(feature for features, _ in samples for feature in features)
    keep = {feature for feature, count in tally.items() if count >= LEAST_LEXICAL}
    samples = [([f for f in features if f in keep], label) for features, label in samples]
    prior = PRIORS["recognition"]
    weights: dict[str, float] = collections.defaultdict(float, prior)
    squares: dict[str, float] = collections.defaultdict(float)
    order = np.random.default_rng(7)
    for _ in range(epochs):
        order.shuffle(samples)
        for features, label in samples:
            total = sum(weights[f] for f in features)
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - label
            for feature in features:
                gradient = error + 0.002 * (weights[feature] - prior.get(feature, 0.0))
                squares[feature] += gradient * gradient
                weights[feature] -= 0.25 * gradient / math.sqrt(squares[feature] + 1e-6)
    return {feature: round(w, 3) for feature, w in sorted(weights.items()) if abs(w) > 0.02}


@dataclass
class Choice:
    """Rows of features of which some are right; ``weight`` says how much the choice counts."""

    rows: np.ndarray
    right: np.ndarray
    weight: float = 1.0


def learn_choice(choices: list[Choice], features: tuple[str, ...], prior: dict[str, float]) -> dict[str, float]:
    """Weights of a conditional logit: the most likelihood to the right rows, whichever of them, by AdaGrad."""
    middle = np.array([prior.get(name, 0.0) for name in features])
    weights, squares = middle.copy(), np.full(len(features), 1e-6)
    order = np.random.default_rng(7)
    choices = list(choices)
    for _ in range(EPOCHS):
        order.shuffle(choices)
        for at in range(0, len(choices), BATCH):
            gradient = DECAY * (weights - middle)
            for choice in choices[at : at + BATCH]:
                scores = choice.rows @ weights
                said = np.exp(scores - scores.max())
                said /= said.sum()
                wanted = said * choice.right
                wanted /= wanted.sum() + 1e-12
                gradient = gradient + choice.weight * ((said - wanted) @ choice.rows) / BATCH
            squares += gradient * gradient
            weights -= 0.5 * gradient / np.sqrt(squares)
    return {name: round(float(w), 3) for name, w in zip(features, weights, strict=True)}


def resolution_choices(data: Data, locator: Locator) -> list[Choice]:
    """Per name the features of its senses, and which of them are near enough to gold."""
    gazetteer = locator.gazetteer
    choices = []
    for kind in TOPONYMS:
        for row in data.sets[kind]:
            located = [t for t in row["toponyms"] if t.get("lat") is not None]
            for name, values in locator.namer.name_features(as_article(row)):
                gold = [t for m in name.mentions if m.where == "text" for t in overlapping(located, m)]
                if not gold or not values:
                    continue
                at = float(gold[0]["lat"]), float(gold[0]["lon"])
                right = [
                    float(haversine_km(gazetteer.lat[i], gazetteer.lon[i], *at) <= NEAR_KM) for i, _ in name.senses
                ]
                if 0 < sum(right) < len(right):
                    choices.append(Choice(np.array(values), np.array(right)))
    return choices


def located_choices(data: Data, locator: Locator) -> list[Choice]:
    """The same from the place of the event, where an article names it: by its country, or by its coordinates."""
    order = np.random.default_rng(3)
    choices = []
    for kind in (RAND, *INCIDENTS):
        rows = [row for row in data.sets[kind] if row["location"].get("name")]
        order.shuffle(rows)
        for row in rows[:SAMPLE]:
            for name, values in locator.namer.name_features(as_article(row)):
                if not values or name.key != fold(row["location"]["name"]):
                    continue
                right = [float(in_country_or_near(locator.gazetteer, i, row["location"])) for i, _ in name.senses]
                if 0 < sum(right) < len(right):
                    choices.append(Choice(np.array(values), np.array(right), 0.5))
    return choices


def in_country_or_near(gazetteer: Gazetteer, place: int, gold: Row) -> bool:
    """True when a place is in gold's country, or near it where gold has coordinates."""
    if gold.get("lat") is None:
        country = gazetteer.place(place).country or ""
        return fold(country) == fold(gold["country"])
    return haversine_km(gazetteer.lat[place], gazetteer.lon[place], float(gold["lat"]), float(gold["lon"])) <= TOWN_KM


def focus_choices(data: Data, locator: Locator) -> list[Choice]:
    """Per article the features of the places it names, and which of them are the event's."""
    order = np.random.default_rng(11)
    choices = []
    for kind in (*INCIDENTS, RAND, LABELLED):
        rows = [row for row in data.sets[kind] if row.get("location") or row.get("place")]
        order.shuffle(rows)
        weight = LABELLED_WEIGHT if kind == LABELLED else 1.0
        for row in rows[:SAMPLE]:
            article = as_article(row)
            for anchors in (*(give(article) for give in data.anchors), ()):
                names, home = locator.namer.names(article)
                candidates = locator.focus.candidates(article, names, anchors, home)
                named = [c.place for c in candidates if not c.nothing]
                right = np.array(right_places(locator.gazetteer, named, row))
                if kind == RAND and right[-1]:
                    continue
                if right.sum() < len(right) + 1:
                    values = np.array([[c.value(name) for name in FOCUS] for c in candidates])
                    choices.append(Choice(values, right, weight / (1 + len(data.anchors))))
    return choices


def right_places(gazetteer: Gazetteer, places: list[int], row: Row) -> list[float]:
    """1 for the places that are the event's; the last one stands for "cannot be told", right when none of them is."""
    right = [float(is_event(gazetteer, place, row)) for place in places]
    if not any(right) and row.get("location") and row["location"].get("lat") is not None:
        right = [float(is_close(gazetteer, place, row["location"])) for place in places]
    return [*right, 0.0 if any(right) else 1.0]


def is_event(gazetteer: Gazetteer, place: int, row: Row) -> bool:
    """True when a place is the very one that the row gives as the event's."""
    name = fold(gazetteer.names[place])
    if row.get("place"):
        parts = [fold(part) for part in row["place"].split(",")]
        whole = gazetteer.place(place)
        return name == parts[0] and parts[-1] in {fold(whole.country or ""), fold(whole.admin1 or ""), name}
    gold = row["location"]
    wanted = fold(gold.get("name") or gold.get("admin1") or gold.get("country") or "")
    if gold.get("lat") is None:
        country = gazetteer.place(place).country or ""
        return name == wanted and (name == fold(gold["country"]) or fold(country) == fold(gold["country"]))
    distance = haversine_km(gazetteer.lat[place], gazetteer.lon[place], float(gold["lat"]), float(gold["lon"]))
    return distance <= TOWN_KM and gazetteer.level(place) >= Level.ADMIN2 and name == wanted


def is_close(gazetteer: Gazetteer, place: int, gold: Row) -> bool:
    """True for the county of the event, or a town beside it: the best that the article gives."""
    distance = haversine_km(gazetteer.lat[place], gazetteer.lon[place], float(gold["lat"]), float(gold["lon"]))
    level = gazetteer.level(place)
    return distance <= 40 if level == Level.ADMIN2 else level >= Level.REGION and distance <= 15


def learn_outlets(data: Data, gazetteer: Gazetteer, least: int) -> dict[str, tuple[float, float, int, float]]:
    """Home of each outlet with ``least`` incidents: their middle, and the town or state that most of them are in."""
    found: dict[str, dict[str, Row]] = collections.defaultdict(dict)
    for kind in INCIDENTS:
        for row in data.sets[kind]:
            if row["location"].get("lat") is not None and (domain := domain_of(row.get("source") or "")):
                found[domain][str(fold_of(row))] = row["location"]
    states = {gazetteer.names[i]: i for country, _, i in gazetteer.regions if country == "US" and i >= 0}
    homes = {}
    for domain, locations in sorted(found.items()):
        points = [(float(at["lat"]), float(at["lon"])) for at in locations.values()]
        if len(points) < least:
            continue
        lat = sorted(p[0] for p in points)[len(points) // 2]
        lon = sorted(p[1] for p in points)[len(points) // 2]
        state, in_state = collections.Counter(at.get("admin1") for at in locations.values()).most_common(1)[0]
        town, in_town = collections.Counter(at.get("name") for at in locations.values()).most_common(1)[0]
        close = sum(haversine_km(lat, lon, *p) < 120 for p in points)
        if in_state < 0.75 * len(points) or state not in states:
            continue
        home = states[state]
        certainty = in_state / (len(points) + 1)
        # One incident tells the state (in five cases of six, by the outlets with two), but not the town.
        if len(points) > 1 and close >= 0.6 * len(points):
            number = gazetteer.keys.get(fold(town or ""))
            senses = gazetteer.senses(number) if number is not None else []
            near = [
                i
                for i, _ in senses
                if gazetteer.level(i) == Level.CITY and haversine_km(lat, lon, gazetteer.lat[i], gazetteer.lon[i]) < 150
            ]
            if near:
                home = max(near, key=lambda i: gazetteer.population[i])
                certainty = in_town / (len(points) + 1)
        if gazetteer.gid[home]:
            homes[domain] = (round(lat, 2), round(lon, 2), gazetteer.gid[home], round(certainty, 2))
    return homes


def train(data: Data, gazetteer: Gazetteer) -> dict[str, Any]:
    """All weights, each model learned on top of the ones before it."""
    weights: dict[str, Any] = {"recognition": {}, "resolution": {}, "focus": {}}
    # A home that was learned from the very incidents that the models learn from would teach them to trust it too much.
    weights["outlets"] = learn_outlets(data, gazetteer, least=SURE)
    weights["recognition"] = learn_recognition(recognition_samples(data, Locator(weights, gazetteer)))
    for _ in range(2):
        locator = Locator(weights, gazetteer)
        choices = resolution_choices(data, locator) + located_choices(data, locator)
        weights["resolution"] = learn_choice(choices, RESOLUTION, PRIORS["resolution"])
    weights["focus"] = learn_choice(focus_choices(data, Locator(weights, gazetteer)), FOCUS, PRIORS["focus"])
    weights["outlets"] = learn_outlets(data, gazetteer, least=1)
    return weights


def reader_anchors() -> Anchors:
    """The anchors that the reading room gives, each article read once."""
    reader = Reader()

    @functools.cache
    def anchors(article: Article) -> tuple[Span, ...]:
        return reader.read(article, reader.scan(article)).anchors

    return anchors


def load(folder: Path, anchors: list[Anchors]) -> Data:
    """All sets that the models learn from."""
    sets = {name: list(read_rows(folder / f"{name}.jsonl.gz")) for name in (*TOPONYMS, *INCIDENTS, RAND)}
    labels = {row["id"]: row for row in read_rows(folder / f"{LABELLED}.labels.jsonl")}
    sets[LABELLED] = [row | {"place": labels[row["id"]]["place"]} for row in read_rows(folder / f"{LABELLED}.jsonl")]
    return Data(anchors, sets)


def predict(data: Data, gazetteer: Gazetteer, read: Anchors, folds: int, out: Path) -> None:
    """Answer every article by models that never saw its fold."""
    outputs = {name: (out / f"{name}.jsonl").open("w") for name in (*TOPONYMS, INCIDENTS[0], RAND, LABELLED)}
    for number in range(folds):
        locator = Locator(train(data.part(number, folds, held_out=False), gazetteer), gazetteer)
        held_out = data.part(number, folds, held_out=True)
        for name, output in outputs.items():
            for row in held_out.sets[name]:
                output.write(
                    msgspec.json.encode(answer(locator, as_article(row), read(as_article(row)))).decode() + "\n"
                )
        print("fold", number, "done", flush=True)
    for output in outputs.values():
        output.close()


def main() -> None:
    """Train on all rows, or answer them by cross-validation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--predict", type=Path, help="write cross-validated answers there instead of the weights")
    parser.add_argument("--anchors", choices=("reader", "words"), nargs="+", default=["reader", "words"])
    args = parser.parse_args()
    gazetteer = Gazetteer()
    known = {"reader": reader_anchors(), "words": stand_in_anchors}
    data = load(args.folder, [known[name] for name in args.anchors])
    if args.predict:
        predict(data, gazetteer, known["reader"], args.folds, args.predict)
        return
    weights = train(data, gazetteer)
    WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(weights["resolution"], weights["focus"], len(weights["recognition"]), len(weights["outlets"]), sep="\n")


if __name__ == "__main__":
    main()
