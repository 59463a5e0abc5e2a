"""The venue, street or neighbourhood of an event, kept as the article's own words."""

import re
from collections.abc import Sequence
from typing import Final

from streams.model import Article
from streams.places.mentions import Mention

_PROPER: Final = r"[A-Z][\w'’.&]*(?:[ -](?:of|the|de|du|la|and|&|[A-Z0-9][\w'’.&]*)){0,4}"
_HEADS: Final = (
    r"(?:School|College|University|Academy|Mall|Center|Centre|Plaza|Market|Church|Mosque|Synagogue|Temple|Cathedral|Hospital"
    r"|Airport|Station|Stadium|Arena|Theater|Theatre|Cinema|Hotel|Motel|Club|Nightclub|Bar|Café|Cafe|Restaurant|Park|Square"
    r"|Bridge|Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Lane|Promenade|Beach|Campus|Library|Courthouse|Barracks|Base"
    r"|Embassy|Consulate|Palace|Tower|Museum|Store|Supermarket|Walmart|Apartments|Hall|Court|Highway|Terminal|Zoo|District)"
)
_LONGEST: Final = 200
"""Characters before the first head of a venue in which its name begins."""
_HEAD: Final = re.compile(rf"{_HEADS}\b")
_VENUE: Final = re.compile(
    rf"\b(?:at|in|on|inside|outside|near|to|of)\s+(?:the\s+|a\s+)?((?:{_PROPER}\s)?{_HEADS}\b(?:\s(?:of|for)\s(?:the\s)?{_PROPER})?)"
)


def venue_near(article: Article, mentions: Sequence[Mention]) -> str | None:
    """The first named venue of the headline or the lead, else of the sentences around ``mentions``."""
    for text in (article.title, article.text[:1200]):
        if found := _venue(text):
            return found
    for mention in mentions[:3]:
        if mention.where == "text" and (found := _venue(article.text[max(0, mention.start - 150) : mention.end + 150])):
            return found
    return None


def _venue(text: str) -> str | None:
    head = _HEAD.search(text)
    if head is None:
        return None  # this costs a tenth of the search below, which has most texts to go through in vain
    for found in _VENUE.finditer(text, max(0, head.start() - _LONGEST)):
        venue = " ".join(found[1].split())
        if " " in venue and len(venue) <= 80:
            return venue
    return None
