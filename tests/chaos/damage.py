"""Damage: what a checker found, by kind, with a few examples each."""

from collections import Counter
from enum import StrEnum
from typing import Final

import msgspec

_EXAMPLES: Final = 8


class Harm(StrEnum):
    """The kinds of damage that a run can do."""

    LOST = "lost"
    DIVERGENT = "divergent"
    TWICE = "in two places"
    INVENTED = "from nowhere"
    GAP = "gaps"
    DISORDER = "out of order"
    STATE = "state differs"
    LAG = "left unread"
    STUCK = "did not stop"


class Damage(msgspec.Struct):
    """Counts and examples of damage; nothing in it means that all is well."""

    counts: Counter[Harm] = msgspec.field(default_factory=Counter)
    examples: dict[Harm, list[str]] = {}

    def add(self, harm: Harm, example: str) -> None:
        """Take note of one piece of damage."""
        self.counts[harm] += 1
        shown = self.examples.setdefault(harm, [])
        if len(shown) < _EXAMPLES:
            shown.append(example)

    def joined(self, other: "Damage") -> "Damage":
        """This damage and that of ``other``."""
        both = Damage(self.counts + other.counts, {kind: list(shown) for kind, shown in self.examples.items()})
        for kind, shown in other.examples.items():
            both.examples[kind] = [*both.examples.get(kind, []), *shown][:_EXAMPLES]
        return both

    def __bool__(self) -> bool:
        return bool(self.counts)
