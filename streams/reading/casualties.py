"""Casualties: one article's toll, from the claims of its sentences."""

from collections.abc import Iterable
from typing import Final

from streams.model import Bound, Casualties
from streams.reading.claims import NOTHING, Claim, ClaimReader
from streams.reading.sentences import LEAD, TITLE, Sentence
from streams.reading.tags import mask

_HARM: Final = mask("killed", "injured", "gunfire", "attacker_dead")
_OTHERS: Final = mask("anniversary", "past")
_MAX_CLAIMS: Final = 9


class Toll:
    """Counts of this event, the people shot in all, and the sentences that say so."""

    __slots__ = ("casualties", "injured_by", "killed_by", "shot")

    def __init__(self) -> None:
        self.casualties = Casualties()
        self.killed_by: Sentence | None = None
        self.injured_by: Sentence | None = None
        self.shot = 0


def read_toll(reader: ClaimReader, flat: str, sentences: Iterable[Sentence]) -> Toll:
    """The toll that the article states for its own event.

    The first plain statement of the news wins over the headline's where the two differ by little (headlines round and
    are older); a sentence that looks back to an older event counts for nothing below headline and lead.
    """
    killed: list[tuple[int, Sentence, Claim]] = []
    injured: list[tuple[int, Sentence, Claim]] = []
    toll = Toll()
    read = 0
    for sentence in sentences:
        if not sentence.tags & _HARM or read >= _MAX_CLAIMS:
            continue
        if sentence.zone not in (TITLE, LEAD) and sentence.tags & _OTHERS:
            continue
        claim = reader.read(flat[sentence.start : sentence.end])
        if claim is NOTHING:
            continue
        read += 1
        weight = 2 if sentence.zone == LEAD else 1
        if claim.killed_grade:
            killed.append((claim.killed_grade * 4 + weight, sentence, claim))
        if claim.injured_grade:
            injured.append((claim.injured_grade * 4 + weight, sentence, claim))
        if claim.shot and (sentence.zone in (TITLE, LEAD) or not toll.shot):
            toll.shot = max(toll.shot, claim.shot)
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
