"""Learn what the incidents room matches by: how common words are, and the weights of the match score.

    train_incidents.py words FILE...      writes streams/incidents/data/words.tsv

Files are JSON Lines (.gz or plain) with ``title``, ``text`` and, where known, ``incident_id``.
"""

import collections
import gzip
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams.incidents.sketch import words
from streams.incidents.tokens import MAX_WEIGHT

DATA = Path(__file__).parent.parent / "streams" / "incidents" / "data"
KEPT_FROM = 6
"""Words of fewer incidents than this stay out of the table: they are rare, and may be names."""


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
    weights = {word: min(MAX_WEIGHT, -math.log(part)) for word, part in share.items()}
    kept = sorted(word for word, value in weights.items() if value < MAX_WEIGHT - 0.05 and not word.isdigit())
    head = "# Word and how rare it is (natural logarithm); counted by scripts/train_incidents.py words\n"
    body = "".join(f"{word}\t{weights[word]:.1f}\n" for word in kept)
    (DATA / "words.tsv").write_text(head + body, encoding="utf-8")
    print(f"{len(kept)} words")


def main(argv: list[str]) -> int:
    """Run one of the verbs."""
    if len(argv) < 2 or argv[0] != "words":
        print(__doc__, file=sys.stderr)
        return 2
    count_words([Path(name) for name in argv[1:]])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
