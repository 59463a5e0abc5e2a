"""Model: the learned second opinion: linear, over the features of a draft, in one sum of whole numbers.

Each feature has one small weight per column (status, kind, alert). The weights of a feature are packed side by side
into one Python integer, 24 bits a column and 128 above their value so that none is negative: adding integers then adds
all columns at once, and a score takes microseconds without any numeric library.
"""

import json
import zlib
from collections.abc import Sequence
from importlib.resources import files
from math import exp, log
from typing import Final, NamedTuple

from streams.model import Kind, Status
from streams.reading.draft import Draft
from streams.reading.features import SIZE, ZONES, facts, tag_masks, words
from streams.reading.tags import NAMES

STATUSES: Final = tuple(Status)
_ALERT: Final = tuple(column for column, status in enumerate(STATUSES) if status.is_alert)
_CALM: Final = tuple(column for column, status in enumerate(STATUSES) if not status.is_alert)
KINDS: Final = tuple(Kind)
COLUMNS: Final = (*(status.value for status in STATUSES), *(kind.value for kind in KINDS), "alert")
_WIDTH: Final = 3
_MIDDLE: Final = 128
_TAGS: Final = len(NAMES)
_FIELD: Final = (1 << (8 * _WIDTH)) - 1


class ModelError(ValueError):
    """Weights that do not fit this code: they must be trained anew (scripts/train_reading.py)."""


class Opinion(NamedTuple):
    """Probabilities: of being alertable (calibrated), of each status, and of each kind should it be an alert."""

    alert: float
    statuses: tuple[float, ...]
    kinds: tuple[float, ...]


class Weights(NamedTuple):
    """``table`` has a byte for each feature and column (128 is nil), ``scale`` its unit and ``bias`` by column.

    ``calibration`` has the slopes of two logits (that of the alert column, and that of the share of current and
    all-clear among the statuses, so that the two heads cannot contradict each other) and the offset (Platt).
    """

    table: bytes
    scale: tuple[float, ...]
    bias: tuple[float, ...]
    calibration: tuple[float, float, float]

    def dump(self) -> bytes:
        """The file form: a line of JSON, then the packed table."""
        head = {
            "features": SIZE,
            "columns": list(COLUMNS),
            "scale": self.scale,
            "bias": self.bias,
            "calibration": self.calibration,
        }
        return json.dumps(head).encode() + b"\n" + zlib.compress(self.table, 9)


def load_weights(source: bytes | None = None) -> Weights:
    """The shipped weights, or those in ``source``.

    Raises:
        ModelError: they were trained for other features or columns.
    """
    data = source if source is not None else (files("streams.reading") / "data" / "model.bin").read_bytes()
    line, _, packed = data.partition(b"\n")
    head = json.loads(line)
    table = zlib.decompress(packed)
    if head["features"] != SIZE or tuple(head["columns"]) != COLUMNS or len(table) != SIZE * len(COLUMNS):
        raise ModelError("the weights fit other features: run scripts/train_reading.py --write")
    slope, shared, offset = head["calibration"]
    return Weights(table, tuple(head["scale"]), tuple(head["bias"]), (slope, shared, offset))


class Model:
    """Scores drafts."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        stride = len(COLUMNS) * _WIDTH
        wide = bytearray(len(weights.table) * _WIDTH)
        wide[::_WIDTH] = weights.table
        self._rows = [int.from_bytes(wide[at : at + stride], "little") for at in range(0, len(wide), stride)]
        # By the bit of the tag, for each zone: an article has some ten of four hundred.
        self._tag_rows = [{1 << tag: self._rows[zone * _TAGS + tag] for tag in range(_TAGS)} for zone in range(ZONES)]

    def opinion(self, draft: Draft) -> Opinion:
        """What the model makes of ``draft``."""
        values = self.logits(draft)
        kinds_at = len(STATUSES)
        slope, shared, offset = self._weights.calibration
        top = max(values[:kinds_at])
        weights = [exp(value - top) for value in values[:kinds_at]]
        total = sum(weights)
        both = _sigmoid(slope * values[-1] + shared * alert_odds(values) + offset)
        return Opinion(
            alert=both,
            statuses=tuple(weight / total for weight in weights),
            kinds=tuple(_sigmoid(value) for value in values[kinds_at:-1]),
        )

    def logits(self, draft: Draft) -> list[float]:
        """The raw score of each column."""
        features = [*facts(draft), *words(draft)]
        rows = self._rows
        total = sum(map(rows.__getitem__, features))
        count = len(features)
        for of_tag, bits in zip(self._tag_rows, tag_masks(draft), strict=True):
            count += bits.bit_count()
            left = bits
            while left:
                lowest = left & -left
                total += of_tag[lowest]
                left ^= lowest
        return self._unpack(total, count)

    def weight(self, feature: int, column: int) -> float:
        """The weight of one feature in one column, for explanations."""
        return (self._weights.table[feature * len(COLUMNS) + column] - _MIDDLE) * self._weights.scale[column]

    def _unpack(self, total: int, count: int) -> list[float]:
        nil = _MIDDLE * count
        scale, bias = self._weights.scale, self._weights.bias
        values = []
        for column in range(len(COLUMNS)):
            values.append(((total & _FIELD) - nil) * scale[column] + bias[column])
            total >>= 8 * _WIDTH
        return values


def alert_odds(values: Sequence[float]) -> float:
    """The logit of current and all-clear together among the statuses, from the raw scores of all columns."""
    return _log_sum([values[column] for column in _ALERT]) - _log_sum([values[column] for column in _CALM])


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + log(sum([exp(value - top) for value in values]))


def pack(columns: Sequence[Sequence[float]], bias: Sequence[float], calibration: tuple[float, float, float]) -> Weights:
    """Round real weights, one sequence of :data:`SIZE` values per column, to bytes."""
    scales = [max(1e-9, *map(abs, column)) / 127 for column in columns]
    table = bytearray([_MIDDLE]) * (SIZE * len(columns))
    for position, (column, scale) in enumerate(zip(columns, scales, strict=True)):
        table[position :: len(columns)] = bytes(_MIDDLE + round(value / scale) for value in column)
    return Weights(bytes(table), tuple(scales), tuple(bias), calibration)


def _sigmoid(value: float) -> float:
    if value < -60:
        return 0.0
    return 1 / (1 + exp(-min(value, 60)))
