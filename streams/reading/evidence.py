"""Evidence: for each claim of a reading, the sentence of the article that made it."""

from typing import Final

from streams.model import Article, Evidence, Kind, Status
from streams.reading.draft import Draft
from streams.reading.sentences import Sentence
from streams.reading.tags import mask, names_of

MAX_QUOTE: Final = 320
"""Characters of a quote; a longer sentence is cut."""

_SPEAKS_FOR: Final = {
    Kind.TERROR_ALERT: mask(
        "terror", "bombing", "blast", "explosion", "operation", "plot", "ramming", "hostage", "militant", "level",
        "threat", "attack", "blade",
    ),
    Kind.ACTIVE_SHOOTER: mask("gunman", "gunfire", "spree", "plural_shot", "few_shot"),
    Kind.LOCKDOWN_ADVISORY: mask("lockdown", "shelter", "evacuate", "avoid", "device", "cordon"),
}  # fmt: skip
_ORDERS: Final = mask("lockdown", "shelter", "evacuate", "avoid")
_ENDS: Final = mask("clear", "caught", "attacker_dead", "level_down")


def gather(article: Article, draft: Draft, status: Status, kinds: tuple[Kind, ...]) -> tuple[Evidence, ...]:
    """One piece of evidence for each kind, the toll, the level, the advisory and, of an all-clear, the end."""
    found = []
    for kind in kinds:
        sentence = _best(draft, _SPEAKS_FOR[kind])
        if sentence is not None:
            found.append(_evidence(article, draft, sentence, f"kinds.{kind}", _SPEAKS_FOR[kind]))
    if status is Status.ALL_CLEAR:
        sentence = _best(draft, _ENDS)
        if sentence is not None:
            found.append(_evidence(article, draft, sentence, "status", _ENDS))
    toll = draft.toll
    if toll.killed_by is not None:
        found.append(_evidence(article, draft, toll.killed_by, "casualties.killed", mask("killed")))
    if toll.injured_by is not None:
        found.append(_evidence(article, draft, toll.injured_by, "casualties.injured", mask("injured")))
    if draft.level_by is not None:
        found.append(_evidence(article, draft, draft.level_by, "threat_level", mask("level")))
    if Kind.LOCKDOWN_ADVISORY in kinds:
        sentence = _best(draft, _ORDERS)
        if sentence is not None:
            found.append(_evidence(article, draft, sentence, "advisory", _ORDERS))
    return tuple(found)


def _best(draft: Draft, tags: int) -> Sentence | None:
    """The sentence that speaks for ``tags`` most, earlier ones first."""
    best = max(draft.sentences, key=lambda sentence: (sentence.tags & tags).bit_count(), default=None)
    return best if best is not None and best.tags & tags else None


def _evidence(article: Article, draft: Draft, sentence: Sentence, field: str, tags: int) -> Evidence:
    names = names_of(sentence.tags & tags)
    return Evidence(field=field, quote=quote(article, draft, sentence), rule="+".join(names[:3]) or "count")


def quote(article: Article, draft: Draft, sentence: Sentence) -> str:
    """``sentence`` in the article's own characters."""
    span = draft.page.span(sentence.start, sentence.end)
    source = article.title if span.where == "title" else article.text
    return source[span.start : span.end].strip()[:MAX_QUOTE]
