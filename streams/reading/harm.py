"""Harm: whether a sentence speaks of people hurt or killed at all, so that it is worth spelling."""

from typing import Final

from streams.reading.matcher import Stems

_TOLD: Final = (
    "kill", "dead", "died", "dies", "fatal", "beheaded", "wounded", "inj", " toll", "погиб", "убит", "ранен",
    "скончал", "tué", " mort", "bless", "muert", "muri", "mataron", "asesin", "herid", "getötet", "tote ",
    "starb", "verletzt",
)  # fmt: skip
"""Parts of words of harm."""


class Harm:
    """Looks for parts of words of harm. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._stems = Stems(_TOLD)

    def is_told(self, sentence: str) -> bool:
        """True when one of them stands in ``sentence``, whatever its case."""
        return self._stems.stand_in(sentence.lower())
