"""Learn the weights of the places room: streams/places/data/weights.json.

    python scripts/train_places.py DATA_FOLDER [--folds 5] [--predict OUT_FOLDER]

Three models, each a plain linear one: recognition (is this use of a name a place?), resolution (which place of that
name?) and focus (is it where the event is?). With --predict, every article is answered by models that were trained
without its fold, in the form of `tocsin analyze`, so that the scorer's figures are cross-validated. Articles of one
incident share a fold. Needs numpy.
"""

import argparse
import collections
import gzip
import json
import math
import random
import zlib
from pathlib import Path

import msgspec
import numpy as np

from streams.model import Article, Span
from streams.places.focus import FEATURES as FOCUS
from streams.places.gazetteer import Gazetteer
from streams.places.locator import Locator
from streams.places.resolution import FEATURES as RESOLUTION

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "streams/places/data/weights.json"
TOPONYMS = ("toponyms_lgl_first_half", "toponyms_geowebnews", "toponyms_geovirus")
NEAR_KM = 161
LEAST_LEXICAL = 6
COUNTS_DEMONYMS = {"lgl": True, "gwn": True, "gvr": False}


def rows(path: Path) -> list[dict]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def article(row: dict) -> Article:
    return Article(
        id=row["id"],
        title=row.get("title") or "",
        text=row.get("text") or "",
        source=row.get("source") or "",
        url=row.get("url") or "",
    )


def km(lat_a, lon_a, lat_b, lon_b):
    a, b, c, d = map(math.radians, (lat_a, lon_a, lat_b, lon_b))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12742 * math.asin(min(1, math.sqrt(h)))


def fold_of(row: dict, folds: int) -> int:
    return zlib.crc32(str(row.get("incident_id") or row["id"]).encode()) % folds


def overlap(gold: list[dict], start: int, end: int) -> list[dict]:
    return [t for t in gold if t["start"] < end and start < t["end"]]


def train_recognition(data: list[tuple[str, dict]], locator: Locator, epochs: int = 8) -> dict[str, float]:
    samples = []
    for kind, row in data:
        mentions = locator._finder.find(row["text"], "text")
        from streams.places.locator import _mark_dateline

        _mark_dateline(row["text"], mentions)
        located = [t for t in row["toponyms"] if t.get("lat") is not None]
        for mention, features in zip(mentions, locator._recogniser.features(row["text"], mentions), strict=True):
            hit = overlap(located, mention.start, mention.end)
            if not hit:
                if overlap(row["toponyms"], mention.start, mention.end):
                    continue
                if mention.demonym and kind == "toponyms_geovirus":
                    continue
            samples.append((features, 1.0 if hit else 0.0))
    tally = collections.Counter(f for features, _ in samples for f in features)
    keep = {f for f, n in tally.items() if n >= LEAST_LEXICAL}
    samples = [([f for f in features if f in keep], y) for features, y in samples]
    weights: dict[str, float] = collections.defaultdict(float)
    squares: dict[str, float] = collections.defaultdict(float)
    shuffled = random.Random(7)
    for _ in range(epochs):
        shuffled.shuffle(samples)
        for features, label in samples:
            p = 1 / (1 + math.exp(-max(-30, min(30, sum(weights[f] for f in features)))))
            for f in features:
                gradient = (p - label) + 0.002 * weights[f]
                squares[f] += gradient * gradient
                weights[f] -= 0.3 * gradient / math.sqrt(squares[f] + 1e-6)
    return {f: round(w, 3) for f, w in sorted(weights.items()) if abs(w) > 0.02}


def softmax_fit(
    groups: list[tuple[np.ndarray, np.ndarray]], size: int, decay: float = 1e-3, epochs: int = 60
) -> np.ndarray:
    """Weights that give most likelihood to the right rows; a group may have several right ones."""
    weights, squares = np.zeros(size), np.full(size, 1e-6)
    order = random.Random(7)
    for _ in range(epochs):
        order.shuffle(groups)
        for at in range(0, len(groups), 32):
            gradient = decay * weights
            for x, right in groups[at : at + 32]:
                scores = x @ weights
                p = np.exp(scores - scores.max())
                p /= p.sum()
                q = p * right
                q /= q.sum() + 1e-12
                gradient = gradient + (p - q) @ x / 32
            squares += gradient * gradient
            weights -= 0.2 * gradient / np.sqrt(squares)
    return weights


def train_resolution(data: list[tuple[str, dict]], locator: Locator) -> dict[str, float]:
    groups = []
    for _, row in data:
        item = article(row)
        names, home = locator.names(item)
        located = [t for t in row["toponyms"] if t.get("lat") is not None]
        for name, values in zip(names, locator._resolver.features(names, home), strict=True):
            if not values:
                continue
            golds = [t for m in name.mentions if m.where == "text" for t in overlap(located, m.start, m.end)]
            if not golds:
                continue
            g = locator.gazetteer
            gold = golds[0]
            right = np.array(
                [
                    float(km(g.lat[i], g.lon[i], float(gold["lat"]), float(gold["lon"])) <= NEAR_KM)
                    for i, _ in name.senses
                ]
            )
            if 0 < right.sum() < len(right):
                groups.append((np.array(values), right))
    weights = softmax_fit(groups, len(RESOLUTION))
    return {name: round(float(w), 3) for name, w in zip(RESOLUTION, weights, strict=True)}


def stand_in_anchors(item: Article) -> tuple[Span, ...]:
    from measure_places import stand_in_anchors as anchors

    return anchors(item)


def train_focus(incidents: list[dict], locator: Locator) -> dict[str, float]:
    groups = []
    g = locator.gazetteer
    for row in incidents:
        item = article(row)
        names, home = locator.names(item)
        candidates = locator._focus.candidates(item, names, stand_in_anchors(item), home)
        at = row["location"]
        right = np.array(
            [float(km(g.lat[c.place], g.lon[c.place], float(at["lat"]), float(at["lon"])) <= 25) for c in candidates]
        )
        named = np.array([g.names[c.place].lower() == (at.get("name") or "").lower() for c in candidates])
        if (right * named).sum():
            right = right * named
        if len(right) and 0 < right.sum() < len(right):
            groups.append((np.array([c.values for c in candidates]), right))
    weights = softmax_fit(groups, len(FOCUS), epochs=30)
    return {name: round(float(w), 3) for name, w in zip(FOCUS, weights, strict=True)}


def learn_outlets(incidents: list[dict]) -> dict[str, tuple[str, str, float, float]]:
    """Home of each outlet with several incidents: their median point, where most lie close together."""
    from streams.places.outlets import _domain

    at: dict[str, dict[str, tuple[float, float, str]]] = collections.defaultdict(dict)
    states = {s[0].upper() + s[1:]: code for code, s in STATES.items()}
    for row in incidents:
        place = row["location"]
        if place.get("lat") is not None:
            at[_domain(row.get("source") or "")][row["incident_id"]] = (
                float(place["lat"]), float(place["lon"]), states.get(place.get("admin1") or "", ""),
            )  # fmt: skip
    homes = {}
    for domain, incidents_there in at.items():
        points = list(incidents_there.values())
        if len(points) < 3 or not domain:
            continue
        lat = sorted(p[0] for p in points)[len(points) // 2]
        lon = sorted(p[1] for p in points)[len(points) // 2]
        if sum(km(lat, lon, p[0], p[1]) < 120 for p in points) < 0.6 * len(points):
            continue
        state = collections.Counter(p[2] for p in points).most_common(1)[0][0]
        homes[domain] = ("US", state, round(lat, 2), round(lon, 2))
    return homes


STATES: dict[str, str] = {}


def train(toponyms: list[tuple[str, dict]], incidents: list[dict], gazetteer: Gazetteer) -> dict:
    weights: dict = {
        "recognition": {},
        "resolution": {},
        "focus": {},
        "outlets": learn_outlets(incidents),
        "least_focus": -99.0,
    }
    start = json.loads(WEIGHTS.read_text()) if WEIGHTS.exists() else weights
    weights["recognition"] = train_recognition(toponyms, Locator(weights, gazetteer))
    weights["resolution"] = train_resolution(toponyms, Locator(weights, gazetteer))
    weights["resolution"] = train_resolution(toponyms, Locator(weights, gazetteer))
    weights["focus"] = train_focus(incidents, Locator(weights, gazetteer))
    weights["least_focus"] = start.get("least_focus", -99.0)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--predict", type=Path, help="write cross-validated answers there instead of the weights")
    args = parser.parse_args()
    gazetteer = Gazetteer()
    for country, code, index in gazetteer.regions:
        if country == "US" and index >= 0:
            STATES[code] = gazetteer.names[index]
    toponyms = [(name, row) for name in TOPONYMS for row in rows(args.folder / f"{name}.jsonl.gz")]
    incidents = [
        r for r in rows(args.folder / "incidents_us_shootings.jsonl.gz") if r["location"].get("lat") is not None
    ]
    if not args.predict:
        weights = train(toponyms, incidents, gazetteer)
        WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        print({k: weights[k] for k in ("resolution", "focus")}, len(weights["recognition"]), len(weights["outlets"]))
        return
    from measure_places import answer

    outputs = {name: (args.predict / f"{name}.jsonl").open("w") for name in (*TOPONYMS, "incidents_us_shootings")}
    for fold in range(args.folds):
        weights = train(
            [(n, r) for n, r in toponyms if fold_of(r, args.folds) != fold],
            [r for r in incidents if fold_of(r, args.folds) != fold],
            gazetteer,
        )
        locator = Locator(weights, gazetteer)
        held_out = [(n, r) for n, r in toponyms if fold_of(r, args.folds) == fold]
        held_out += [("incidents_us_shootings", r) for r in incidents if fold_of(r, args.folds) == fold]
        for name, row in held_out:
            outputs[name].write(msgspec.json.encode(answer(locator, article(row))).decode() + "\n")
        print("fold", fold, "done", flush=True)
    for output in outputs.values():
        output.close()


if __name__ == "__main__":
    main()
