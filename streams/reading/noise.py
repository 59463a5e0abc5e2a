"""Noise: the lines of a scraped page that are no news: navigation, taglines, credits, captions, cookie notes, teasers.

A line is judged by itself and by what surrounds it. Nothing is deleted: the spans are only passed over when lead and
sentences are chosen, so that they neither classify nor place.
"""

import re
from typing import Final

_STARTS: Final = re.compile(
    r"""\s*(?:
      subscribe|sign\s(?:up|in)|log\s?in|register|newsfeed|newsletter|share(?:\sthis|\b\s*[|:]|$)|tweet\b|follow\sus|
      read\s(?:more|also|next)|related(?:\s|:|$)|more\s(?:on\sthis|from|stories|news)|see\salso|also\sread|in\sother\snews|
      most\s(?:read|popular|viewed)|trending|recommended|advertisement|sponsored|promoted|watch\s(?:live|now|:)|
      (?:©|\(c\)|copyright|photo(?:s|graph)?\s?[:/]|image\s(?:caption|source|copyright|:)|picture\s?:|file\sphoto|media\scaption|getty\simages)|
      (?:we|this\ssite|our\ssite|by\scontinuing).{0,40}\bcookies?\b|cookies?\b|accept(?:\sall)?\s*$|privacy\spolicy|terms\sof|all\srights\sreserved|
      to\sparticipate\sin|comments?\b\s*(?:\(|$)|loader|chats?\s*$|skip\sto|click\shere|download\sthe|get\s(?:the\sapp|email)|
      find\stop\sstories|all\s(?:the\s)?(?:stories|news)|(?:top|main|latest)\s(?:stories|news)\b|all\syou\swant\sto\sknow|keep\supdated|stay\swith|stay\sconnected|the\smain\sstories\sand|
      home\b.{0,3}[|>»]|posted\s(?:on|by)|updated:?\s|published:?\s|by\s[A-Z][a-z]+\s[A-Z][a-z]+\s*$|warning!|close\s+get\s
      |подпис|читайте\sтакже|по\sтеме|материалы\sпо|фото:|заголовок\sоткрываемого|реклама|войти|комментарии
      |lire\saussi|à\slire|lea\stambién|lesen\ssie\sauch|mehr\szum\sthema
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SEPARATORS: Final = "|•»>"
_BEGINNING: Final = 300
"""Characters of a line in which separators are counted."""
_ENDS: Final = ("!", "?", '"', "'", ":", ")", "…", ";")
_SHORT: Final = 45
_TEASER_LEAD: Final = 3


class Noise:
    """The lines after ``body`` that are page noise. A text of one line has none: nothing would be left to read.

    :meth:`covers` tells whether a character stands in one; lines are judged when they are asked for.
    """

    __slots__ = ("_body", "_end", "_flat", "_found", "_many", "_start")

    def __init__(self, flat: str, body: int) -> None:
        self._flat = flat
        self._body = body
        self._many = flat.find("\n", body) >= 0
        self._start = self._end = -1
        self._found = False

    def covers(self, position: int) -> bool:
        """True when the character at ``position`` stands in a line that is no news."""
        if not self._many or position < self._body:
            return False
        if not self._start <= position < self._end:
            self._judge(position)
        return self._found and position < self._end

    def _judge(self, position: int) -> None:
        flat = self._flat
        self._start = max(self._body, flat.rfind("\n", self._body, position) + 1)
        end = flat.find("\n", position)
        self._end = len(flat) if end < 0 else end
        self._found = _is_noise(flat[self._start : self._end].strip())


def _is_noise(line: str) -> bool:
    if not line:
        return False
    if _STARTS.match(line):
        return len(line) < 400
    if line.endswith("."):
        return False
    if sum([line.count(separator, 0, _BEGINNING) for separator in _SEPARATORS]) >= 2:
        return True
    return len(line) < _SHORT and not line.endswith(_ENDS) and len(line.split()) <= _TEASER_LEAD
