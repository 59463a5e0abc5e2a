"""The furniture of a scraped page: taglines, menus and links to other stories, whose places are not the event's."""

import re
from collections.abc import Sequence
from typing import Final

from streams.model import Article
from streams.places.mentions import Mention
from streams.places.vocabulary import pattern

_FURNITURE: Final = re.compile(rf"\s*(?:{pattern('furniture')})", re.IGNORECASE)
_BARS: Final = (" | ", " · ", " » ")
_MENU_BARS: Final = 2
"""So many bars or bullets on one line make it a menu."""
_HEAD: Final = 60
"""Characters of the headline that are looked for in the text."""
_LONG_LINE: Final = 300
"""Characters of a line that is prose rather than furniture."""
_PREAMBLE: Final = 3000
"""Only this far down is the headline looked for: what stands above it is the page's own head."""


def mark_noise(article: Article, mentions: Sequence[Mention]) -> None:
    """Set ``noise`` of the mentions that stand in the page's furniture."""
    text = article.text
    head = article.title.strip()[:_HEAD]
    body = max(0, text.find(head, 0, _PREAMBLE)) if len(head) > 15 else 0
    bars = any(bar in text for bar in _BARS)
    until, furniture = -1, False
    for mention in mentions:
        if mention.where == "title":
            continue
        start = mention.start
        if start > until:  # another line than that of the mention before
            until = text.find("\n", start, start + _LONG_LINE)
            furniture = _is_furniture(text, start, until, bars=bars)
        mention.noise = furniture or start < body


def _is_furniture(text: str, start: int, end: int, *, bars: bool) -> bool:
    begin = text.rfind("\n", max(0, start - _LONG_LINE), start) + 1
    if begin == 0 and start > _LONG_LINE:
        return False
    if _FURNITURE.match(text, begin, begin + 40):
        return True
    if not bars:
        return False
    line = text[begin : end if end >= 0 else start + 200]
    return len(line) < _LONG_LINE and sum(map(line.count, _BARS)) >= _MENU_BARS
