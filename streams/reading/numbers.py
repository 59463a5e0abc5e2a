"""Numbers in words and digits, and what a token can be in a statement about people killed and hurt."""

from typing import Final

_UNITS: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS: Final = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
WORDS.update(
    {
        f"{ten}-{unit}": 10 * t + u
        for t, ten in enumerate(_TENS, start=2)
        for u, unit in enumerate(_UNITS[1:10], start=1)
    }
)
WORDS.update({"dozen": 12, "один": 1, "одна": 1, "два": 2, "двое": 2, "две": 2, "три": 3, "трое": 3, "четыре": 4})
WORDS.update({"четверо": 4, "пять": 5, "пятеро": 5, "шесть": 6, "шестеро": 6, "семь": 7, "семеро": 7, "восемь": 8})
WORDS.update({"девять": 9, "десять": 10})
VAGUE: Final = {"dozens": 24, "scores": 40, "hundreds": 200, "десятки": 20}
"""Numerals that tell an order of magnitude only: their value is a floor, never an exact count."""

MAX_TOLL: Final = 20_000
"""A larger number is no toll of one event but a typing error, a statistic or an attack on the reader."""

_MULTIPLES: Final = {"double": 2, "triple": 3, "quadruple": 4, "quintuple": 5, "sextuple": 6}


NUMBER_WORDS: Final = frozenset([*WORDS, *VAGUE, *_MULTIPLES])
"""Every word that this module can make a number of."""


def multiple(word: str) -> int | None:
    """3 for ``triple``, and so on."""
    return _MULTIPLES.get(word)


def value(token: str) -> int | None:
    """The whole number that ``token`` writes, in digits or words; None for ages, decimals, years and the like."""
    known = WORDS.get(token)
    if known is not None:
        return known
    digits = token.replace(",", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 6:
        return None
    number = int(digits)
    return number if number <= MAX_TOLL and not (1900 <= number <= 2100 and "," not in token) else None
