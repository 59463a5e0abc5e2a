"""Is it the name of a place here? A logistic model over the words around a mention."""

import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final

from streams.places import cues
from streams.places.gazetteer import ALTERNATE, DEMONYM, LEVELS, Gazetteer, Level
from streams.places.mentions import CASES, Case, Mention
from streams.places.neighbours import word_after, word_before
from streams.places.vocabulary import pattern, words

INSTITUTIONS: Final = words("institutions")
PAPERS: Final = words("papers")
LOCATIVE: Final = words("locative")
TITLES: Final = words("titles")

_NAME_OF: Final = re.compile(r"[A-Z]\w+ of (?:the )?$")
_OWNED: Final = re.compile(rf"\b(?:{pattern('owned')}) of (?:the )?$", re.IGNORECASE)
_STARTS: Final = frozenset(".!?:;\n")
_PROBABLE: Final = 0.6
"""Least likelihood of a demonym in a headline whose capitals tell nothing."""
_DOUBTFUL: Final = 0.3
"""Most likelihood of a name that belongs to a paper or a person."""
_GREAT: Final = 200_000
"""People in a town that is better known than the first name it shares."""
_OF: Final = frozenset(("of", "Of", "OF"))
_NAME_OF_MARK: Final = "of\n"
"""Stands for an "of" after a capitalised word, which is no locative one."""
_EVENT, _PERSON, _JOINED = 1, 2, 4
"""Of the word after: it begins something violent, it follows a first name, nothing stands between."""
_STANDING: Final = ("holder", "held", "near_home", "dateline", "acronym")
_REMEMBERED: Final = 20_000
"""Pieces of one sort that are remembered; then all are forgotten, so that memory stays bounded."""
NOTABLE: Final = {
    name: 1 << bit
    for bit, name in enumerate(
        (
            "locative", "holder", "title_before", "name_before", "paper_after", "name_of_before", "is_admin1",
            "first_name_and_surname", "first_name_before", "is_country",
        )
    )
}  # fmt: skip
"""Features that are asked for by themselves, as bits."""
_LED: Final = NOTABLE["locative"] | NOTABLE["holder"]
_LOCATIVE: Final = NOTABLE["locative"]
_NAME_BEFORE: Final = NOTABLE["name_before"]
_PERSONAL: Final = NOTABLE["title_before"] | NOTABLE["name_before"]
_SUSPECT: Final = (
    NOTABLE["paper_after"]
    | NOTABLE["name_of_before"]
    | NOTABLE["first_name_and_surname"]
    | NOTABLE["first_name_before"]
)
_LEVELS: Final = tuple("is_" + name for name in LEVELS)
_CASES: Final = tuple("case_" + name for name in CASES)


class _Piece:
    """Features that always come together, with the sum of their weights and the bits of NOTABLE that they set."""

    __slots__ = ("features", "marks", "weight")

    def __init__(self, features: tuple[str, ...], weight: float, marks: int) -> None:
        self.features = features
        self.weight = weight
        self.marks = marks


class _Known:
    """The pieces that were met in fields of one use of capitals, by what they depend on."""

    def __init__(self, case: int, piece: Callable[[list[str], int], _Piece]) -> None:
        self.case = case
        self.own: dict[Hashable, _Piece] = {}
        self.opening: dict[Hashable, _Piece] = {}
        self.before: dict[str, _Piece] = {}
        self.after: tuple[dict[str, _Piece], ...] = ({}, {}, {}, {}, {})
        self.standing = tuple(piece(_standing(bits, case), case) for bits in range(1 << len(_STANDING)))

    def tidy(self) -> None:
        """Forget what grew too large."""
        words: dict[str, _Piece]
        for words in (self.before, *self.after):
            if len(words) > _REMEMBERED:
                words.clear()
        if len(self.own) + len(self.opening) > _REMEMBERED:
            self.own.clear()
            self.opening.clear()


class Recogniser:
    """Gives each mention the likelihood (0 to 1) that it names a place; ``weights`` are learned, by feature name.

    What one word before or after a name tells is worked out once, for it is the same wherever the word stands.
    """

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, float]) -> None:
        self._gazetteer = gazetteer
        self._weights = weights
        self._known = [_Known(case, self._piece) for case in range(len(CASES))]
        self._repeated = self._piece(["repeated"], Case.SENTENCE)
        self._led = self._piece(["led_elsewhere"], Case.SENTENCE)
        self._personal = self._piece(["personal_elsewhere"], Case.SENTENCE)

    def judge(self, text: str, mentions: Sequence[Mention]) -> None:
        """Set ``likelihood`` of all mentions of one field."""
        for mention, pieces in zip(mentions, self._rows(text, mentions), strict=True):
            total, marks = 0.0, 0
            for piece in pieces:
                total += piece.weight
                marks |= piece.marks
            likelihood = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
            if marks & _SUSPECT and self._is_owned(text, mention, marks):
                likelihood = min(likelihood, _DOUBTFUL)
            elif mention.case != Case.SENTENCE and mention.demonym and self._is_only_a_people(mention):
                likelihood = max(likelihood, _PROBABLE)
            mention.likelihood = likelihood

    def features(self, text: str, mentions: Sequence[Mention]) -> list[list[str]]:
        """The names of the features that hold of each mention."""
        return [[name for piece in pieces for name in piece.features] for pieces in self._rows(text, mentions)]

    def _is_only_a_people(self, mention: Mention) -> bool:
        """True for "spanish", false for "polish": whether a headline's capitals are needed to know a demonym."""
        return not self._gazetteer.is_dictionary_word(mention.number)

    def _is_owned(self, text: str, mention: Mention, marks: int) -> bool:
        """True for patterns in which a place's name belongs to a paper, a bank or a person.

        Research corpora count the Post of "the Washington Post" and the Bank of America among the uses of the place's
        name, and have too few people to learn from.
        """
        if mention.case != Case.SENTENCE or mention.holder is not None:
            return False
        if marks & NOTABLE["paper_after"]:
            return True
        if marks & NOTABLE["name_of_before"]:
            return _OWNED.search(text, max(0, mention.start - 30), mention.start) is not None
        if marks & (NOTABLE["is_admin1"] | NOTABLE["locative"]):
            return False
        return bool(
            marks & NOTABLE["first_name_and_surname"]
            or (marks & NOTABLE["first_name_before"] and not marks & NOTABLE["is_country"])
        )

    def _rows(self, text: str, mentions: Sequence[Mention]) -> list[list[_Piece]]:
        """The pieces that make up the features of each mention."""
        if not mentions:
            return []
        known = self._known[mentions[0].case]
        known.tidy()
        rows = [self._local(text, mention, known) for mention in mentions]
        led: set[str] = set()
        personal: set[str] = set()
        seen: set[str] = set()
        repeated: set[str] = set()
        for mention, row in zip(mentions, rows, strict=True):
            key, marks = mention.key, row[1].marks | row[3].marks
            if marks & _LED:
                led.add(key)
            if marks & _PERSONAL:
                personal.add(key)
            (repeated if key in seen else seen).add(key)
        for mention, row in zip(mentions, rows, strict=True):
            key, before = mention.key, row[1].marks
            if key in repeated:
                row.append(self._repeated)
            if key in led and not before & _LOCATIVE:
                row.append(self._led)
            if key in personal and not before & _NAME_BEFORE:
                row.append(self._personal)
        return rows

    def _piece(self, features: list[str], case: int) -> _Piece:
        """Features as a piece: under other capitals than a sentence's each one counts once more under a mark."""
        if case != Case.SENTENCE:
            features = features + [CASES[case][0].upper() + name for name in features]
        return _Piece(
            tuple(features),
            sum(self._weights.get(name, 0.0) for name in features),
            sum(NOTABLE.get(name, 0) for name in set(features)),
        )

    def _local(self, text: str, mention: Mention, known: _Known) -> list[_Piece]:
        """The pieces of the name itself, of the word before, of the word after, and of how it stands in the article."""
        start, end, exact, number = mention.start, mention.end, mention.exact, mention.number
        before, broken = word_before(text, start)
        opens = broken or not before or before[-1] in _STARTS
        named = (mention.key, exact) if number < 0 else number
        own = (known.opening if opens else known.own).get(named)
        if own is None:
            own = self._own(mention, known, named, opens=opens)
        if opens:
            before = ""
        elif before in _OF and _NAME_OF.search(text, start - 40 if start > 40 else 0, start):
            before = _NAME_OF_MARK
        leading = known.before.get(before)
        if leading is None:
            leading = known.before[before] = self._piece(self._look_before(before, known.case), known.case)
        after, gap = word_after(text, end)
        kind = 0
        if gap:
            kind = _EVENT if mention.hint and cues.event_after(text, end, mention.hint) else 0
            if not exact and after[0].isupper() and self._gazetteer.is_first_name(number):
                kind |= _PERSON
        else:
            kind = _JOINED
        following = known.after[kind].get(after)
        if following is None:
            following = known.after[kind][after] = self._piece(self._look_after(after, known.case, kind), known.case)
        standing = (
            (mention.holder is not None)
            | mention.held << 1
            | mention.near_home << 2
            | mention.dateline << 3
            | (end - start <= 4 and not exact and text[start:end].isupper()) << 4
        )
        return [own, leading, following, known.standing[standing]]

    def _own(self, mention: Mention, known: _Known, named: Hashable, *, opens: bool) -> _Piece:
        """The piece of the name itself, worked out and remembered."""
        features = ["bias", *self._describe(mention)]
        if opens and not mention.exact:
            features.append(f"opens_word{self._gazetteer.wordiness(mention.number)}")
        piece = self._piece(features, known.case)
        (known.opening if opens else known.own)[named] = piece
        return piece

    def _look_before(self, before: str, case: int) -> list[str]:
        if not before:
            return ["opens"]
        if before == _NAME_OF_MARK:
            return ["p:of", "locative", "name_of_before"]
        bare = before.strip(",.'’").lower()
        row = ["p:" + bare]
        if bare in LOCATIVE:
            row.append("locative")
        elif before[0].isupper() and before[-1] not in ",;":
            row.append("name_before" if case == Case.SENTENCE else "name_before_t")
            if bare in self._gazetteer.first_names:
                row.append("first_name_before")
            if before[-1] == "." or bare in TITLES:
                row.append("title_before" if len(before) > 2 else "initial_before")
        elif before[-1] == ",":
            row.append("comma_before")
        return row

    def _look_after(self, after: str, case: int, kind: int) -> list[str]:
        if not after:
            return ["ends"]
        if kind & _JOINED:
            row = ["n:" + after[:1]]
            if after[:2] in ("'s", "’s"):
                row.append("possessive")
            elif after[0] == "-":
                row.append("hyphen")
            return row
        bare = after.strip(",.'’").lower()
        row = ["n:" + bare]
        if kind & _EVENT:
            row.append("event_after")
        if bare in INSTITUTIONS:
            row.append("institution_after")
        if after[0].isdigit():
            row.append("number_after")
        elif after[0].isupper():
            row.append("name_after" if case == Case.SENTENCE else "name_after_t")
            if bare in PAPERS:
                row.append("paper_after")
            if kind & _PERSON:
                row.append("first_name_and_name")
                if bare in self._gazetteer.surnames:
                    row.append("first_name_and_surname")
        return row

    def _describe(self, mention: Mention) -> list[str]:
        gazetteer = self._gazetteer
        if mention.exact:
            return ["exact", _LEVELS[gazetteer.level(mention.senses[0][0])]]
        if mention.demonym:
            return ["demonym"]
        senses = [(index, kind) for index, kind in mention.senses if kind != DEMONYM]
        row = [] if len(senses) == len(mention.senses) else ["also_demonym"]
        top, kind = max(senses, key=lambda sense: (sense[1] == 0, gazetteer.population[sense[0]]))
        largest = max(gazetteer.population[index] for index, _ in senses)
        widest = min(gazetteer.level(index) for index, _ in senses)
        row += [_LEVELS[widest], f"size{len(str(largest))}", f"words{min(3, mention.key.count(' ') + 1)}"]
        if kind == ALTERNATE:
            row.append("alternate")
        wordiness = gazetteer.wordiness(mention.number)
        row.append(f"word{wordiness}")
        if gazetteer.is_first_name(mention.number):
            row.append("first_name" if largest < _GREAT else "first_name_of_city")
        if gazetteer.is_surname(mention.number):
            row.append("surname")
        if gazetteer.is_dictionary_word(mention.number):
            row.append("dictionary")
        if gazetteer.level(top) == Level.CITY and largest < 10_000 and not mention.key.isascii():
            row.append("small_foreign")
        if len(mention.key) <= 3:
            row.append("short")
        return row


def _standing(bits: int, case: int) -> list[str]:
    """How a name stands in its article."""
    return [_CASES[case], *(name for bit, name in enumerate(_STANDING) if bits >> bit & 1)]
