"""People: a sentence spelled with one letter per token, with the numbers of people in it.

Which word has which letter is data (``data/claims.toml``); the letters are explained at :data:`LETTERS`. A single
person with an article (``a driver``, ``his young son``) is spelled like a number: ``N`` with the value 1.
"""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final, NamedTuple

from streams.model import Bound
from streams.reading.numbers import MAX_TOLL, NUMBER_WORDS, SCALES, VAGUE, multiple, value

LETTERS: Final = {
    "person": "p", "attacker": "g", "killed": "K", "dead": "D", "death": "e", "injured": "I", "shot": "S", "kills": "k",
    "injures": "i", "leaves": "L", "toll": "T", "reaches": "t", "be": "b", "and": "A", "comma": "c", "stop": "s",
    "not": "n", "of": "o", "article": "d", "fatally": "f", "hospital": "u", "homicide": "h", "earlier": "r",
    "shoots": "z", "more": "m", "pronoun": "q", "fatal": "F", "says": "w", "have": "v", "less": "l",
}  # fmt: skip
"""The letter of each group of words. Besides: N a number, V a vague number (dozens), M triple and the like, B a bound
(at least), P a part of a number (two of them), x any other word; j is "the" until the sentence is spelled."""

_TOKEN: Final = re.compile(
    r"[cdjlmnst]'(?=[^\W\d_])|\d{1,2}:\d\d|\d+(?:,\d{3})*(?:\.\d+)?(?:-\w+)*|[^\W\d_]+(?:[-'][^\W_]+)*[\d_]*|--|[.,;:!?$%()\"]"
)
_MAX_LENGTH: Final = 500
_ONE_PERSON: Final = re.compile(
    r"[dj][?xjMSm]{0,3}?p+|(?<=A)d[?x]{1,2}(?=[btv]{0,3}[wx?]?[KDI])|(?<=A)[?x]?p+|^[?x]?p+(?=A)"
    r"|(?:^|(?<=[Lszk]))[?x]?p(?=c[NV][?x]?p)"
)
_CYRILLIC: Final = re.compile("[а-я]")
_AGED: Final = re.compile(r"(?:\d+|[a-z]+)-(?:year|month|week|day)s?-old")
_OLD: Final = "old"
_LESS: Final = frozenset(["fewer", "less", "weniger"])
_COMPARED: Final = ("B", "l")
_AS_MANY_AS: Final = ["as", "many", "as"]
_UP_TO: Final = ["up", "to"]
_TOLL_WORDS: Final = frozenset(["toll", "number", "count"])
_HALF: Final = (["half", "a"],)
_FROM: Final = frozenset(["from", "de", "von", "с"])
_TO: Final = frozenset(["to", "à", "a", "auf", "до"])
_ARTICLES: Final = ("d", "j")
_ANIMALS: Final = frozenset(["dog", "horse", "cat", "cow", "camel", "donkey", "goat"])
_BOTH: Final = frozenset(["both"])
_OF_THEM: Final = frozenset(["them", "whom", "those", "these"])
_GLUED: Final = re.compile(r"\.(?=[A-Z][a-z])")
_UNKNOWN: Final = "?"
_DIGITS: Final = "#"
_AN_OLD: Final = "%"
"""Words in no list: any, one that begins with a digit, one that ends like an age."""
_LOOKED_AT: Final = re.compile(f"[{_DIGITS}{_AN_OLD}NBnsc]")
_REMEMBERED: Final = 1 << 13
_MAX_KEPT: Final = 24
"""Words whose spelling is kept, and the longest of them."""
_COUNTED: Final = ("p", "D", "I")
_AGES: Final = frozenset([",", "and", "to"])
_OF_AGE: Final = (["younger", "than"], ["older", "than"])
_ALSO_NAMES: Final = frozenset(["un", "sept", "elf", "acht", "dix"])
"""Numbers of other languages that, with a capital, are names and abbreviations in English."""
_GROWN: Final = 10
_OLDEST: Final = 100
_CHILDREN: Final = frozenset(["boy", "girl", "child", "toddler", "baby", "son", "daughter"])
_ADDRESS: Final = 100
"""From here on a number before a name ("308 Mill Lane") is more likely an address than a count."""


class Spelled(NamedTuple):
    """A sentence in letters. ``numbers`` gives value and bound by position; those in ``single`` are a lone person."""

    letters: str
    tokens: list[str]
    numbers: dict[int, tuple[int, Bound]]
    single: frozenset[int]


class Speller:
    """Spells sentences by the words of ``data/claims.toml``."""

    def __init__(self) -> None:
        table = tomllib.loads((files("streams.reading") / "data" / "claims.toml").read_text(encoding="utf-8"))
        self._letter = {word: LETTERS[group] for group, words in table["words"].items() for word in words}
        self._letter.update(dict.fromkeys(NUMBER_WORDS, "N"))
        numbers = table["numbers"]
        self._not_after = frozenset(numbers["not_after"])
        self._not_before = frozenset(numbers["not_before"])
        self._bounds = {word: bound for bound in Bound for word in numbers.get(bound.value, ())}
        self._letter.update(dict.fromkeys(self._bounds, "B"))
        singular = table["singular"]
        self._singular = frozenset(singular["words"])
        self._letter.update(dict.fromkeys(singular["the"], "j"))
        self._not_one = frozenset(singular["not_after"])
        self._chunks: dict[str, tuple[list[str], str]] = {}

    def is_one(self, token: str) -> bool:
        """True for a word that stands for one person: ``driver``, ``9-year-old``."""
        return token in self._singular or token.endswith("-old") or token == _OLD

    def spell(self, sentence: str) -> Spelled:
        """``sentence``, of which 500 characters are read, and nothing after a full stop without a blank."""
        spelled = self.spell_with(sentence, None) or Spelled("", [], {}, frozenset())
        return spelled._replace(letters=spelled.letters.replace("z", "x"))

    def spell_with(self, sentence: str, needed: frozenset[str] | None) -> Spelled | None:
        """The same, or None where ``sentence`` has none of the letters that are ``needed`` (verbs, not numbers)."""
        sentence = _unglued(sentence[:_MAX_LENGTH])
        known = self._chunks
        tokens: list[str] = []
        pieces: list[str] = []
        # No token has a blank in it or looks beyond one.
        for chunk in sentence.lower().split():
            spelt = known.get(chunk)
            if spelt is None:
                spelt = self._spelt(chunk)
            tokens += spelt[0]
            pieces.append(spelt[1])
        joined = "".join(pieces)
        if needed is not None and needed.isdisjoint(joined):
            return None
        letters = list(joined)
        numbers: dict[int, tuple[int, Bound]] = {}
        bound = Bound.EXACT
        for looked_at in _LOOKED_AT.finditer(joined):
            position = looked_at.start()
            letter = joined[position]
            if letter in "sc":
                bound = Bound.EXACT
            elif letter == "B":
                bound = self._bound(tokens, position)
            elif letter == "n":
                if position + 1 < len(tokens) and self._letter.get(tokens[position + 1]) in _COMPARED:
                    letters[position] = "x"
            elif letter == _AN_OLD:
                letters[position] = "p" if self._aged(tokens, position) else _UNKNOWN
            else:
                letters[position], counted = self._number(sentence, tokens, position)
                if counted is not None:
                    if _up_to(tokens, position):
                        bound = Bound.AT_MOST
                    numbers[position] = (counted, Bound.AT_LEAST if letters[position] == "V" else bound)
                    bound = Bound.EXACT
        single = self._single(letters, tokens, numbers)
        return Spelled("".join(letters).replace(_UNKNOWN, "x").replace("j", "x"), tokens, numbers, single)

    def _spelt(self, chunk: str) -> tuple[list[str], str]:
        """The tokens of a ``chunk`` between blanks, and a letter for each; they are kept for when it comes again."""
        tokens = _TOKEN.findall(chunk)
        letters = ""
        for token in tokens:
            letter = self._letter.get(token)
            if letter is None:
                letter = _DIGITS if token[0].isdigit() else _AN_OLD if token.endswith(_OLD) else _UNKNOWN
            letters += letter
        if len(self._chunks) >= _REMEMBERED:
            self._chunks.clear()
        if len(chunk) <= _MAX_KEPT:
            self._chunks[chunk] = (tokens, letters)
        return tokens, letters

    def _bound(self, tokens: Sequence[str], position: int) -> Bound:
        """The bound that a word makes of the number after it: ``than`` is a floor, ``fewer than`` a ceiling."""
        less = position and tokens[position - 1] in _LESS
        denied = position > 1 and self._letter.get(tokens[position - 2]) == "n"
        return Bound.AT_MOST if less and not denied else self._bounds[tokens[position]]

    def _aged(self, tokens: Sequence[str], position: int) -> bool:
        """True for an age that stands for a person: ``a 9-year-old was hurt``, not ``a 9-year-old girl``."""
        after = tokens[position + 1 : position + 3]
        before = tokens[position - 1] if position else ""
        age = f"1-{before}-old" if tokens[position] == _OLD else tokens[position]
        return _AGED.fullmatch(age) is not None and not any(self._letter.get(word) == "p" for word in after)

    def _number(self, sentence: str, tokens: Sequence[str], position: int) -> tuple[str, int | None]:
        """The letter of a token that is in no list, with its value where it is a number of people."""
        token = tokens[position]
        if token in VAGUE:
            return "V", VAGUE[token]
        count = multiple(token)
        if count is not None:
            return "M", count
        if self._aged(tokens, position):
            return "p", None
        count = value(token)
        part = token in SCALES and position and value(tokens[position - 1]) is not None
        if (
            count is None
            or part
            or self._is_name(sentence, tokens, position)
            or self._counts_otherwise(tokens, position)
        ):
            return "x", None
        if tokens[position + 1 : position + 2] == ["of"] and _OF_THEM.intersection(tokens[position + 2 : position + 3]):
            return "P", count
        if tokens[max(0, position - 2) : position] in _HALF:
            count //= 2
        after = tokens[position + 1] if position + 1 < len(tokens) else ""
        if 1 <= count < SCALES.get(after, 0):
            count *= SCALES[after]
        return ("N", count) if count <= MAX_TOLL else ("x", None)

    def _is_name(self, sentence: str, tokens: Sequence[str], position: int) -> bool:
        """True for the number of a house, and for a foreign number with a capital: ``308 Mill Lane``, ``UN``."""
        token = tokens[position]
        named = token in _ALSO_NAMES
        if not named and not (token.isdigit() and int(token) >= _ADDRESS):
            return False
        own = _TOKEN.findall(sentence)
        if len(own) != len(tokens) or position + 1 >= len(own):
            return False
        following = own[position + 1]
        if named:
            counted = own[position].islower() or self._letter.get(following.lower()) in _COUNTED
            return own[position].isupper() or not counted
        unknown = tokens[position + 1] not in self._letter
        return unknown and following[0].isupper() and (len(following) == 1 or not following.isupper())

    def _counts_otherwise(self, tokens: Sequence[str], position: int) -> bool:
        """True for an age, a time, a calibre, and a part of a number told before."""
        token = tokens[position]
        before = tokens[position - 1] if position else ""
        after = [*tokens[position + 1 : position + 4], "", "", ""]
        digits = token.isdigit()
        return (
            before in self._not_after
            or after[0] in self._not_before
            or (after[0] in "ap" and after[1:3] == [".", "m"])
            or (before in _FROM and after[0] in _TO and value(after[1]) is not None)
            or (digits and self._age_of(before, token, after[0]))
            or tokens[max(0, position - 2) : position] in _OF_AGE
            or (token in _BOTH and self._letter.get(after[0]) in _ARTICLES)
            or (digits and before == "," and after[0] in (",", "."))
            or (digits and (before in _AGES or after[0] in _AGES) and self._beside_age(tokens, position))
        )

    def _age_of(self, before: str, token: str, after: str) -> bool:
        """True for the age of one person where a headline has lost its commas: ``man 24 shot``, ``boy 7 hurt``."""
        if before not in self._singular or self._letter.get(after) in ("p", "m"):
            return False
        return _GROWN <= int(token) < _OLDEST or before in _CHILDREN

    def _beside_age(self, tokens: Sequence[str], position: int) -> bool:
        """True for one of several ages: ``ages 3 and 5``, ``her 9- and 7-year-old nieces``."""
        before = [word for word in tokens[max(0, position - 6) : position] if not word.isdigit() and word not in _AGES]
        after = tokens[position + 1 : position + 3]
        return before[-1:] in (["ages"], ["aged"]) or (len(after) > 1 and _AGED.fullmatch(after[1]) is not None)

    def _single(
        self, letters: list[str], tokens: Sequence[str], numbers: dict[int, tuple[int, Bound]]
    ) -> frozenset[int]:
        """Positions where one person begins, who is given the number 1: at an article, or in a Russian list."""
        found: list[int] = []
        spelt = "".join(letters)
        if "p" not in spelt and "A" not in spelt:
            return frozenset()
        for match in _ONE_PERSON.finditer(spelt):
            start, last = match.start(), match.end() - 1
            if letters[last] == "p":
                bare = letters[start] not in "dj"
                listed = letters[last + 1 : last + 2] == ["c"]
                if not self.is_one(tokens[last]) or (bare and not listed and not _CYRILLIC.match(tokens[last])):
                    continue
            elif tokens[last] in _ANIMALS:
                continue
            before = tokens[start - 1] if start else ""
            if before in self._not_one or (start and letters[start - 1] in "NVB"):
                continue
            letters[start] = "N"
            numbers[start] = (1, Bound.EXACT)
            found.append(start)
        return frozenset(found)


def _unglued(sentence: str) -> str:
    """``sentence`` up to a full stop without a blank, as page scrapers leave them: ``the fire.The mayor``."""
    if "." not in sentence:
        return sentence
    for found in _GLUED.finditer(sentence):
        at = found.start()
        if sentence[max(0, at - 2) : at].islower():
            return sentence[:at]
    return sentence


def _up_to(tokens: Sequence[str], position: int) -> bool:
    """True after ``as many as`` and ``up to``, but not in ``the toll is up to``."""
    before = tokens[max(0, position - 3) : position]
    return before == _AS_MANY_AS or (before[-2:] == _UP_TO and not _TOLL_WORDS.intersection(tokens[:position]))
