"""Twins of the hard cases of place, kept as data, and how many of each family the locator gets right."""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from streams.model import Article, Placing, Span
from streams.places import Locator

FOLDER = Path(__file__).parent / "families"
_EVENT = re.compile(
    r"[^.!?\n]*\b(?:shot|shots|shooting|gunman|gunmen|bombs?|bomber|attack\w*|stabb\w+|blasts?|explo\w+|grenade|alert|hit|hostages?"
    r"|threat|gunfire|lorry|killed|stormed|demoliti\w+)\b[^\n.!?]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Case:
    """One article of our own, and what must be concluded of its place; ``place`` is empty where none can be told."""

    family: str
    title: str
    text: str
    place: str
    source: str = ""
    country: str = ""
    admin1: str = ""
    precision: str = ""
    detail: str = ""
    absent: tuple[str, ...] = ()
    several: tuple[str, ...] = ()

    @property
    def article(self) -> Article:
        return Article(id="case", title=self.title, text=self.text, source=self.source)

    def anchors(self) -> tuple[Span, ...]:
        """What the reading room would point at: the headline, and the sentences that tell of an event."""
        found = [Span(where="text", start=m.start(), end=m.end(), weight=0.8) for m in _EVENT.finditer(self.text)]
        return (Span(where="title", start=0, end=len(self.title)), *found)


@dataclass(frozen=True)
class Score:
    """Precision and recall of the event's place in one family."""

    right: int
    said: int
    wanted: int
    faults: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def cases() -> list[Case]:
    """All cases of all files."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            lists = {name: tuple(row.pop(name, ())) for name in ("absent", "several")}
            found.append(Case(**row, **lists))
    return found


def fault(case: Case, placing: Placing) -> str | None:
    """What is wrong with the placing of a case; None where nothing is."""
    place = placing.place
    if not case.place or place is None:
        told = "" if place is None else place.name
        return None if told == case.place else f"placed in {told or 'nothing'} ({placing.reason})"
    said = {
        "name": place.name,
        "country": place.country_code,
        "admin1": case.admin1 and place.admin1,
        "precision": case.precision and place.precision.value,
        "detail": case.detail and place.detail,
        "several": {other.name for other in placing.others},
        "taken for places": {t.text for t in placing.toponyms} & set(case.absent),
    }
    wanted = {
        "name": case.place,
        "country": case.country,
        "admin1": case.admin1,
        "precision": case.precision,
        "detail": case.detail,
        "several": set(case.several),
        "taken for places": set(),
    }
    wrong = [f"{what} {said[what]!r}" for what in said if said[what] != wanted[what]]
    return ", ".join(wrong) or None


def scores(locator: Locator) -> dict[str, Score]:
    """Each family's score."""
    faults: dict[str, list[str]] = defaultdict(list)
    right: dict[str, int] = defaultdict(int)
    said: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    for case in cases():
        placing = locator.locate(case.article, case.anchors())
        said[case.family] += placing.place is not None
        wanted[case.family] += bool(case.place)
        if wrong := fault(case, placing):
            faults[case.family].append(f"{case.title} | {case.text[:60]}: {wrong}")
        else:
            right[case.family] += bool(case.place)
    return {
        family: Score(right[family], said[family], wanted[family], tuple(faults[family])) for family in sorted(wanted)
    }


if __name__ == "__main__":
    for family, score in scores(Locator()).items():
        print(f"{family:18} precision {score.precision:.2f} recall {score.recall:.2f}", *score.faults, sep="\n    ")
