"""Is it the name of a place here? A logistic model over the words around a mention."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from streams.places import cues
from streams.places.gazetteer import ALTERNATE, DEMONYM, Gazetteer, Level
from streams.places.mentions import Case, Mention
from streams.places.vocabulary import pattern, words

INSTITUTIONS: Final = words("institutions")
PAPERS: Final = words("papers")
LOCATIVE: Final = words("locative")
TITLES: Final = words("titles")

_WORD_BEFORE: Final = re.compile(r"([^\s\"“”()\[\]]+)([\s\"“(\[]*)$")
_WORD_AFTER: Final = re.compile(r"([\s]*)([^\s\"”)\]]+)")
_NAME_OF: Final = re.compile(r"[A-Z]\w+ of (?:the )?$")
_OWNED: Final = re.compile(rf"\b(?:{pattern('owned')}) of (?:the )?$", re.IGNORECASE)
_STARTS: Final = frozenset(".!?:;\n")
_PROBABLE: Final = 0.6
"""Least likelihood of a demonym in a headline whose capitals tell nothing."""
_DOUBTFUL: Final = 0.3
"""Most likelihood of a name that belongs to a paper or a person."""
_GREAT: Final = 200_000
"""People in a town that is better known than the first name it shares."""
_LEVELS: Final = {level: "is_" + level.name.lower() for level in Level}
_CASES: Final = {case: "case_" + case.name.lower() for case in Case}


class Recogniser:
    """Gives each mention the likelihood (0 to 1) that it names a place; ``weights`` are learned, by feature name."""

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, float]) -> None:
        self._gazetteer = gazetteer
        self._weights = weights
        self._fixed: dict[tuple[int, str], tuple[str, ...]] = {}

    def judge(self, text: str, mentions: Sequence[Mention]) -> None:
        """Set ``likelihood`` of all mentions of one field."""
        weights = self._weights
        for mention, features in zip(mentions, self.features(text, mentions), strict=True):
            total = 0.0
            for feature in features:
                total += weights.get(feature, 0.0)
            likelihood = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
            if self._is_owned(text, mention, features):
                likelihood = min(likelihood, _DOUBTFUL)
            elif mention.case is not Case.SENTENCE and mention.demonym and self._is_only_a_people(mention):
                likelihood = max(likelihood, _PROBABLE)
            mention.likelihood = likelihood

    def _is_only_a_people(self, mention: Mention) -> bool:
        """True for "spanish", false for "polish": whether a headline's capitals are needed to know a demonym."""
        return not self._gazetteer.is_dictionary_word(mention.number)

    def _is_owned(self, text: str, mention: Mention, features: Sequence[str]) -> bool:
        """True for patterns in which a place's name belongs to a paper, a bank or a person.

        Research corpora count the Post of "the Washington Post" and the Bank of America among the uses of the place's
        name, and have too few people to learn from.
        """
        if mention.case is not Case.SENTENCE or mention.holder is not None:
            return False
        if "paper_after" in features:
            return True
        if "name_of_before" in features:
            return _OWNED.search(text, max(0, mention.start - 30), mention.start) is not None
        if "is_admin1" in features or "locative" in features:
            return False
        return "first_name_and_surname" in features or (
            "first_name_before" in features and "is_country" not in features
        )

    def features(self, text: str, mentions: Sequence[Mention]) -> list[list[str]]:
        """The names of the features that hold of each mention."""
        rows = [self._local(text, mention) for mention in mentions]
        led = {m.key for m, row in zip(mentions, rows, strict=True) if "locative" in row or "holder" in row}
        personal = {
            m.key for m, row in zip(mentions, rows, strict=True) if "title_before" in row or "name_before" in row
        }
        count: dict[str, int] = {}
        for mention in mentions:
            count[mention.key] = count.get(mention.key, 0) + 1
        for mention, row in zip(mentions, rows, strict=True):
            if count[mention.key] > 1:
                row.append("repeated")
            if mention.key in led and "locative" not in row:
                row.append("led_elsewhere")
            if mention.key in personal and "name_before" not in row:
                row.append("personal_elsewhere")
        return rows

    def _local(self, text: str, mention: Mention) -> list[str]:
        row = ["bias", *self._own(mention)]
        self._look_before(text, mention, row)
        self._look_after(text, mention, row)
        if mention.holder is not None:
            row.append("holder")
        if mention.held:
            row.append("held")
        if mention.near_home:
            row.append("near_home")
        row.append(_CASES[mention.case])
        if mention.dateline:
            row.append("dateline")
        if not mention.exact and mention.end - mention.start <= 4 and text[mention.start : mention.end].isupper():
            row.append("acronym")
        if mention.case is not Case.SENTENCE:
            mark = mention.case.name[0]
            row += [mark + feature for feature in row]
        return row

    def _look_before(self, text: str, mention: Mention, row: list[str]) -> None:
        before, gap = _before(text, mention.start)
        if not before or before[-1] in _STARTS or "\n" in gap:
            row.append("opens")
            if not mention.exact:
                row.append(f"opens_word{self._gazetteer.wordiness(mention.number)}")
            return
        bare = before.strip(",.'’").lower()
        row.append("p:" + bare)
        if bare in LOCATIVE:
            row.append("locative")
            if bare == "of" and _NAME_OF.search(text, max(0, mention.start - 40), mention.start):
                row.append("name_of_before")
        elif before[0].isupper() and before[-1] not in ",;":
            row.append("name_before" if mention.case is Case.SENTENCE else "name_before_t")
            if bare in self._gazetteer.first_names:
                row.append("first_name_before")
            if before[-1] == "." or bare in TITLES:
                row.append("title_before" if len(before) > 2 else "initial_before")
        elif before[-1] == ",":
            row.append("comma_before")

    def _look_after(self, text: str, mention: Mention, row: list[str]) -> None:
        after, gap = _after(text, mention.end)
        if not after:
            row.append("ends")
            return
        if not gap:
            row.append("n:" + after[:1])
            if after[:2] in ("'s", "’s"):
                row.append("possessive")
            elif after[0] == "-":
                row.append("hyphen")
            return
        bare = after.strip(",.'’").lower()
        row.append("n:" + bare)
        if cues.event_after(text, mention.end):
            row.append("event_after")
        if bare in INSTITUTIONS:
            row.append("institution_after")
        if after[0].isdigit():
            row.append("number_after")
        elif after[0].isupper():
            self._look_at_name_after(mention, bare, row)

    def _look_at_name_after(self, mention: Mention, bare: str, row: list[str]) -> None:
        row.append("name_after" if mention.case is Case.SENTENCE else "name_after_t")
        if bare in PAPERS:
            row.append("paper_after")
        if not mention.exact and self._gazetteer.is_first_name(mention.number):
            row.append("first_name_and_name")
            if bare in self._gazetteer.surnames:
                row.append("first_name_and_surname")

    def _own(self, mention: Mention) -> tuple[str, ...]:
        """What the gazetteer itself says of the name; the same at every mention."""
        known = self._fixed.get((mention.number, mention.key))
        if known is None:
            known = self._fixed[mention.number, mention.key] = tuple(self._describe(mention))
        return known

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
        if gazetteer.level(top) is Level.CITY and largest < 10_000 and not mention.key.isascii():
            row.append("small_foreign")
        if len(mention.key) <= 3:
            row.append("short")
        return row


def _before(text: str, start: int) -> tuple[str, str]:
    found = _WORD_BEFORE.search(text, max(0, start - 24), start)
    return (found[1], found[2]) if found else ("", "")


def _after(text: str, end: int) -> tuple[str, str]:
    found = _WORD_AFTER.match(text, end, end + 24)
    return (found[2], found[1]) if found else ("", "")
