"""Train the reading room's model, and measure it by cross-validation.

  python scripts/train_reading.py --labelled ARTICLES.jsonl --weak FOLDER --cross-validate
  python scripts/train_reading.py --labelled ARTICLES.jsonl --weak FOLDER --write

ARTICLES.jsonl lies beside ARTICLES.labels.jsonl (one label per line, by the codebook). FOLDER holds the files that
scripts/reading_labels.jsonl names: the project's own labels, made by reading, given by article id only. They and the
weak rules of reading_rows.py train; only the labelled articles measure. The same data and versions give the same bytes.

Needs scikit-learn, which the package itself does not.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from reading_rows import HERE, SEED, Labelled, Row, Titles, read_labelled, read_own, read_prose, read_weak
from reading_scores import show_scores
from sklearn.linear_model import LogisticRegression

from streams.model import Reading
from streams.reading import Reader
from streams.reading.features import SIZE, WORDS_AT
from streams.reading.model import COLUMNS, KINDS, STATUSES, Weights, alert_odds, pack

TARGET = HERE.parent / "streams" / "reading" / "data" / "model.bin"
FOLDS = 5
WORD_SCALE = 0.5
REGULARITY = {"status": 0.8, "alert": 0.5, "kind": 1.0}
ALERTS = 2


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
    measured = Titles([item.article.title for item in items])
    own = read_own(reader, options.weak, measured) + read_prose(reader) + read_weak(reader, options.weak)
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
