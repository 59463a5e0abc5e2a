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
SCALES: Final = {"dozen": 12, "dozens": 12, "hundred": 100, "thousand": 1000}
"""Words that multiply the number before them."""
WORDS.update({"dozen": 12, "hundred": 100, "both": 2})
_OTHER_LANGUAGES: Final = (
    (
        "один одна одного одной|два двое две двух двоих|три трое трех троих|четыре четверо четырех четверых"
        "|пять пятеро пяти пятерых|шесть шестеро шести шестерых|семь семеро семи семерых|восемь восьмеро восьми"
        "|девять девяти|десять десяти|одиннадцать|двенадцать|тринадцать|четырнадцать|пятнадцать"
    ),
    "un une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze",
    "una uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince",
    "ein eine einer einen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn",
)
_ALSO_ENGLISH: Final = "once"
WORDS.update(
    {
        word: number
        for language in _OTHER_LANGUAGES
        for number, forms in enumerate(language.split("|"), start=1)
        for word in forms.split()
        if word != _ALSO_ENGLISH
    }
)
_OTHER_TENS: Final = (
    "двадцать тридцать сорок пятьдесят шестьдесят",
    "vingt trente quarante cinquante soixante",
    "veinte treinta cuarenta cincuenta sesenta",
    "zwanzig dreißig vierzig fünfzig sechzig",
)
WORDS.update({word: 10 * ten for language in _OTHER_TENS for ten, word in enumerate(language.split(), start=2)})
VAGUE: Final = {
    "dozens": 24, "scores": 40, "hundreds": 200, "десятки": 20, "десятков": 20, "сотни": 200, "dizaines": 20,
    "centaines": 200, "decenas": 20, "cientos": 200, "dutzende": 24, "hunderte": 200,
}  # fmt: skip
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
