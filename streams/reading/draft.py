"""Draft: an article read as far as lexicon and rules go; what the decision, the model and `explain` build on."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.model import Article, EventTime, Span, ThreatLevel
from streams.reading import lexicon
from streams.reading.casualties import Toll, read_toll
from streams.reading.claims import ClaimReader
from streams.reading.cues import EVENTS, Zones, weigh
from streams.reading.levels import Levels
from streams.reading.matcher import Hit, Matcher
from streams.reading.page import Page
from streams.reading.rules import rule
from streams.reading.ruling import Ruling
from streams.reading.sentences import LEAD, TITLE, Sentence, choose
from streams.reading.spelling import Text
from streams.reading.tags import mask
from streams.reading.when import event_time, is_of_past_year, is_old

_LEVEL: Final = mask("level")
_TERROR: Final = mask("terror", "threat")
_NEW: Final = mask("recent", "breaking", "at_large", "still")
_WEIGHT: Final = {TITLE: 1.0, LEAD: 0.9}
_OTHER_WEIGHT: Final = 0.6
_TIMED: Final = 4
_DATED: Final = EVENTS | mask("killed", "injured", "caught", "at_large", "attacker_dead")
_OTHER_ARMS: Final = mask("bombing", "ramming", "blade")
_SCATTERED: Final = mask("scattered")
_SPREE: Final = mask("spree")
_OPENING: Final = 1500
"""Characters of the text that the gate looks at. In 25,000 articles and headlines none was an alert without a trigger
in the headline or so far into the text (scripts/measure_gate.py)."""
_MENU: Final = 25
"""Lines in so many characters from which they are a menu before the news."""
_GUNS: Final = mask("gunfire", "spree", "gunman", "plural_shot")


class Signal(NamedTuple):
    """What the gate found: the page, and the hits of the first pass over it."""

    page: Page
    hits: Sequence[Hit]


class Draft(NamedTuple):
    """The chosen sentences with their tags, the claims, and the ruling of the rules. ``shot`` counts people hit."""

    page: Page
    sentences: list[Sentence]
    zones: Zones
    toll: Toll
    shot: int
    level: ThreatLevel | None
    level_by: Sentence | None
    time: EventTime | None
    old: bool
    ruling: Ruling

    @property
    def head(self) -> int:
        """The tags of headline and lead."""
        return self.zones.title | self.zones.lead

    def anchors(self) -> tuple[Span, ...]:
        """Where the places room should look for the event's place: the headline, and the sentences with events."""
        return tuple(
            self.page.span(sentence.start, sentence.end, _WEIGHT.get(sentence.zone, _OTHER_WEIGHT))
            for sentence in self.sentences
            if sentence.zone == TITLE or sentence.tags & EVENTS
        )


class Drafter:
    """Makes drafts. Not to be used by two threads at once: the phrase databases inside are not."""

    def __init__(self) -> None:
        phrases = lexicon.load()
        self._triggers = Matcher(phrases.triggers)
        self._anywhere = Matcher((*phrases.triggers, *phrases.anywhere), len(phrases.triggers))
        self._near = Matcher(phrases.near)
        self.claims = ClaimReader()
        self.levels = Levels()

    def heed(self, article: Article) -> Signal | None:
        """The gate: as :meth:`scan`, but None too where only the tail of the text has a trigger; cheaper by half."""
        if len(article.text) > _OPENING and article.text.count("\n", 0, _OPENING) <= _MENU:
            page = Page(article, _OPENING)
            if not page.marked_up and not self._triggers.find(Text(page.data)):
                return None
        return self.scan(article)

    def scan(self, article: Article) -> Signal | None:
        """The hits of the first pass over title and text; None where no trigger is among them."""
        page = Page(article)
        hits = self._anywhere.find(Text(page.data))
        return Signal(page, hits) if hits else None

    def draft(self, article: Article, signal: Signal | None) -> Draft:
        """Read ``article``; without a signal only its headline and lead are looked at."""
        page = signal.page if signal else Page(article)
        hits = signal.hits if signal else ()
        flat = page.flat
        sentences = choose(flat, page.body, page.noise_in_text() if hits else None, hits)
        zones = weigh(flat, sentences, sorted([*hits, *self._cues(flat, sentences)]))
        year = article.published_at.year if article.published_at else None
        toll = read_toll(self.claims, flat, sentences, year)
        shot = toll.shot
        head_tags = zones.title | zones.lead
        if head_tags & _GUNS and not head_tags & _OTHER_ARMS:
            shot = max(shot, (toll.casualties.killed or 0) + (toll.casualties.injured or 0))
        if head_tags & _SCATTERED and not zones.title & _SPREE:
            # Victims of several events, counted together, make no mass shooting.
            shot = 0
        time = self._time(article, flat, sentences[:_TIMED])
        opening = next((sentence for sentence in sentences if sentence.zone == LEAD), None)
        told = flat[opening.start : opening.end] if opening and not opening.tags & _NEW else ""
        old = is_old(article, time) or is_of_past_year(article, flat[: page.title_end], told)
        level, level_by = self._level(flat, sentences)
        if level is not None and time is not None and article.published_at is not None:
            level = self.levels.dated(level, flat, sentences, time, article.published_at)
        return Draft(page, sentences, zones, toll, shot, level, level_by, time, old, rule(zones, shot, old=old))

    @staticmethod
    def _time(article: Article, flat: str, sentences: list[Sentence]) -> EventTime | None:
        """The day of the event: the first that is told; one long past only by a sentence that has the event itself.

        A date that tells of something else (a birthday, a hearing, a photo) is no reason to take the news for old.
        """
        time = event_time(article, " ".join([flat[s.start : s.end] for s in sentences]))
        if not is_old(article, time):
            return time
        eventful = [s for s in sentences if s.zone == TITLE or s.tags & _DATED]
        return event_time(article, " ".join([flat[s.start : s.end] for s in eventful]))

    def _cues(self, flat: str, sentences: list[Sentence]) -> list[Hit]:
        """Hits of the second lexicon in the chosen sentences, found in one pass over all of them."""
        pieces = [flat[sentence.start : sentence.end] for sentence in sentences]
        joined = "\n".join(pieces)
        begins, shifts = [], []
        at = 0
        for sentence, piece in zip(sentences, pieces, strict=True):
            begins.append(at)
            shifts.append(sentence.start - at)
            at += len(piece) + 1
        hits = []
        index, last = 0, len(begins) - 1
        for start, end, bits in self._near.find(Text(joined.encode())):
            while index < last and begins[index + 1] <= start:
                index += 1
            hits.append((start + shifts[index], end + shifts[index], bits))
        return hits

    def _level(self, flat: str, sentences: list[Sentence]) -> tuple[ThreatLevel | None, Sentence | None]:
        for sentence in sentences:
            if sentence.tags & _LEVEL and sentence.tags & _TERROR:
                level = self.levels.read(flat[sentence.start : sentence.end], sentence.tags)
                if level is not None:
                    return level, sentence
        return None, None
