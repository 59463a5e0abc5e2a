"""Features: what the learned model sees of a draft: bits for tags and rules, and hashed words of headline and lead.

Words are hashed (CRC-32, seeded by zone), so that the weights carry no vocabulary, let alone any text.
"""

import re
from functools import lru_cache
from typing import Final
from zlib import crc32

from streams.model import Kind, Status
from streams.reading.draft import Draft
from streams.reading.ruling import REASONS
from streams.reading.sentences import LEAD
from streams.reading.tags import NAMES

ZONE_NAMES: Final = ("headline", "lead", "body", "denied")
ZONES: Final = len(ZONE_NAMES)
BUCKETS: Final = 1 << 17
"""Buckets for hashed words."""
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_BLANKED: Final = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
_MASK: Final = BUCKETS - 1
_TITLE_SEED: Final = 0x5EED
_LEAD_SEED: Final = 0x1EAD
_EITHER_SEED: Final = 0xB07
_LONG_NUMBER: Final = 3
_ENDINGS: Final = ("ings", "ing", "edly", "ers", "ied", "ies", "ed", "es", "er", "s", "ly")
_LEAST_STEM: Final = 3
_TITLE_BEGIN: Final = crc32(b"^", _TITLE_SEED)
_LEAD_BEGIN: Final = crc32(b"^", _LEAD_SEED)
_END: Final = b" $"
_PARTS: Final = {_TITLE_SEED: "headline", _LEAD_SEED: "lead", _EITHER_SEED: "headline or lead"}
_MAX_WORDS: Final = 32
_MAX_LEAD: Final = 300
_STATUSES: Final = tuple(Status)
_KINDS: Final = tuple(Kind)
TAG_FEATURES: Final = ZONES * len(NAMES)
FACTS: Final = (
    *(f"ruled {status}" for status in _STATUSES),
    *(f"ruled {kind}" for kind in _KINDS),
    *(f"by {reason}" for reason in sorted(REASONS)),
    *(f"shot {count}" for count in ("1", "2", "3", "4 or 5", "6 or more")),
    *(f"killed {count}" for count in ("1", "2 or 3", "4 to 9", "10 or more")),
    *(f"injured {count}" for count in ("1", "2 or 3", "4 to 9", "10 or more")),
    "old", "no title", "no text", "long text", "lower case", "level", "cancelled level",
)  # fmt: skip
FACT_AT: Final = {name: TAG_FEATURES + position for position, name in enumerate(FACTS)}
WORDS_AT: Final = TAG_FEATURES + len(FACTS)
SIZE: Final = WORDS_AT + BUCKETS
"""Number of features: tags by zone, facts, hashed words."""


def tag_masks(draft: Draft) -> tuple[int, int, int, int]:
    """The tags of each zone, as bits."""
    zones = draft.zones
    return zones.title, zones.lead, zones.body, zones.negated


def facts(draft: Draft) -> list[int]:
    """The numbers of the facts that hold."""
    ruling, toll = draft.ruling, draft.toll.casualties
    names = [f"ruled {ruling.status}", f"by {ruling.reason}", *(f"ruled {kind}" for kind in ruling.kinds)]
    if draft.shot:
        names.append("shot " + (str(draft.shot) if draft.shot < 4 else "4 or 5" if draft.shot < 6 else "6 or more"))
    for word, count in (("killed", toll.killed), ("injured", toll.injured)):
        if count:
            names.append(
                f"{word} "
                + ("1" if count == 1 else "2 or 3" if count < 4 else "4 to 9" if count < 10 else "10 or more")
            )
    page = draft.page
    if draft.old:
        names.append("old")
    if not page.title_end:
        names.append("no title")
    size = len(page.flat) - page.body
    if size <= 0:
        names.append("no text")
    elif size > 700:
        names.append("long text")
    title = page.flat[: page.title_end]
    if title and title.islower():
        names.append("lower case")
    if draft.level is not None:
        names.append("level")
    return [FACT_AT[name] for name in names]


def words(draft: Draft) -> list[int]:
    """The numbers of the hashed stems and pairs of stems of headline and lead."""
    title, opening = _headline_and_lead(draft)
    heads, leads = [*map(_hashed, _words(title))], [*map(_hashed, _words(opening))]
    numbers = [word.title for word in heads]
    numbers += [word.lead for word in leads]
    # A stem that two words share is one object: each counts once.
    numbers += [word.either for word in {*heads, *leads}]
    if heads:
        before = _TITLE_BEGIN
        for word in heads:
            numbers.append(WORDS_AT + (crc32(word.after, before) & _MASK))
            before = word.title_crc
        numbers.append(WORDS_AT + (crc32(_END, before) & _MASK))
    if leads:
        before = _LEAD_BEGIN
        for word in leads:
            numbers.append(WORDS_AT + (crc32(word.after, before) & _MASK))
            before = word.lead_crc
        numbers.append(WORDS_AT + (crc32(_END, before) & _MASK))
    return numbers


def named(draft: Draft) -> list[tuple[str, int]]:
    """Every feature of ``draft`` with a name to show to people, and its number."""
    pairs: list[tuple[str, int]] = []
    for zone, bits in enumerate(tag_masks(draft)):
        part = ZONE_NAMES[zone]
        pairs += [(f"{part}: {name}", zone * len(NAMES) + at) for at, name in enumerate(NAMES) if bits >> at & 1]
    pairs += [(FACTS[number - TAG_FEATURES], number) for number in facts(draft)]
    for seed, tokens in _texts(draft):
        part = _PARTS[seed]
        pairs += [(f'{part}: "{token.decode()}"', WORDS_AT + (crc32(token, seed) & _MASK)) for token in tokens]
    return pairs


def _texts(draft: Draft) -> tuple[tuple[int, list[bytes]], ...]:
    """Stems and pairs of stems of headline and lead, and the stems of either, each with the seed of its hash."""
    title, opening = ([*map(stem, _words(text))] for text in _headline_and_lead(draft))
    either = sorted({*title, *opening})
    return (_TITLE_SEED, _with_pairs(title)), (_LEAD_SEED, _with_pairs(opening)), (_EITHER_SEED, either)


def _headline_and_lead(draft: Draft) -> tuple[str, str]:
    flat = draft.page.flat
    lead = " ".join([flat[sentence.start : sentence.end] for sentence in draft.sentences if sentence.zone == LEAD])
    return flat[: draft.page.title_end], lead[:_MAX_LEAD]


def _words(text: str) -> list[str]:
    """The first runs of letters and runs of digits of ``text``, in lower case."""
    lowered = text.lower()
    if not lowered.isascii():
        return _WORD.findall(lowered)[:_MAX_WORDS]
    # Three times as fast as the expression, which is only needed where digits and letters touch: "ak47".
    words = lowered.encode().translate(_BLANKED).decode().split()[:_MAX_WORDS]
    for word in words:
        if not word.isalpha() and not word.isdigit():
            return _WORD.findall(lowered)[:_MAX_WORDS]
    return words


def _with_pairs(stems: list[bytes]) -> list[bytes]:
    if not stems:
        return []
    return [*stems, *map(b" ".join, zip([b"^", *stems], [*stems, b"$"], strict=True))]


class _Hashed:
    """A stem, with its feature in each part and what the hashes of its pairs go on from.

    A pair's hash is that of "first second": the CRC of the first word is carried on over a blank and the second.
    """

    __slots__ = ("after", "either", "lead", "lead_crc", "title", "title_crc")

    def __init__(self, token: bytes) -> None:
        self.after = b" " + token
        self.title_crc = crc32(token, _TITLE_SEED)
        self.lead_crc = crc32(token, _LEAD_SEED)
        self.title = WORDS_AT + (self.title_crc & _MASK)
        self.lead = WORDS_AT + (self.lead_crc & _MASK)
        self.either = WORDS_AT + (crc32(token, _EITHER_SEED) & _MASK)


@lru_cache(maxsize=1 << 15)
def _hashed(word: str) -> _Hashed:
    return _hashed_stem(stem(word))


@lru_cache(maxsize=1 << 16)
def _hashed_stem(token: bytes) -> _Hashed:
    return _Hashed(token)


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> bytes:
    """``word`` without its ending, so that "shoots" and "shooting" are one; numbers become one or two signs."""
    if word.isdigit():
        return b"#" if len(word) < _LONG_NUMBER else b"##"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)].encode()
    return word.encode()
