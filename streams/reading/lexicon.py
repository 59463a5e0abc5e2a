"""Lexicon: phrases and what they mean, from one TOML file per language.

A phrase is plain text. ``{a,b}`` stands for alternatives, ``*`` at the end lets the last word run on, a space also
matches a hyphen or one other white space. Case does not count, and words must stand alone. Inside a phrase ``*``
stands for up to nine more letters.
"""

import re
import tomllib
from importlib.resources import files
from typing import Final, NamedTuple

from streams.reading.tags import BIT, mask

_ANYWHERE: Final = 1
_TRIGGER: Final = 2
_SPACE: Final = r"[\s\-]"


class LexiconError(ValueError):
    """A lexicon file that cannot be used; the message names the file, the group and what to mend."""


class Phrase(NamedTuple):
    """One phrase of a lexicon as a Hyperscan expression, and the tags that it stands for.

    ``runs_on`` is True when its last word may have any ending.
    """

    expression: str
    tags: int
    runs_on: bool


class Lexicon(NamedTuple):
    """All phrases of all languages.

    ``triggers`` make an article worth reading, ``anywhere`` are looked for all over one that has some, and ``near``
    only in chosen sentences.
    """

    triggers: tuple[Phrase, ...]
    anywhere: tuple[Phrase, ...]
    near: tuple[Phrase, ...]


def expression(phrase: str) -> str:
    """``phrase`` as a Hyperscan expression.

    Edges that are ASCII letters or digits are anchored; at others Hyperscan's word edge never matches, so that they are
    left open here and looked at on the hits.

    Raises:
        ValueError: braces do not pair, or there is nothing to find.
    """
    body = " ".join(phrase.lower().split())
    run_on = runs_on(body)
    if not body.strip("*") or body.count("{") != body.count("}"):
        raise ValueError(f"{phrase!r}: write words, {{a,b}} alternatives and * only")
    depth, out = 0, []
    for position, char in enumerate(body):
        if char == "{":
            depth += 1
            out.append("(?:")
        elif char == "}":
            depth -= 1
            out.append(")")
        elif char == "," and depth:
            out.append("|")
        elif char == "*":
            # At the very end the word is simply left open; inside a phrase a bounded run keeps Hyperscan fast.
            out.append("[a-zа-я]{0,9}" if " " in body[position:] else "")
        elif char in " -":
            out.append(_SPACE)
        else:
            out.append(re.escape(char))
    head = r"\b" if body[0].isascii() and (body[0].isalnum() or body[0] == "{") else ""
    tail = r"\b" if not run_on and body[-1].isascii() and (body[-1].isalnum() or body[-1] == "}") else ""
    return f"{head}{''.join(out)}{tail}"


def runs_on(phrase: str) -> bool:
    """True when the last word of ``phrase``, or one of its last alternatives, ends in ``*``."""
    last = phrase[phrase.rfind("{") :] if phrase.endswith("}") else phrase[-1:]
    return "*" in last


def load() -> Lexicon:
    """Read every lexicon file that is shipped.

    Raises:
        LexiconError: a file is no TOML, names an unknown tag or has a phrase that cannot be read.
    """
    tags: dict[tuple[str, bool], int] = {}
    reach: dict[tuple[str, bool], int] = {}
    folder = files("streams.reading") / "data" / "lexicon"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            _collect(file.name, file.read_text(encoding="utf-8"), tags, reach)
    phrases = {
        depth: tuple(Phrase(key[0], tags[key], key[1]) for key in sorted(tags) if reach[key] == depth)
        for depth in range(3)
    }
    return Lexicon(triggers=phrases[_TRIGGER], anywhere=phrases[_ANYWHERE], near=phrases[0])


def _collect(name: str, source: str, tags: dict[tuple[str, bool], int], reach: dict[tuple[str, bool], int]) -> None:
    try:
        groups = tomllib.loads(source)["group"]
        for number, group in enumerate(groups, start=1):
            unknown = set(group["tags"]) - BIT.keys()
            if unknown:
                raise LexiconError(f"{name}, group {number}: unknown tags {sorted(unknown)}: see tags.py")
            bits = mask(*group["tags"])
            anywhere = group.get("locate") or bits & BIT["cancel"]
            depth = _TRIGGER if group.get("gate") else _ANYWHERE if anywhere else 0
            for phrase in group["phrases"]:
                key = (expression(phrase), runs_on(phrase))
                tags[key] = tags.get(key, 0) | bits
                reach[key] = max(reach.get(key, 0), depth)
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        if isinstance(error, LexiconError):
            raise
        raise LexiconError(f"{name}: {error}: a lexicon is a TOML file of [[group]] tables") from error
