"""Claims: how many were killed, injured and shot, as one sentence states it.

A sentence becomes a string with one letter per token (a number, a person, a verb of harm ...), and small regular
expressions over that string read the statement: ``three police officers and one civilian have been killed`` is
``NppANpbbK``. Which word has which letter is data (``data/claims.toml``); the letters are explained at
:data:`LETTERS`.
"""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final, NamedTuple

from streams.model import Bound
from streams.reading.numbers import NUMBER_WORDS, VAGUE, multiple, value

LETTERS: Final = {
    "person": "p", "attacker": "g", "killed": "K", "dead": "D", "death": "e", "injured": "I", "shot": "S", "kills": "k",
    "injures": "i", "leaves": "L", "toll": "T", "reaches": "t", "be": "b", "and": "A", "comma": "c", "stop": "s",
    "not": "n", "of": "o", "article": "d", "fatally": "f", "hospital": "u", "homicide": "h", "earlier": "r",
    "more": "m",
}  # fmt: skip
"""The letter of each group of words. Besides: N a number, V a vague number (dozens), M triple and the like, B a bound
(at least), x any other word."""

_TOKEN: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:-\w+)*|[^\W\d_]+(?:[-'][^\W_]+)*|--|[.,;:!?$%()\"]")
_MAX_LENGTH: Final = 500

_PEOPLE: Final = r"(?:[NV](?:o?[pxum]{0,3}[pm](?:o[Nx]?x{0,2}p)?|x?p)?)"
_LIST: Final = rf"({_PEOPLE}(?:(?:cA?|A)B?{_PEOPLE})*)"
_ASIDE: Final = r"(?:c[^sNV]{0,6}c|co[^s]{0,8}c)?"
_TOLL_RULE: Final = r"(?:T|D|K)[^sNVI]{0,12}(?:t|x)B{0,2}([NV])(?![Ip])"
_TOTAL: Final = 3
_KILLED: Final = tuple(
    re.compile(rule)
    for rule in (
        rf"{_LIST}{_ASIDE}[bt]{{0,3}}x?(?:K|D|SD|SxD|Ste|SAK|fS|SfA?|bfS)(?!A?I[^N]*$)",
        rf"{_LIST}[^sNVKIg]{{0,4}}b(?:b|x)?(?:K|D|SD|SAK|fS)",
        rf"(?:k|(?<![bdpNV])K)[tBxm]{{0,3}}{_LIST}",
        rf"L[tBxm]{{0,3}}{_LIST}(?:D|K)",
        rf"{_LIST}f(?!S)",
        _TOLL_RULE,
        rf"{_LIST}L?xtxr?D",
    )
)
_INJURED: Final = tuple(
    re.compile(rule)
    for rule in (
        rf"{_LIST}{_ASIDE}[bt]{{0,3}}x{{0,1}}I",
        rf"{_LIST}[^sNVKDIg]{{0,4}}b(?:b|x)?I",
        rf"(?:i|(?<![bpNVKD])I)[tBxm]{{0,3}}{_LIST}",
        rf"{_LIST}[bt]{{0,2}}x{{0,3}}d?u{{1,2}}",
    )
)
_SHOT: Final = re.compile(rf"{_LIST}{_ASIDE}[^sNVKDIg]{{0,2}}[bt]{{0,3}}x?S")
_ONE_KILLED: Final = re.compile(
    r"(?:d?x{0,2})(p)(?:[bt]{0,3}x?(?:K|D|SAK|SD|fS|SxD|Ste)|SD|SAK|Ste)(?!A?I)|(?<![bp])[kK]dx{0,4}(p)"
)
_ONE_INJURED: Final = re.compile(r"(?:^|d)x{0,2}(p)[bt]{0,3}x?I(?!A?K)")
_PARTITIVE: Final = re.compile(r"(?:[NVnpc]o|n)x?\Z")
_PAIR_KILLED: Final = re.compile(r"d?x{0,2}p(?:cd?x{1,8}c)?Ad?x{0,3}p[bt]{0,2}x?(?:K|D|SD|Ste|fS)")
_BOTH_KILLED: Final = re.compile(r"(p)cx{0,3}(p)[bt]{0,2}x?(?:K|D|SD|Ste|fS)")
_MULTIPLE: Final = re.compile(r"M[fx]?([Sh])|M(x)")


_TOLL: Final = re.compile(r"(?:T|xo(?:p|x)?[KD])[^sNVI]{0,12}tB{0,2}[NV](?![Ip])")


class Claim(NamedTuple):
    """What one sentence says: counts, how exact they are, and how well it says it.

    Grades: 3 a running total ("the toll rose to nine"), 2 a plain count, 1 inferred or an addition, 0 nothing.
    """

    killed: int | None = None
    injured: int | None = None
    shot: int | None = None
    killed_bound: Bound = Bound.EXACT
    injured_bound: Bound = Bound.EXACT
    killed_grade: int = 0
    injured_grade: int = 0


class _Count(NamedTuple):
    """A number of people, its bound, and the token that it begins at (-1 where it is inferred)."""

    number: int
    bound: Bound
    at: int


NOTHING: Final = Claim()


class ClaimReader:
    """Reads sentences about people killed and hurt."""

    def __init__(self) -> None:
        table = tomllib.loads((files("streams.reading") / "data" / "claims.toml").read_text(encoding="utf-8"))
        self._letter = {word: LETTERS[group] for group, words in table["words"].items() for word in words}
        self._letter.update(dict.fromkeys(NUMBER_WORDS, "N"))
        numbers = table["numbers"]
        self._not_after = frozenset(numbers["not_after"])
        self._not_before = frozenset(numbers["not_before"])
        self._bounds = {word: bound for bound in Bound for word in numbers.get(bound.value, ())}
        self._letter.update(dict.fromkeys(self._bounds, "B"))
        self._singular_words = frozenset(table["singular"]["words"])

    def read(self, sentence: str) -> Claim:
        """What ``sentence`` states about people killed, injured and shot; :data:`NOTHING` where it states nothing."""
        tokens = _TOKEN.findall(sentence[:_MAX_LENGTH].lower())
        letters, numbers = self._spell(tokens)
        if "N" not in letters and "V" not in letters and "M" not in letters:
            return self._one(letters, tokens)
        killed = _first(_KILLED, letters, numbers)
        injured = _first(_INJURED, letters, numbers)
        shot = _first((_SHOT,), letters, numbers)
        several = _MULTIPLE.search(letters)
        total = shot.number if shot else None
        if several is not None:
            count = numbers[several.start()][0]
            if several.group(1) == "h" and killed is None:
                killed = _Count(count, Bound.EXACT, several.start())
            elif total is None and several.group(1) == "S":
                total = count
        one = self._one(letters, tokens)
        if killed is None and one.killed is not None:
            killed = _Count(one.killed, Bound.EXACT, -1)
        if shot is not None:
            # "Six shot, one dead": who was shot and did not die was hurt; "one dead, two shot" counts them apart.
            told_after = killed is not None and killed.at >= shot.at
            hurt = shot.number - (killed.number if killed and told_after else 0)
            if hurt > (injured.number if injured else 0):
                injured = shot._replace(number=hurt)
        if injured is None and one.injured is not None:
            injured = _Count(1, Bound.EXACT, -1)
        if killed and injured and killed.at == injured.at >= 0 and shot is None:
            injured = None
        return Claim(
            killed=killed.number if killed else None,
            injured=injured.number if injured else None,
            shot=total,
            killed_bound=killed.bound if killed else Bound.EXACT,
            injured_bound=injured.bound if injured else Bound.EXACT,
            killed_grade=_TOTAL if _TOLL.search(letters) else _grade(killed, letters),
            injured_grade=_grade(injured, ""),
        )

    def _spell(self, tokens: Sequence[str]) -> tuple[str, dict[int, tuple[int, Bound]]]:
        """One letter per token, and the value and bound of each number by its position."""
        letters: list[str] = []
        numbers: dict[int, tuple[int, Bound]] = {}
        bound = Bound.EXACT
        known = self._letter
        for position, token in enumerate(tokens):
            letter = known.get(token)
            if letter is None and not token[0].isdigit():
                letter = "x"
            elif letter is None or letter == "N":
                letter, counted = self._number(tokens, position)
                if counted is not None:
                    numbers[position] = (counted, Bound.AT_LEAST if letter == "V" else bound)
                    bound = Bound.EXACT
            elif letter == "B":
                bound = self._bounds[token]
            elif letter in "sc":
                bound = Bound.EXACT
            letters.append(letter)
        return "".join(letters), numbers

    def _number(self, tokens: Sequence[str], position: int) -> tuple[str, int | None]:
        """The letter of a token that is in no list, with its value where it is a number of people."""
        token = tokens[position]
        if token in VAGUE:
            return "V", VAGUE[token]
        count = multiple(token)
        if count is not None:
            return "M", count
        count = value(token)
        if count is None or self._counts_otherwise(tokens, position):
            return "x", None
        return "N", count

    def _counts_otherwise(self, tokens: Sequence[str], position: int) -> bool:
        """True for an age between commas, a time of day, a calibre, and a part of a number that was told before."""
        token = tokens[position]
        before = tokens[position - 1] if position else ""
        after = tokens[position + 1 : position + 4]
        if before in self._not_after or (after and after[0] in self._not_before):
            return True
        if before == "," and after and after[0] in ",." and token.isdigit():
            return True
        if after[:3] in (["a", ".", "m"], ["p", ".", "m"]):
            return True
        return after[:1] == ["of"] and bool(after[1:2]) and after[1] in ("them", "whom", "those", "these")

    def _one(self, letters: str, tokens: Sequence[str]) -> Claim:
        """``a man was killed`` counts one; plural people without a number count nothing."""
        found = {}
        for field, rule in (("killed", _ONE_KILLED), ("injured", _ONE_INJURED)):
            match = rule.search(letters)
            if match is None:
                continue
            at = match.start(match.lastindex or 1)
            if tokens[at] in self._singular_words and not (at and letters[at - 1] in "NVg"):
                found[field] = 1
        if found.get("killed") and (_PAIR_KILLED.search(letters) or self._both(letters, tokens)):
            found["killed"] = 2
        if not found:
            return NOTHING
        return Claim(
            killed=found.get("killed"),
            injured=found.get("injured"),
            killed_grade=int("killed" in found),
            injured_grade=int("injured" in found),
        )

    def _both(self, letters: str, tokens: Sequence[str]) -> bool:
        """``Teacher, student killed``: two single people side by side, as headlines list them."""
        pair = _BOTH_KILLED.search(letters)
        return pair is not None and all(tokens[pair.start(n)] in self._singular_words for n in (1, 2))


def _grade(count: _Count | None, letters: str) -> int:
    """How well a count is told; "four more died" adds to a total that stands elsewhere."""
    if count is None:
        return 0
    return 1 if count.at < 0 or letters[count.at + 1 : count.at + 2] == "m" else 2


def _first(rules: Sequence[re.Pattern[str]], letters: str, numbers: dict[int, tuple[int, Bound]]) -> _Count | None:
    """The sum and bound of the first list of numbers that a rule finds, and where it stands."""
    best: _Count | None = None
    for rule in rules:
        for found in rule.finditer(letters):
            start, end = found.span(1)
            if _PARTITIVE.search(letters, max(0, start - 3), start):
                continue
            total, bound = 0, Bound.EXACT
            for position in range(start, end):
                if letters[position] in "NV" and not (position > start and letters[position - 1] == "o"):
                    count, count_bound = numbers[position]
                    total += count
                    bound = count_bound if count_bound is not Bound.EXACT else bound
            if best is None or found.start() < best.at:
                best = _Count(total, bound, start)
            break
    return best
