"""Measure the gate of triage: how many articles it opens for, and what it keeps from a full reading that alerts.

    measure_gate.py FILE...

FILE: articles as JSON Lines, gzipped or not. For each file: the share with a trigger anywhere and the share that the
gate opens for, alerts and attaching articles of the full reading, and those of them that the gate loses; what is lost
is listed.
"""

import argparse
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

from streams.incidents.sightings import ATTACHING
from streams.model import Article, ArticleError, decode_article
from streams.reading import Reader


def articles_of(path: Path) -> Iterator[Article]:
    """The articles of a file; lines that hold none are passed over."""
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        try:
            yield decode_article(line)
        except ArticleError:
            continue


def measure(reader: Reader, path: Path) -> None:
    """Print what the gate does to one file."""
    count = triggered = opened = 0
    kept = {"alerts": 0, "attaching": 0}
    lost: dict[str, list[str]] = {"alerts": [], "attaching": []}
    for article in articles_of(path):
        count += 1
        signal = reader.scan(article)
        if signal is None:
            continue
        heeded = reader.heed(article) is not None
        triggered += 1
        opened += heeded
        reading = reader.read(article, signal)
        if reading.alertable or reading.status in ATTACHING:
            group = "alerts" if reading.alertable else "attaching"
            kept[group] += heeded
            if not heeded:
                lost[group].append(f"{article.id} {reading.status} {reading.reason} {reading.confidence}")
    share = max(1, count)
    shares = f"{triggered / share:.3f} with a trigger, {opened / share:.3f} open"
    figures = ", ".join(f"{name} kept {kept[name]}, lost {len(lost[name])}" for name in kept)
    print(f"{path.name}: {count} articles, {shares}; {figures}")
    for group, entries in lost.items():
        for entry in entries:
            print(f"  lost of {group}: {entry}")


def main() -> int:
    """Measure the files of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="+", type=Path)
    reader = Reader()
    for path in parser.parse_args().file:
        measure(reader, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
