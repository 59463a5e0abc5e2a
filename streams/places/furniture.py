"""The furniture of a scraped page: taglines, menus and links to other stories, whose places are not the event's."""

import re
from collections.abc import Sequence
from typing import Final

from streams.model import Article
from streams.places.mentions import Mention
from streams.places.vocabulary import pattern

_FURNITURE: Final = re.compile(rf"\s*(?:{pattern('furniture')})", re.IGNORECASE)
_MENU_BARS: Final = 2
"""So many bars or bullets on one line make it a menu."""
_HEAD: Final = 60
"""Characters of the headline that are looked for in the text."""
_PREAMBLE: Final = 3000
"""Only this far down is the headline looked for: what stands above it is the page's own head."""


def mark_noise(article: Article, mentions: Sequence[Mention]) -> None:
    """Set ``noise`` of the mentions that stand in the page's furniture."""
    text = article.text
    head = article.title.strip()[:_HEAD]
    body = max(0, text.find(head, 0, _PREAMBLE)) if len(head) > 15 else 0
    for mention in mentions:
        if mention.where == "text":
            mention.noise = mention.start < body or _is_furniture(text, mention.start)


def _is_furniture(text: str, start: int) -> bool:
    begin = text.rfind("\n", max(0, start - 300), start) + 1
    if begin == 0 and start > 300:
        return False
    if _FURNITURE.match(text, begin, begin + 40):
        return True
    end = text.find("\n", start, start + 300)
    line = text[begin : end if end >= 0 else start + 200]
    return len(line) < 300 and line.count(" | ") + line.count(" · ") + line.count(" » ") >= _MENU_BARS
