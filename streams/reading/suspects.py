"""Suspects: how many attackers an article has at large, detained and dead.

Each clause (``two gunmen fled``, ``another is in custody``) gives one count to one state; which words mean a state is
data (``data/claims.toml``). A state that only the lexicon's phrases speak of counts one.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Final, NamedTuple

from streams.model import Suspects
from streams.reading.numbers import value
from streams.reading.people import Spelled, Speller
from streams.reading.sentences import Sentence
from streams.reading.tags import mask

_TAGS: Final = {"at_large": mask("at_large"), "detained": mask("caught"), "dead": mask("attacker_dead")}
_SPEAKING: Final = mask("at_large", "caught", "attacker_dead", "gunman", "militant", "killed", "gunfire", "terror")
_CLAUSE_ENDS: Final = frozenset(["but", "while", "whereas", "with", "mais", "pero", "aber", "während", "но", "а"])
_ATTACKERS: Final = re.compile(r"([NV])[xmop]{0,3}g")
_NUMBER: Final = re.compile(r"([N])(?!x{0,2}p)(?:o|m|[btv]|x|[KDS]|\Z)")
_PEOPLE: Final = re.compile(r"([N])x{0,2}p")
_PART: Final = re.compile(r"^[NxP]oo?")
_OF_THEM: Final = frozenset(["them", "whom", "those", "ellos", "eux", "них"])
_DIED: Final = re.compile(r"g(?:[btv]{1,3}[xw]?(?:K|D|SD|SAK|fS)|(?:SD|K|D|SAK)(?!B?[NVdx]{0,2}p)(?![NV]))")
_SHOT_DEAD: Final = re.compile(r"(?:k|K|SD|SAK)[tBdxm]{0,2}[NV]?x{0,2}g")
_ALSO_DEAD: Final = re.compile(r"[NPxd]?[xom]{0,2}[btv]{0,3}[xw]?(?:K|D|SD|SAK|fS)[^p]*")
_BY: Final = frozenset(["by", "par", "por", "von", "durch"])
_MOST: Final = 50
"""More are no suspects of one attack but a round-up or a statistic."""


class _Clause(NamedTuple):
    letters: str
    tokens: Sequence[str]
    numbers: dict[int, int]


class SuspectReader:
    """Reads how many suspects are in which state."""

    def __init__(self, speller: Speller) -> None:
        """Read with ``speller``, which other readers may share."""
        table = tomllib.loads((files("streams.reading") / "data" / "claims.toml").read_text(encoding="utf-8"))[
            "suspects"
        ]
        self._speller = speller
        self._states = {word: state for state in _TAGS for word in table[state]}
        self._with_tag = frozenset(table["with_tag"])
        self._one = frozenset(table["one"])
        self._many = frozenset(table["plural"])

    def read(self, flat: str, sentences: Iterable[Sentence], tags: int) -> Suspects:
        """The suspects of the ``sentences`` of ``flat``; ``tags`` are those of the whole article."""
        said: dict[str, int] = {}
        for sentence in sentences:
            if sentence.tags & _SPEAKING:
                words = flat[sentence.start : sentence.end]
                for state, count in self._sentence(words, sentence.tags).items():
                    said.setdefault(state, count)
        counts = {
            state: said.get(state) or (1 if tags & bit and said.get(state) != 0 else None)
            for state, bit in _TAGS.items()
        }
        return Suspects(**counts)

    def _sentence(self, words: str, tags: int) -> dict[str, int]:
        """The counts of one sentence by state; 0 where it denies one: ``no arrests have been made``."""
        said: dict[str, int] = {}
        known = False
        for clause in _clauses(self._speller.spell(words)):
            states = {
                state
                for token in clause.tokens
                if (state := self._states.get(token)) and (token not in self._with_tag or tags & _TAGS[state])
            }
            letters = clause.letters
            about = "g" in letters
            if (about and _is_dead(clause)) or (known and _ALSO_DEAD.fullmatch(letters)):
                states.add("dead")
            for state in states:
                if "n" in letters:
                    said.setdefault(state, 0)
                    continue
                count = self._count(clause, about=about or known, people=state != "dead")
                if count is not None:
                    said.setdefault(state, count)
            known = known or about
        return said

    def _count(self, clause: _Clause, *, about: bool, people: bool) -> int | None:
        """How many the clause speaks of; ``people`` stand for suspects where they are sought or held."""
        letters, tokens = clause.letters, clause.tokens
        part = _PART.search(letters)
        if part is not None and about and tokens[part.end() - 1] in _OF_THEM:
            return value(tokens[part.start()])
        found = _ATTACKERS.search(letters)
        if found is None and about and "g" not in letters:
            found = _NUMBER.search(letters)
        if found is None and people and "g" not in letters:
            found = _PEOPLE.search(letters)
        if found is not None:
            count = clause.numbers[found.start(1)]
            return count if 0 < count <= _MOST else None
        at = letters.find("g")
        if at >= 0:
            return 2 if tokens[at] in self._many else 1
        return 1 if about and not self._one.isdisjoint(tokens) else None


def _is_dead(clause: _Clause) -> bool:
    """``the gunman was killed``, ``police shot two attackers``; not ``killed by a gunman``."""
    if _DIED.search(clause.letters):
        return True
    shot = _SHOT_DEAD.search(clause.letters)
    return shot is not None and _BY.isdisjoint(clause.tokens[shot.start() : shot.end()])


def _clauses(spelled: Spelled) -> Iterable[_Clause]:
    """The clauses of a sentence: between commas, stops, ``and``, ``while`` and the like."""
    start = 0
    size = len(spelled.tokens)
    for position in range(size + 1):
        ends = position == size or spelled.letters[position] in "csA" or spelled.tokens[position] in _CLAUSE_ENDS
        if ends and position > start:
            numbers = {at - start: count for at, (count, _) in spelled.numbers.items() if start <= at < position}
            yield _Clause(spelled.letters[start:position], spelled.tokens[start:position], numbers)
        if ends:
            start = position + 1
