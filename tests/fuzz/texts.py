"""Texts: samples broken at random, soups of telling words and signs, and giants."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from streams.model import Article

_SIGNS: Final = "abc XYZ 0159 .,;:'\"“”’-–—\n\t\x00\x1b\u202e\u200b\u00a0\u0301éßЖ漢🔔{}[]<>&|$%#()"
_WORDS: Final = """
gunman opens fire lockdown lifted bomb 12 dead , . " ' killed 3 of people level red threat raised from to not year-old
2016 | <p> </p> <script> &amp; стрельба уровень угрозы убиты двое - -- ( ) $ 99999999999 at least dozens and Monday
March may one other Bridge no drill half (c) © Paris London Springfield Georgia Washington until for 14 days 15 August
suspects at large in custody injured wounded two a the his hundred dozen toll rose attentat niveau d'alerte blessés
muertos heridos nivel Terrorwarnstufe Tote verletzt live updated 10:41
"""
_MOST_CHANGES: Final = 30
_PASTE: Final = 400
_SOUP: Final = 2000
_FIRST_DAY: Final = datetime(1990, 1, 1, tzinfo=UTC)
_DAYS: Final = 20_000


def articles(samples: Sequence[Article], seed: int) -> Iterator[Article]:
    """Articles without end, the same for the same ``seed``: most are ``samples`` with a few random changes."""
    chance = random.Random(seed)  # noqa: S311 - tests want numbers that come again, not secrets
    words = _WORDS.split()
    texts = [f"{sample.title}\n{sample.text}" for sample in samples]
    while True:
        kind = chance.random()
        if kind < 0.75:
            text = _changed(chance.choice(texts), texts, words, chance)
        elif kind < 0.9:
            text = " ".join(chance.choices(words, k=chance.randint(0, _SOUP // 10)))
        else:
            text = "".join(chance.choices(_SIGNS, k=chance.randint(0, _SOUP)))
        cut = chance.randint(0, 160)
        published = None if chance.random() < 0.1 else _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))
        yield Article(id="fuzz", title=text[:cut], text=text[cut * chance.randrange(2) :], published_at=published)


def _changed(text: str, texts: Sequence[str], words: Sequence[str], chance: random.Random) -> str:
    """``text`` with up to 30 insertions, losses, repetitions and pieces of other ``texts``."""
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        kind, at = chance.random(), chance.randint(0, len(text))
        if kind < 0.35:
            text = text[:at] + chance.choice(_SIGNS) + text[at:]
        elif kind < 0.5:
            text = text[:at] + " " + chance.choice(words) + " " + text[at:]
        elif kind < 0.7:
            text = text[:at] + text[at + chance.randint(1, 5) :]
        elif kind < 0.85:
            text = text[:at] + text[max(0, at - chance.randint(1, _PASTE)) : at] + text[at:]
        else:
            other = chance.choice(texts)
            begin = chance.randint(0, len(other))
            text = text[:at] + other[begin : begin + chance.randint(1, _PASTE)] + text[at:]
    return text


def giants(samples: Sequence[Article]) -> Iterator[tuple[str, str]]:
    """Names and units of which texts of any length are made: prose, and what has made regular expressions explode."""
    yield "prose", f"{samples[3].text}\n"
    yield "lines of one word", "gun\n"
    yield "no full stop", "gunman opens fire and kills two people and "
    yield "numbers", "12 people, 3 women, "
    yield "place names", "Paris London Springfield "
    yield "curly quotes", "“"
    yield "accents apart", "a\u0301"
    yield "tags", "<p"
    yield "blank lines", "\n"
    yield "braces", "("
    yield "dates", "until 15 August for 14 days "
