"""Learn which names of places are mostly plain words: scripts/gazetteer/words.tsv, which build_gazetteer.py reads.

    python scripts/learn_words.py DATA_FOLDER

Counts, over all articles of the folder that use capital letters as sentences do, how often each one-word name stands
in lower case and how often capitalised inside a sentence. Only the name and the grade from 1 to 7 are kept.
"""

import argparse
import collections
import gzip
import json
import re
from pathlib import Path

from streams.places.gazetteer import Gazetteer
from streams.places.mentions import Case, case_of

LOWER = re.compile(r"\b[a-z]{2,}\b")
INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
GRADES = ((0.99, 7), (0.95, 6), (0.8, 5), (0.5, 4), (0.2, 3), (0.05, 2), (0.0, 1))


def main() -> None:
    """Count, grade and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "gazetteer/words.tsv")
    args = parser.parse_args()
    keys = Gazetteer().keys
    lower: collections.Counter[str] = collections.Counter()
    upper: collections.Counter[str] = collections.Counter()
    for path in sorted(args.folder.glob("*.jsonl*")):
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                for text in (row.get("title") or "", row.get("text") or ""):
                    if case_of(text) != Case.SENTENCE:
                        continue
                    lower.update(word for word in LOWER.findall(text) if word in keys)
                    upper.update(word.lower() for word in INSIDE.findall(text) if word.lower() in keys)
    with args.out.open("w", encoding="utf-8") as out:
        for word in sorted(lower):
            if lower[word] >= 2:
                share = lower[word] / (lower[word] + upper[word])
                print(word, next(grade for least, grade in GRADES if share >= least), sep="\t", file=out)


if __name__ == "__main__":
    main()
