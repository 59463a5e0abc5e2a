"""Measures: what people are told to do, and where the suspects are."""

from typing import Final

from streams.model import Action, Advisory, Status, Suspects
from streams.reading.tags import mask

_SHELTER: Final = mask("lockdown", "shelter")
_EVACUATE: Final = mask("evacuate")
_AVOID: Final = mask("avoid")
_AT_LARGE: Final = mask("at_large")
_CAUGHT: Final = mask("caught")
_DEAD: Final = mask("attacker_dead")


def advisory_of(tags: int, status: Status) -> Advisory | None:
    """The strongest order among ``tags``; no longer in force once the article is an all-clear."""
    action = (
        Action.SHELTER
        if tags & _SHELTER
        else Action.EVACUATE
        if tags & _EVACUATE
        else Action.AVOID
        if tags & _AVOID
        else None
    )
    return None if action is None else Advisory(action=action, in_force=status is not Status.ALL_CLEAR)


def suspects_of(tags: int) -> Suspects:
    """One suspect for each state that the article speaks of."""
    return Suspects(
        at_large=1 if tags & _AT_LARGE else None,
        detained=1 if tags & _CAUGHT else None,
        dead=1 if tags & _DEAD else None,
    )
