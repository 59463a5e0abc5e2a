"""Measures: what people are told to do."""

from typing import Final

from streams.model import Action, Advisory, Status
from streams.reading.tags import mask

_SHELTER: Final = mask("lockdown", "shelter")
_EVACUATE: Final = mask("evacuate")
_AVOID: Final = mask("avoid")


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
