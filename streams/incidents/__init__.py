"""Incidents: one event, one alert. Matching, merging, corroboration and lifecycle, in event time and without I/O."""

from streams.incidents.book import Book
from streams.incidents.policy import Policy, PolicyError
from streams.incidents.reasons import REASONS, Reason
from streams.incidents.sightings import sight

__all__ = ["REASONS", "Book", "Policy", "PolicyError", "Reason", "sight"]
