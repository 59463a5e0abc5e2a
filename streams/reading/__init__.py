"""Reading: what an article says about people in danger. Pure: no input, no output, no clock."""

from streams.reading.draft import Signal
from streams.reading.explain import Contribution, Explanation, Mark, Passage
from streams.reading.families import Case, FamilyScore, cases, score_families
from streams.reading.reader import Reader
from streams.reading.ruling import REASONS

__all__ = [
    "REASONS",
    "Case",
    "Contribution",
    "Explanation",
    "FamilyScore",
    "Mark",
    "Passage",
    "Reader",
    "Signal",
    "cases",
    "score_families",
]
