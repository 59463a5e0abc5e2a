"""From the words of an article to the place of the event that it tells of. Pure, over a shipped gazetteer."""

from streams.places.gazetteer import Gazetteer, GazetteerError
from streams.places.locator import REASONS, Explanation, Locator

__all__ = ["REASONS", "Explanation", "Gazetteer", "GazetteerError", "Locator"]
