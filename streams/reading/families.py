"""Families: twin cases that differ only in what matters, and how well a reader tells the two sides apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from streams.model import Article, Reading
from streams.reading.reader import Reader

PUBLISHED: Final = datetime(2022, 3, 16, 12, 0, tzinfo=UTC)
"""When every twin case is taken to be published."""


class Case(NamedTuple):
    """One case: on the ``yes`` side ``field`` must have ``value``, on the other it must not."""

    family: str
    yes: bool
    title: str
    text: str
    field: str
    value: Any


class FamilyScore(NamedTuple):
    """How a family was read. ``missed`` are yes cases without the value, ``wrong`` no cases that have it."""

    name: str
    right: int
    missed: tuple[Case, ...]
    wrong: tuple[Case, ...]
    calm: int

    @property
    def precision(self) -> float:
        """Of all that were given the value, the share that should be; 1 when none was."""
        said = self.right + len(self.wrong)
        return self.right / said if said else 1.0

    @property
    def recall(self) -> float:
        """Of all that should have the value, the share that has it."""
        return self.right / (self.right + len(self.missed))


def cases(tables: Iterable[Mapping[str, Any]]) -> Iterator[Case]:
    """The cases of decoded family files: ``[[family]]`` tables with name, field, value, yes and no.

    ``rest``, where a family has one, follows the text of each of its cases, as the rest of an article would.
    """
    for table in tables:
        for family in table["family"]:
            rest = "\n\n" + family["rest"] if "rest" in family else ""
            for side in ("yes", "no"):
                for title, text, *own in family[side]:
                    value = own[0] if own else family["value"]
                    yield Case(family["name"], side == "yes", title, text + rest, family["field"], value)


def score_families(reader: Reader, every: Iterable[Case]) -> list[FamilyScore]:
    """Read all cases and tell, family by family in order, how many were read as they should be."""
    families: dict[str, list[tuple[Case, bool]]] = {}
    for case in every:
        article = Article(id="case", title=case.title, text=case.text, published_at=PUBLISHED)
        reading = reader.settle(reader.read(article, reader.scan(article)), None)
        families.setdefault(case.family, []).append((case, _field(reading, case.field) == case.value))
    return [_score(name, results) for name, results in families.items()]


def _score(name: str, results: Sequence[tuple[Case, bool]]) -> FamilyScore:
    return FamilyScore(
        name=name,
        right=sum(case.yes and said for case, said in results),
        missed=tuple(case for case, said in results if case.yes and not said),
        wrong=tuple(case for case, said in results if not case.yes and said),
        calm=sum(not case.yes and not said for case, said in results),
    )


def _field(reading: Reading, path: str) -> Any:
    value: Any = reading
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
