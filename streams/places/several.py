"""Several places of one event: towns that stand in one list with the event's place ("in Kirkuk and Baghdad")."""

from collections.abc import Sequence
from typing import Final

from streams.model import Article
from streams.places import cues
from streams.places.circumstances import Candidate
from streams.places.gazetteer import Gazetteer, Level
from streams.places.mentions import Mention

_GAPS: Final = frozenset((", ", " and ", ", and ", " & ", " and in ", ", in ", " and at "))
_BESIDE: Final = tuple(_GAPS)
_LIKELY: Final = 0.5


def several(gazetteer: Gazetteer, article: Article, best: Candidate, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best candidate and the towns listed with it where the article tells of violence there, first named first."""
    if not any(_in_list(article, mention) for mention in best.mentions):
        return [best]
    owner = {
        id(mention): candidate
        for candidate in ranked
        if candidate.mentions and gazetteer.level(candidate.place) >= Level.ADMIN2
        for mention in candidate.mentions
        if mention.likelihood > _LIKELY
    }
    found = [best]
    for where, text in (("title", article.title), ("text", article.text)):
        row = sorted(
            (m for c in ranked for m in c.mentions if m.where == where and id(m) in owner), key=lambda m: m.start
        )
        for group in _groups(gazetteer, text, row, owner):
            members = [owner[id(mention)] for mention in group]
            if best in members and _is_event(text, group):
                found = list({c.place: c for c in [*members, *found]}.values())
    return found


def _in_list(article: Article, mention: Mention) -> bool:
    """True where what stands beside a mention may part the towns of a list."""
    text = article.title if mention.where == "title" else article.text
    return text.startswith(_BESIDE, mention.end) or text.endswith(_BESIDE, 0, mention.start)


def _groups(
    gazetteer: Gazetteer, text: str, row: Sequence[Mention], owner: dict[int, Candidate]
) -> list[list[Mention]]:
    """The lists of two towns and more."""
    groups: list[list[Mention]] = []
    for mention in row:
        last = groups[-1][-1] if groups else None
        in_list = (
            last is not None
            and text[last.end : mention.start] in _GAPS
            and _apart(gazetteer, owner[id(last)].place, owner[id(mention)].place)
        )
        if in_list:
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [group for group in groups if len(group) > 1]


def _apart(gazetteer: Gazetteer, a: int, b: int) -> bool:
    """True when two towns of a list are two towns, and the second does not merely hold the first."""
    if a == b or gazetteer.country[a] != gazetteer.country[b]:
        return False
    return not (gazetteer.level(b) == Level.ADMIN2 and gazetteer.region[a] == gazetteer.region[b])


def _is_event(text: str, group: Sequence[Mention]) -> bool:
    """True when what leads up to a list of towns, or follows it, tells of violence there."""
    start, last = group[0].start, group[-1]
    before = cues.last_words(text, start)
    led = cues.event_led(before, cues.hints_before(text, start, before))
    return led or cues.event_after(text, last.end, last.hint)
