"""What triage decides about one article, as a plain function, for frameworks that bring their own loop."""

from typing import NamedTuple

from streams.analysis import Analyst
from streams.model import decode_article
from streams.settings import Settings
from streams.workers.records import encode


class Out(NamedTuple):
    """One record to publish."""

    topic: str
    key: bytes
    value: bytes


class Decider:
    """The same reading, placing and encoding as in the triage worker; one record out for each record in."""

    def __init__(self, settings: Settings) -> None:
        self._analyst = Analyst()
        self._sightings = settings.topic_sightings
        self._suppressed = settings.topic_suppressed

    def decide(self, value: bytes) -> list[Out]:
        """What becomes of one article."""
        analysis = self._analyst.triage(decode_article(value))
        if analysis.suppressed is not None:
            why = analysis.suppressed
            return [Out(self._suppressed, why.article_id.encode(), encode(why))]
        return [Out(self._sightings, each.partition_key.encode(), encode(each)) for each in analysis.sightings]
