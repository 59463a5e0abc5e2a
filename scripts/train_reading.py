"""Train the reading room's model, and measure it by cross-validation.

  python scripts/train_reading.py --labelled ARTICLES.jsonl --weak FOLDER --cross-validate
  python scripts/train_reading.py --labelled ARTICLES.jsonl --weak FOLDER --write

ARTICLES.jsonl lies beside ARTICLES.labels.jsonl (one label per line, by the codebook). FOLDER holds the files that
scripts/reading_labels.jsonl names: the project's own labels, made by reading, given by article id only. They and the
weak rules below train; only the labelled articles measure. The same data and versions give the same bytes.

Needs scikit-learn, which the package itself does not.
"""

import argparse
import gzip
import json
import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from reading_scores import show_scores
from sklearn.linear_model import LogisticRegression

from streams.model import Article, ArticleError, Reading, decode_article
from streams.reading import Reader
from streams.reading.draft import Draft
from streams.reading.features import SIZE, WORDS_AT, facts, tag_masks, words
from streams.reading.model import COLUMNS, KINDS, STATUSES, Weights, alert_odds, pack
from streams.reading.tags import NAMES

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "streams" / "reading" / "data" / "model.bin"
FOLDS = 5
SEED = 20160718
PROSE_WEIGHT = 0.35
OWN_WEIGHT = 0.7
WORD_SCALE = 0.4
REGULARITY = {"status": 0.5, "alert": 0.3, "kind": 1.0}
WEAK_WEIGHT = 0.15
WEAK_EVERY = 4
WEAK_DESKS = {
    "headlines_agnews": {"Sports": "figurative", "Business": "unrelated", "Sci/Tech": "unrelated"},
    "headlines_huffpost_2018_2019": {
        "ENTERTAINMENT": "figurative",
        "COMEDY": "figurative",
        "SPORTS": "figurative",
        "POLITICS": "policy",
        "FOOD & DRINK": "unrelated",
        "STYLE & BEAUTY": "unrelated",
        "WELLNESS": "unrelated",
    },
}
MAX_LAG_DAYS = 3
ALERTS = 2


class Row(NamedTuple):
    """One training item: the numbers of its features, its status and kinds, and its weight."""

    features: list[int]
    status: int
    kinds: tuple[bool, ...]
    weight: float


class Labelled(NamedTuple):
    """One measured item: the article, its draft, its features and its label."""

    article: Article
    draft: Draft
    row: Row
    label: dict[str, Any]


def features_of(draft: Draft) -> list[int]:
    """Every feature of ``draft`` by number."""
    found = {*facts(draft), *words(draft)}
    for zone, bits in enumerate(tag_masks(draft)):
        found.update(zone * len(NAMES) + position for position in range(len(NAMES)) if bits >> position & 1)
    return sorted(found)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, compressed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    yield from (json.loads(line) for line in text.split("\n") if line.strip())


def row_of(draft: Draft, label: dict[str, Any], weight: float) -> Row:
    """A training row."""
    statuses = [status.value for status in STATUSES]
    return Row(
        features_of(draft), statuses.index(label["status"]), tuple(kind in label["kinds"] for kind in KINDS), weight
    )


def read_labelled(reader: Reader, path: Path) -> list[Labelled]:
    """The labelled articles that are valid, drafted."""
    labels = {label["id"]: label for label in lines(path.with_name(path.name.replace(".jsonl", ".labels.jsonl")))}
    items = []
    for source in lines(path):
        try:
            article = decode_article(json.dumps(source).encode())
        except ArticleError:
            continue
        draft = reader.draft(article, reader.scan(article))
        label = labels[article.id]
        items.append(Labelled(article, draft, row_of(draft, label, 1.0), label))
    return items


def read_own(reader: Reader, folder: Path) -> list[Row]:
    """The rows that the project labelled by itself. Follow-ups within days of the event are left out.

    Whether the arrest on the third day is crime or follow-up is where readers differ most.
    """
    wanted: dict[str, dict[str, dict[str, Any]]] = {}
    for label in lines(HERE / "reading_labels.jsonl"):
        wanted.setdefault(label["set"], {})[label["id"]] = label
    rows = []
    for name, labels in sorted(wanted.items()):
        for source in lines(folder / f"{name}.jsonl.gz"):
            label = labels.get(source["id"])
            if label is None or (label["status"] == "followup" and source.get("lag_days", MAX_LAG_DAYS) < MAX_LAG_DAYS):
                continue
            try:
                article = decode_article(json.dumps(source).encode())
            except ArticleError:
                continue
            rows.append(row_of(reader.draft(article, reader.scan(article)), label, OWN_WEIGHT))
    return rows


def read_weak(reader: Reader, folder: Path) -> list[Row]:
    """Everyday news that the gate leaves alone, with the status that its desk suggests (sport, business, politics)."""
    rows = []
    for name, desks in WEAK_DESKS.items():
        for number, source in enumerate(lines(folder / f"{name}.jsonl.gz")):
            status = desks.get(source.get("category", ""))
            if status is None or number % WEAK_EVERY:
                continue
            try:
                article = decode_article(json.dumps(source).encode())
            except ArticleError:
                continue
            if reader.scan(article) is None:
                rows.append(row_of(reader.draft(article, None), {"status": status, "kinds": ()}, WEAK_WEIGHT))
    return rows


def read_prose(reader: Reader) -> list[Row]:
    """Rows of our own wording (scripts/reading_prose.toml): each headline of a topic with each of its leads.

    A third stand alone, a third are followed by a paragraph and the others have the length of a newspaper article.
    """
    prose = tomllib.loads((HERE / "reading_prose.toml").read_text(encoding="utf-8"))
    chance = random.Random(SEED)  # noqa: S311 - nobody needs to be kept from guessing these articles
    rows = []
    for topic in prose["topic"]:
        label = {"status": topic["status"], "kinds": topic.get("kinds", [])}
        pairs = [(title, lead) for title in topic["titles"] for lead in topic["leads"]]
        for number, (title, lead) in enumerate(pairs):
            rest = chance.sample(prose["rest"], (0, 1, 5)[number % 3])
            words = {
                "t": chance.choice(prose["towns"]),
                "c": chance.choice(prose["countries"]),
                "p": chance.choice(prose["people"]),
                "y": str(chance.randrange(1985, 2025)),
                "n": str(chance.randrange(4, 10)),
                "m": str(chance.randrange(11, 40)),
                "d": chance.choice(["Monday", "Tuesday", "Thursday", "Saturday"]),
            }
            source = {
                "id": f"prose-{len(rows)}",
                "title": title.format_map(words),
                "text": "\n\n".join([lead, *rest]).format_map(words),
                "published_at": "2026-03-12",
            }
            article = decode_article(json.dumps(source).encode())
            rows.append(row_of(reader.draft(article, reader.scan(article)), label, PROSE_WEIGHT))
    return rows


def matrix(rows: list[Row]) -> Any:
    """The rows' features as a sparse matrix, words scaled down."""
    columns = [feature for row in rows for feature in row.features]
    pointers = np.cumsum([0, *(len(row.features) for row in rows)])
    values = np.where(np.array(columns) >= WORDS_AT, WORD_SCALE, 1.0)
    return sp.csr_matrix((values, columns, pointers), shape=(len(rows), SIZE))


def fit(rows: list[Row], calibration: tuple[float, float, float] = (1.0, 0.0, 0.0)) -> Weights:
    """Weights learned from ``rows``."""
    x = matrix(rows)
    weights = np.array([row.weight for row in rows])
    status = np.array([row.status for row in rows])
    alert = status < ALERTS
    table = np.zeros((len(COLUMNS), SIZE))
    bias = np.full(len(COLUMNS), -9.0)
    learned = LogisticRegression(C=REGULARITY["status"], max_iter=250, tol=1e-3).fit(x, status, sample_weight=weights)
    table[learned.classes_] = learned.coef_
    bias[learned.classes_] = learned.intercept_
    for position in range(len(KINDS)):
        y = np.array([row.kinds[position] for row in rows])
        one = LogisticRegression(C=REGULARITY["kind"], max_iter=250, tol=1e-3).fit(
            x[alert], y[alert], sample_weight=weights[alert]
        )
        table[len(STATUSES) + position], bias[len(STATUSES) + position] = one.coef_[0], one.intercept_[0]
    one = LogisticRegression(C=REGULARITY["alert"], max_iter=250, tol=1e-3).fit(x, alert, sample_weight=weights)
    table[-1], bias[-1] = one.coef_[0], one.intercept_[0]
    table[:, WORDS_AT:] *= WORD_SCALE
    return pack(table.tolist(), bias.tolist(), calibration)


def calibrate(logits: list[tuple[float, float]], truth: list[bool]) -> tuple[float, float, float]:
    """Platt's slopes of both alert logits and the offset, from held-out articles."""
    learned = LogisticRegression(C=1e3).fit(np.array(logits), truth)
    return float(learned.coef_[0][0]), float(learned.coef_[0][1]), float(learned.intercept_[0])


def folds(count: int) -> Any:
    """The fold of each labelled item, the same at every run."""
    return np.random.RandomState(SEED).permutation(count) % FOLDS


def cross_validate(
    reader: Reader, items: list[Labelled], own: list[Row]
) -> tuple[list[Reading], tuple[float, float, float]]:
    """Readings of every item by a model that never saw it, and the calibration from their logits."""
    fold = folds(len(items))
    logits: list[tuple[float, float]] = [(0.0, 0.0)] * len(items)
    weights = {}
    for number in range(FOLDS):
        train = [item.row for item, its in zip(items, fold, strict=True) if its != number] + own
        weights[number] = fit(train)
        model = reader.with_weights(weights[number])
        for position in np.flatnonzero(fold == number):
            values = model.logits(items[position].draft)
            logits[position] = values[-1], alert_odds(values)
    truth = [item.row.status < ALERTS for item in items]
    calibration = calibrate(logits, truth)
    readings: list[Reading] = []
    # Each fold is calibrated on the others' logits.
    for number in range(FOLDS):
        others = [position for position in range(len(items)) if fold[position] != number]
        own_calibration = calibrate([logits[p] for p in others], [truth[p] for p in others])
        weights[number] = weights[number]._replace(calibration=own_calibration)
    readers = {number: reader.with_weights(weights[number]) for number in range(FOLDS)}
    for item, number in zip(items, fold, strict=True):
        one = readers[number]
        readings.append(one.settle(one.conclude(item.article, item.draft), None))
    return readings, calibration


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--weak", type=Path, required=True)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rules-only", action="store_true", help="measure the rules without the model")
    parser.add_argument("--misses", action="store_true", help="list what was decided wrongly, by id")
    options = parser.parse_args()
    reader = Reader(rules_only=True)
    items = read_labelled(reader, options.labelled)
    if options.rules_only:
        readings = [reader.settle(reader.conclude(item.article, item.draft), None) for item in items]
        show_scores([item.label for item in items], readings, misses=options.misses)
        return 0
    own = read_own(reader, options.weak) + read_prose(reader) + read_weak(reader, options.weak)
    print("labelled", len(items), "own", len(own), file=sys.stderr)
    readings, calibration = cross_validate(reader, items, own)
    if options.cross_validate:
        show_scores([item.label for item in items], readings, misses=options.misses)
    if options.write:
        weights = fit([item.row for item in items] + own, calibration)
        TARGET.write_bytes(weights.dump())
        print("wrote", TARGET, TARGET.stat().st_size, "bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
