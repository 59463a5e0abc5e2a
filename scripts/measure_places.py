"""Answer articles with the locator alone, in the form of `tocsin analyze`, for the scorer.

    python scripts/measure_places.py ARTICLES.jsonl[.gz] [--anchors none|words|reader] > ANSWERS.jsonl

``words`` takes the headline and the sentences with a violent word for anchors; ``reader`` asks the reading room.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from streams.model import Article, Span
from streams.places import Locator
from streams.reading import Reader

VIOLENT = re.compile(
    r"[^.!?\n]*\b(?:shot|shoot\w*|gunfire|gunm[ae]n|gunshots?|fired|killed|wounded|injured|attack\w*|bomb\w*|explo\w+|hostage\w*"
    r"|lockdown|stabb\w+|dead|died|opened fire|terror\w*)\b[^.!?\n]*",
    re.IGNORECASE,
)


def stand_in_anchors(article: Article) -> tuple[Span, ...]:
    """The headline, and sentences with a violent word, the first ones weighing most."""
    spans = [Span(where="title", start=0, end=len(article.title))] if article.title else []
    for number, found in enumerate(VIOLENT.finditer(article.text[:20_000])):
        spans.append(Span(where="text", start=found.start(), end=found.end(), weight=1 / (1 + 0.3 * number)))
        if number > 12:
            break
    return tuple(spans)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file, compressed or not."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def as_article(row: dict[str, Any]) -> Article:
    """The fields that the locator looks at."""
    return Article(
        id=row["id"],
        title=row.get("title") or "",
        text=row.get("text") or "",
        source=row.get("source") or "",
        url=row.get("url") or "",
    )


def answer(locator: Locator, article: Article, anchors: tuple[Span, ...] | None = None) -> dict[str, Any]:
    """What the locator says of an article, as a line for the scorer."""
    placing = locator.locate(article, stand_in_anchors(article) if anchors is None else anchors)
    return {
        "id": article.id,
        "alertable": True,
        "place": placing.place,
        "others": placing.others,
        "reason": placing.reason,
        "toponyms": placing.toponyms,
    }


def main() -> None:
    """Answer a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--anchors", choices=("none", "words", "reader"), default="words")
    args = parser.parse_args()
    locator = Locator()
    reader: Any = None
    if args.anchors == "reader":
        reader = Reader()
    spent = 0.0
    count = 0
    for row in read_rows(args.file):
        article = as_article(row)
        if reader is not None:
            anchors = reader.read(article, reader.scan(article)).anchors
        else:
            anchors = stand_in_anchors(article) if args.anchors == "words" else ()
        begun = time.perf_counter()
        said = answer(locator, article, anchors)
        spent += time.perf_counter() - begun
        count += 1
        sys.stdout.write(msgspec.json.encode(said).decode() + "\n")
    print(f"{count} articles, {1e6 * spent / max(1, count):.0f} µs each", file=sys.stderr)


if __name__ == "__main__":
    main()
