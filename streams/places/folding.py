"""One spelling for the many ways in which a place name is written."""

import re
import unicodedata
from typing import Final

_MARKS: Final = str.maketrans({"'": None, "’": None, "ʼ": None, "‘": None, "`": None, ".": None, "ʻ": None})
_SEPARATORS: Final = re.compile(r"[\s\-‐‑–/_,]+")
SHORT_FORMS: Final = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
"""Words that names are shortened with, and what they stand for."""
_LETTERS: Final = str.maketrans(
    {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ı": "i", "æ": "ae", "Æ": "ae"}
    | {"œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th", "ß": "ss", "ё": "е", "Ё": "е"}
)


def fold(name: str) -> str:
    """The key of a name: lower case, without accents, apostrophes and full stops, words parted by one space.

    ``St.``, ``Ft.`` and ``Mt.`` are written out, so that "St. Louis" and "Saint Louis" have one key. Accents are
    taken off Latin letters only: in Cyrillic they tell letters apart, and are composed instead.
    """
    if name.isascii():
        key = name.lower()
        if key.isalpha():
            return key
    else:
        key = _strip_accents(name.translate(_LETTERS)).lower()
    words = _SEPARATORS.sub(" ", key.translate(_MARKS)).strip().split(" ")
    if len(words) > 1:
        words = [SHORT_FORMS.get(word, word) for word in words]
    return " ".join(words)


def _strip_accents(name: str) -> str:
    letters: list[str] = []
    base_is_latin = False
    for letter in unicodedata.normalize("NFD", name):
        if unicodedata.combining(letter):
            if base_is_latin:
                continue
        else:
            base_is_latin = letter < "\u0370"
        letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters))
