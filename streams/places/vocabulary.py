"""The words that tell what a place's name is used for, from data/vocabulary.toml."""

import tomllib
from importlib import resources
from typing import Final

_LISTS: Final[dict[str, list[str]]] = tomllib.loads(
    resources.files("streams.places").joinpath("data/vocabulary.toml").read_text("utf-8")
)


def words(group: str) -> frozenset[str]:
    """The words of a group, to look up. Raises KeyError for a group that the file does not have."""
    return frozenset(_LISTS[group])


def pattern(group: str) -> str:
    """The alternatives of a group, to build a regular expression of. Raises KeyError like :func:`words`."""
    return "|".join(_LISTS[group])
