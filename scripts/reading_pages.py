"""Count what everyday headlines would page, before and after taking out those that report real attacks.

  python scripts/reading_pages.py --news FOLDER [--labels ARTICLES.labels.jsonl] [--list]

FOLDER holds the headline files of :data:`SETS`. A headline that pages reports a real attack when someone who read it
said so: by scripts/reading_labels.jsonl (the project's own reading) or by the labels file. Attacks on soldiers and
police by bombs and ambushes, which the codebook calls conflict, are counted apart. The ids of the real ones stand in
scripts/reading_real_attacks.txt; ``--list`` prints them anew, and the doubtful and the unread ones.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from streams.model import Article, ArticleError, Severity, decode_article
from streams.reading import Reader

HERE = Path(__file__).resolve().parent
SETS = ("headlines_agnews", "headlines_clickbait", "stories_uci_headlines")
PAGES = (Severity.SEVERE, Severity.EXTREME)
REAL = ("current", "all_clear")


def articles(path: Path) -> Iterator[Article]:
    """The valid articles of a compressed JSON Lines file."""
    for line in gzip.decompress(path.read_bytes()).split(b"\n"):
        try:
            yield decode_article(line)
        except ArticleError:
            continue


def read_statuses(labels: Path | None) -> dict[str, str]:
    """The status of every item that was read, by id."""
    files = [HERE / "reading_labels.jsonl", *([labels] if labels else [])]
    rows = (json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["status"] for row in rows}


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    statuses = read_statuses(options.labels)
    reader = Reader()
    for name in SETS:
        tally: Counter[str] = Counter()
        for article in articles(options.news / f"{name}.jsonl.gz"):
            tally["items"] += 1
            signal = reader.scan(article)
            if signal is None:
                continue
            reading = reader.settle(reader.read(article, signal), None)
            if not reading.alertable or reading.severity not in PAGES:
                continue
            status = statuses.get(article.id, "unread")
            kind = "real" if status in REAL else "forces" if status == "conflict" else "doubtful"
            tally[kind] += 1
            if options.list:
                print(kind, status, name, article.id)
        per = 1e4 / max(1, tally["items"])
        print(
            f"{name} items {tally['items']} pages {sum(tally.values()) - tally['items']}",
            f"real_attacks {tally['real']} attacks_on_forces {tally['forces']} doubtful {tally['doubtful']}",
            f"doubtful_per_10000 {tally['doubtful'] * per:.1f}",
            f"with_attacks_on_forces {(tally['doubtful'] + tally['forces']) * per:.1f}",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
