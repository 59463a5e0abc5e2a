"""Learn what the incidents room matches by: how common words are, and the weights of the match score.

    train_incidents.py words FILE...    counts words, writes streams/incidents/data/words.tsv
    train_incidents.py match FILE...    learns the weights, writes streams/incidents/data/match.toml
    train_incidents.py check FILE...    two-fold cross-validation by incident, writes nothing

Files are JSON Lines (.gz or plain) of articles in the input form with ``incident_id`` (for ``words`` optional). The
articles are read and placed by the rooms as they are, so learn anew when these have changed much.

Learning: articles are played in event time. For each, every candidate incident gives a pair of features and whether
it is the right one; a second pass plays the learned score's own decisions, so that it learns to live with its
mistakes (Ross et al., "A reduction of imitation learning and structured prediction to no-regret online learning",
2011). The score is an L2-regularised logistic regression, fitted by Newton's method. Needs numpy.
"""

import collections
import gzip
import hashlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from streams.analysis import Analyst
from streams.incidents import Book, Policy, sight
from streams.incidents.look import Told
from streams.incidents.match import BRIEF, weigh
from streams.incidents.scale import NAMES, Scale, Weights
from streams.incidents.sketch import words
from streams.incidents.tokens import MAX_WEIGHT
from streams.model import Sighting, decode_article
from streams.replay import DEFAULT_KIND, in_order

DATA = Path(__file__).parent.parent / "streams" / "incidents" / "data"
KEPT_FROM = 6
"""Words of fewer incidents than this stay out of the table: they are rare, and may be names."""
RIDGE = 3.0
BASIS = Scale.of(list(np.eye(len(NAMES))))
"""Weights that are unit vectors: by them a pair weighs the vector of its features."""

Labelled = list[tuple[str, Sighting | None]]
"""Sightings in event time with their true incident; None for an article without a place."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def count_words(paths: list[Path]) -> None:
    """Count in how many incidents (or articles without one) each word stands, per file, and keep its highest share."""
    share: dict[str, float] = {}
    for path in paths:
        seen: dict[str, set[str]] = collections.defaultdict(set)
        groups = set()
        for row in rows(path):
            group = str(row.get("incident_id") or row["id"])
            groups.add(group)
            for word in set(words(f"{row.get('title') or ''} {(row.get('text') or '')[:3500]}")):
                seen[word].add(group)
        for word, where in seen.items():
            if len(where) >= KEPT_FROM and len(groups) > 1:
                share[word] = max(share.get(word, 0.0), len(where) / len(groups))
    weights = {word: min(MAX_WEIGHT / 10, -math.log(part)) for word, part in share.items()}
    kept = sorted(word for word, value in weights.items() if value < MAX_WEIGHT / 10 - 0.05 and not word.isdigit())
    head = "# Word and how rare it is (natural logarithm); counted by scripts/train_incidents.py words\n"
    body = "".join(f"{word}\t{weights[word]:.1f}\n" for word in kept)
    (DATA / "words.tsv").write_text(head + body, encoding="utf-8")
    print(f"{len(kept)} words")


def labelled(path: Path) -> Labelled:
    """The sightings of a file, every article with a place giving one."""
    analyst = Analyst()
    truth, articles = {}, []
    for row in rows(path):
        known = {key: row.get(key) for key in ("id", "title", "text", "published_at", "source", "url")}
        article = decode_article(json.dumps(known).encode())
        truth[article.id] = str(row["incident_id"])
        articles.append(article)
    found: Labelled = []
    for article in in_order(articles):
        analysed = analyst.analyze(article)
        made = sight(article, analysed.reading, analysed.placing, default_kind=DEFAULT_KIND)
        found.append((truth[article.id], made[0] if made else None))
    return found


class Pairs:
    """Feature rows with their labels, and whether the sighting was a bare headline."""

    def __init__(self) -> None:
        self.values: list[np.ndarray] = []
        self.labels: list[float] = []
        self.brief: list[bool] = []

    def play(self, data: Labelled, policy: Policy, weights: Weights | None) -> None:
        """Add the pairs met when ``data`` is played; by the truth, or where ``weights`` are given by their score."""
        book = Book(policy, weights=weights)
        members: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        home: dict[str, str] = {}
        for truth, sighting in data:
            if sighting is None:
                continue
            told = Told(sighting)
            pairs, crowd = book.pairs(told)
            for pair in pairs:
                votes = members[pair.known.incident.id]
                self.values.append(weigh(pair, crowd, BASIS))
                self.labels.append(float(votes.most_common(1)[0][0] == truth))
                self.brief.append(len(told.weights) < BRIEF)
            own = weights is not None
            decision = book.decide(sighting) if own else book.decide_into(sighting, home.get(truth))
            book.apply(decision)
            members[decision.incident_id][truth] += 1
            home.setdefault(truth, decision.incident_id)


def fit(pairs: Pairs) -> Weights:
    """The weights over ``pairs``: of headlines by themselves, and of articles with a body by themselves."""
    x, y, brief = np.array(pairs.values), np.array(pairs.labels), np.array(pairs.brief)
    full_weights, brief_weights = regress(x[~brief], y[~brief]), regress(x[brief], y[brief])
    return Weights(Scale.of(full_weights.tolist()), Scale.of(brief_weights.tolist()))


def regress(x: "np.ndarray", y: "np.ndarray") -> "np.ndarray":
    """The weights of a logistic regression."""
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - chance) - RIDGE * weights
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x + RIDGE * np.eye(x.shape[1])
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def learn(sets: list[Labelled], policy: Policy) -> Weights:
    """The weights over all sets: by the truth first, then with the pairs of its own decisions."""
    pairs = Pairs()
    for data in sets:
        pairs.play(data, policy, None)
    first = fit(pairs)
    for data in sets:
        pairs.play(data, policy, first)
    return fit(pairs)


def write(weights: Weights) -> None:
    """Ship the weights."""
    text = "# The weights of the match score; learned by scripts/train_incidents.py match\n"
    for form, scale in weights._asdict().items():
        values = scale.values()
        text += f"\n[{form}]\n" + "".join(f"{name} = {value:.3f}\n" for name, value in zip(NAMES, values, strict=True))
    (DATA / "match.toml").write_text(text, encoding="utf-8")


def half(truth: str) -> int:
    """Which fold an incident is in."""
    return hashlib.sha256(truth.encode()).digest()[0] % 2


def figures(data: Labelled, policy: Policy, weights: Weights | None) -> dict[str, float]:
    """B-cubed and pairwise precision, recall and F1 of a replay of ``data``; articles without a place stand alone."""
    book = Book(policy, weights=weights)
    said = []
    for number, (truth, sighting) in enumerate(data):
        if sighting is None:
            said.append((truth, f"alone:{number}"))
            continue
        decision = book.decide(sighting)
        book.apply(decision)
        said.append((truth, decision.incident_id))
    joint, gold, mine = (collections.Counter(one) for one in (said, [t for t, _ in said], [m for _, m in said]))
    precision = sum(joint[pair] / mine[pair[1]] for pair in said) / len(said)
    recall = sum(joint[pair] / gold[pair[0]] for pair in said) / len(said)
    both, ours, theirs = (sum(n * (n - 1) / 2 for n in one.values()) for one in (joint, mine, gold))
    return {
        "b3_p": precision,
        "b3_r": recall,
        "b3_f1": 2 * precision * recall / (precision + recall),
        "pair_p": both / ours if ours else 0.0,
        "pair_r": both / theirs if theirs else 0.0,
    }


def show(label: str, found: dict[str, float]) -> None:
    """Print one line of figures."""
    print(label, " ".join(f"{name} {value:.3f}" for name, value in found.items()), flush=True)


def check(paths: list[Path], sets: list[Labelled], policy: Policy) -> None:
    """Cross-validate: learn on one half of the incidents, replay the other."""
    for fold in (0, 1):
        weights = learn([[one for one in data if half(one[0]) != fold] for data in sets], policy)
        for path, data in zip(paths, sets, strict=True):
            for bar in (0.3, 0.4, 0.5):
                held = [one for one in data if half(one[0]) == fold]
                barred = msgspec.structs.replace(policy, match_threshold=bar)
                show(f"{path.name} fold {fold} threshold {bar}", figures(held, barred, weights))


def main(argv: list[str]) -> int:
    """Run one of the verbs."""
    if len(argv) < 2 or argv[0] not in ("words", "match", "check"):
        print(__doc__, file=sys.stderr)
        return 2
    paths = [Path(name) for name in argv[1:]]
    if argv[0] == "words":
        count_words(paths)
        return 0
    policy = Policy.load()
    sets = [labelled(path) for path in paths]
    if argv[0] == "check":
        check(paths, sets, policy)
        return 0
    weights = learn(sets, policy)
    write(weights)
    for path, data in zip(paths, sets, strict=True):
        for bar in (0.3, 0.35, 0.4, 0.45, 0.5):
            barred = msgspec.structs.replace(policy, match_threshold=bar)
            show(f"{path.name} (learned on) threshold {bar}", figures(data, barred, weights))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
