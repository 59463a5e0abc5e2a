"""Figures of a set of readings against their labels, as the codebook's scorer counts them, with a calibration curve."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from streams.model import Kind, Reading, Severity

BINS = (0.1, 0.25, 0.5, 0.75, 0.9)


def prf(right: int, wrong: int, missed: int) -> str:
    """Precision, recall and F1."""
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{precision:.3f} {recall:.3f} {f1:.3f}"


def show_scores(labels: Sequence[dict[str, Any]], readings: Sequence[Reading], *, misses: bool = False) -> None:
    """Print one ``name value`` row per figure."""
    tally: Counter[str] = Counter()
    for label, reading in zip(labels, readings, strict=True):
        gold = bool(label["kinds"]) and label["status"] in ("current", "all_clear")
        said = reading.alertable
        tally["right" if gold and said else "wrong" if said else "missed" if gold else "calm"] += 1
        if said and not gold:
            tally["page"] += reading.severity in (Severity.SEVERE, Severity.EXTREME)
            tally[f"false_{label['status']}"] += 1
        for kind in Kind:
            has, told = gold and kind in label["kinds"], said and kind in reading.kinds
            tally[f"{kind} {'right' if has and told else 'wrong' if told else 'missed' if has else ''}"] += 1
        tally["status"] += reading.status == label["status"]
        if gold and label["status"] == "all_clear":
            tally["clear"] += 1
            tally["clear_right"] += reading.status == "all_clear"
        if gold and said and label.get("severity") and reading.severity:
            gap = abs(Severity(label["severity"]).rank - reading.severity.rank)
            tally["severity"] += 1
            tally["severity_same"] += gap == 0
            tally["severity_near"] += gap <= 1
        for field in ("killed", "injured"):
            if gold and label.get(field) is not None:
                tally[field] += 1
                tally[f"{field}_right"] += getattr(reading.casualties, field) == label[field]
        if misses and gold != said:
            print("MISS", label["id"], label["status"], reading.status, reading.reason, reading.confidence)
    _print(tally, len(labels))
    _curve(labels, readings)


def _print(tally: Counter[str], count: int) -> None:
    print("alertable_precision_recall_f1", prf(tally["right"], tally["wrong"], tally["missed"]))
    for kind in Kind:
        print(f"{kind}_precision_recall_f1", prf(*(tally[f"{kind} {word}"] for word in ("right", "wrong", "missed"))))
    total = [sum(tally[f"{kind} {word}"] for kind in Kind) for word in ("right", "wrong", "missed")]
    print("kinds_micro_precision_recall_f1", prf(*total))
    print("false_alarms", tally["wrong"], "of", tally["wrong"] + tally["calm"])
    print("false_pages_severe_or_extreme", tally["page"])
    for name, part, whole in (
        ("status_accuracy", tally["status"], count),
        ("all_clear_recall", tally["clear_right"], tally["clear"]),
        ("severity_same", tally["severity_same"], tally["severity"]),
        ("severity_within_one", tally["severity_near"], tally["severity"]),
        ("killed_exact", tally["killed_right"], tally["killed"]),
        ("injured_exact", tally["injured_right"], tally["injured"]),
    ):
        print(name, f"{part / max(1, whole):.3f}", "of", whole)
    for name in sorted(key for key in tally if key.startswith("false_")):
        print(name, tally[name])


def _curve(labels: Sequence[dict[str, Any]], readings: Sequence[Reading]) -> None:
    """The calibration curve: for each band of confidence, the mean told and the share that was alertable."""
    bands: dict[int, list[tuple[float, bool]]] = {}
    for label, reading in zip(labels, readings, strict=True):
        band = sum(reading.confidence >= edge for edge in BINS)
        bands.setdefault(band, []).append((reading.confidence, label["status"] in ("current", "all_clear")))
    for band in sorted(bands):
        told, true = zip(*bands[band], strict=True)
        print(
            f"calibration_band_{band} told {sum(told) / len(told):.3f} true {sum(true) / len(true):.3f} of {len(told)}"
        )
