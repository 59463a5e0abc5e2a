"""Rows: the articles that train and measure the reading room's model, drafted and turned into features."""

import gzip
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from streams.model import Article, ArticleError, decode_article
from streams.reading import Reader
from streams.reading.draft import Draft
from streams.reading.features import facts, tag_masks, words
from streams.reading.model import KINDS, STATUSES
from streams.reading.tags import NAMES

HERE = Path(__file__).resolve().parent
PROSE_WEIGHT = 0.35
OWN_WEIGHT = 0.5
NEAR = 0.5
"""Share of words in common from which two headlines are of one article."""
_WORD = re.compile(r"\w+")
SEED = 20160718
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


class Row(NamedTuple):
    """One training item: the numbers of its features, its status and kinds, and its weight."""

    features: list[int]
    status: int
    kinds: tuple[bool, ...]
    weight: float


class Titles:
    """Headlines of the articles that measure, so that nothing that resembles one is trained on."""

    def __init__(self, titles: list[str]) -> None:
        self._known = [frozenset(_WORD.findall(title.lower())) for title in titles]
        self._by_word: dict[str, list[int]] = {}
        for number, known in enumerate(self._known):
            for word in known:
                self._by_word.setdefault(word, []).append(number)

    def resemble(self, title: str) -> bool:
        """True when one of them shares :data:`NEAR` of its words with ``title``."""
        own = frozenset(_WORD.findall(title.lower()))
        shared = Counter(number for word in own for number in self._by_word.get(word, ()))
        return any(count >= NEAR * len(own | self._known[number]) for number, count in shared.most_common(5))


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
    kinds = tuple(kind in label["kinds"] for kind in KINDS)
    return Row(features_of(draft), statuses.index(label["status"]), kinds, weight)


def drafts(reader: Reader, path: Path) -> Iterator[tuple[dict[str, Any], Article, Draft]]:
    """The valid articles of a JSON Lines file, each with its source and its draft."""
    for source in lines(path):
        try:
            article = decode_article(json.dumps(source).encode())
        except ArticleError:
            continue
        yield source, article, reader.draft(article, reader.scan(article))


def read_labelled(reader: Reader, path: Path) -> list[Labelled]:
    """The labelled articles that are valid, drafted."""
    labels = {label["id"]: label for label in lines(path.with_name(path.name.replace(".jsonl", ".labels.jsonl")))}
    items = []
    for _, article, draft in drafts(reader, path):
        label = labels[article.id]
        items.append(Labelled(article, draft, row_of(draft, label, 1.0), label))
    return items


def read_own(reader: Reader, folder: Path, measured: Titles) -> list[Row]:
    """The rows that the project labelled by itself, but those with a headline that is ``measured``.

    Follow-ups within days of the event are left out: whether the arrest on the third day is crime or follow-up is where
    readers differ most.
    """
    wanted: dict[str, dict[str, dict[str, Any]]] = {}
    for label in lines(HERE / "reading_labels.jsonl"):
        wanted.setdefault(label["set"], {})[label["id"]] = label
    rows = []
    for name, labels in sorted(wanted.items()):
        for source in lines(folder / f"{name}.jsonl.gz"):
            label = labels.get(source["id"])
            lag_days = source.get("lag_days")
            recent = lag_days is not None and lag_days < MAX_LAG_DAYS
            if label is None or (label["status"] == "followup" and recent):
                continue
            try:
                article = decode_article(json.dumps(source).encode())
            except ArticleError:
                continue
            if measured.resemble(article.title):
                continue
            draft = reader.draft(article, reader.scan(article))
            rows.append(row_of(draft, label, OWN_WEIGHT))
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
