"""From the words of an article to the place of the event that it tells of. Pure, over a shipped gazetteer."""

from streams.places.explanation import Explanation
from streams.places.gazetteer import Gazetteer, GazetteerError
from streams.places.locator import REASONS, Locator

__all__ = ["REASONS", "Explanation", "Gazetteer", "GazetteerError", "Locator"]
