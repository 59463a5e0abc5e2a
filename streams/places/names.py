"""Name: all mentions of one name in an article, which have one sense."""

import math
from typing import Final

from streams.places.facts import Facts
from streams.places.mentions import Mention, Sense

LOUD_ENOUGH: Final = 0.2
"""Likelihood under which a name does not speak for the senses of others, nor they for its own."""
_HOPELESS: Final = -25.0
"""Log-odds that add nothing to a sum that holds a 1."""


class Name:
    """One name of an article with all its mentions: one sense per article.

    ``number`` is that of the name in the gazetteer, -1 for a form that is no key of it. ``holders`` are the names that
    follow it after a comma. ``loud`` is how much it speaks for the senses of others. ``facts`` and ``scores`` go with
    ``senses``, and ``choice`` is the position of the chosen one.
    """

    __slots__ = ("choice", "facts", "holders", "key", "likelihood", "loud", "mentions", "number", "scores", "senses")

    def __init__(self, key: str, senses: tuple[Sense, ...], number: int = -1) -> None:
        self.key = key
        self.senses = senses
        self.number = number
        self.mentions: list[Mention] = []
        self.holders: list[Name] = []
        self.likelihood = 0.0
        self.loud = 0.0
        self.facts: tuple[Facts, ...] = ()
        self.scores: list[float] = []
        self.choice = -1

    def chosen(self) -> Facts:
        """The sense that was chosen."""
        return self.facts[self.choice]

    def place(self) -> int:
        """The gazetteer's index of the place that was chosen."""
        return self.facts[self.choice].place

    def doubt(self) -> float:
        """How likely another of its senses is meant, 0 to 1."""
        scores = self.scores
        if len(scores) < 2:
            return 0.0
        best = scores[self.choice]
        total = 0.0
        for score in scores:
            lead = score - best
            if lead > _HOPELESS:
                total += math.exp(min(30.0, lead))
        return 1.0 - 1.0 / total

    def settle_loudness(self) -> None:
        """Set ``loud`` once all mentions are there: the likelihood, and a little more where the name is repeated."""
        if self.likelihood > LOUD_ENOUGH:
            self.loud = self.likelihood * min(2.0, 1.0 + 0.25 * (len(self.mentions) - 1))
