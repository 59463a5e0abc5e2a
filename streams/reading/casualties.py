"""Casualties: one article's toll, from the claims of its sentences."""

import re
from collections.abc import Iterable
from typing import Final

from streams.model import Bound, Casualties
from streams.reading.claims import NOTHING, Claim, ClaimReader
from streams.reading.sentences import LEAD, TITLE, Sentence
from streams.reading.tags import mask

_HARM: Final = mask("killed", "injured", "gunfire", "attacker_dead")
_OTHERS: Final = mask("anniversary", "past", "later", "scattered", "statistics")
_HEAD: Final = (TITLE, LEAD)
_EARLIER: Final = re.compile(
    r"\b(?:had (?:first|earlier|initially|previously|at first)|had (?:stood|been put) at|ранее сообщалось|zunächst"
    r"|(?:earlier|previous) (?:version|toll|figure|count|report)s?|(?:initially|previously) (?:said|reported|spoke)"
    r"|un précédent bilan|un balance anterior)\b"
)
"""A figure that no longer holds, where another was told before it."""
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_MAX_CLAIMS: Final = 6
_ENOUGH: Final = 8


class Toll:
    """Counts of this event, the people shot in all, and the sentences that say so."""

    __slots__ = ("casualties", "injured_by", "killed_by", "shot")

    def __init__(self) -> None:
        self.casualties = Casualties()
        self.killed_by: Sentence | None = None
        self.injured_by: Sentence | None = None
        self.shot = 0

    @property
    def unharmed(self) -> bool:
        """True when the article says that nobody was killed or nobody hurt, and counts no one who was."""
        counts = (self.casualties.killed, self.casualties.injured)
        return 0 in counts and not any(counts) and not self.shot


def read_toll(reader: ClaimReader, flat: str, sentences: Iterable[Sentence], year: int | None) -> Toll:
    """The toll that the article states for its own event.

    The first plain statement of the news wins over the headline's where the two differ by little (headlines round and
    are older). Once something was told, a sentence that looks back to an older event, by its words or by a year other
    than ``year`` of publication, counts for nothing.
    """
    killed: list[tuple[int, Sentence, Claim]] = []
    injured: list[tuple[int, Sentence, Claim]] = []
    hit: list[tuple[int, Sentence, Claim]] = []
    toll = Toll()
    read = claims = 0
    for sentence in sentences:
        # The headline is not yet the story: what the lead says first is this event whatever else it mentions.
        read += sentence.zone != TITLE
        if claims >= _MAX_CLAIMS:
            continue
        words = flat[sentence.start : sentence.end]
        if not sentence.tags & _HARM and not (sentence.zone in _HEAD and reader.harm.is_told(words)):
            continue
        if sentence.zone != TITLE and _of_another(sentence, words, year, first=read == 1, told=bool(killed or injured)):
            continue
        # Once both are told, a sentence of the lead that counts people says that the toll is behind us.
        claim = reader.read(words, briefly=not (killed and injured))
        claims += 1
        if claim is NOTHING:
            continue
        weight = 2 if sentence.zone == LEAD else 1
        if claim.hit:
            hit.append((0, sentence, Claim(injured=1, injured_grade=1)))
        if claim.killed_grade:
            killed.append((_rank(claim.killed, claim.killed_grade, weight), sentence, claim))
        if claim.injured_grade:
            injured.append((_rank(claim.injured, claim.injured_grade, weight), sentence, claim))
        settled = killed and injured and killed[-1][0] > _ENOUGH and injured[-1][0] > _ENOUGH
        if settled and sentence.zone == LEAD:
            claims = _MAX_CLAIMS
        if claim.shot and (sentence.zone in (TITLE, LEAD) or not toll.shot):
            toll.shot = max(toll.shot, claim.shot)
    if hit and not injured and not killed:
        injured.append(hit[0])
    best_killed = max(killed, key=lambda entry: entry[0], default=None)
    best_injured = max(injured, key=lambda entry: entry[0], default=None)
    toll.casualties = Casualties(
        killed=best_killed[2].killed if best_killed else None,
        injured=best_injured[2].injured if best_injured else None,
        killed_bound=best_killed[2].killed_bound if best_killed else Bound.EXACT,
        injured_bound=best_injured[2].injured_bound if best_injured else Bound.EXACT,
    )
    toll.killed_by = best_killed[1] if best_killed else None
    toll.injured_by = best_injured[1] if best_injured else None
    return toll


def _rank(count: int | None, grade: int, weight: int) -> int:
    """How much a count is worth; that nobody was hurt is the first report, and anything later says more."""
    return grade * 4 + weight if count else 0


def _of_another(sentence: Sentence, words: str, year: int | None, *, first: bool, told: bool) -> bool:
    """True for a sentence of an older event or with a figure that no longer holds: what was ``told`` before stands."""
    if told and _EARLIER.search(words.lower()):
        return True
    return (not first and bool(sentence.tags & _OTHERS)) or ((told or not first) and _other_year(words, year))


def _other_year(sentence: str, year: int | None) -> bool:
    """True when ``sentence`` dates itself to a year before ``year``."""
    if year is None or not ("19" in sentence or "20" in sentence):
        return False
    return any(int(found) < year for found in _YEAR.findall(sentence))
