"""Reading: what an article says about people in danger. Pure: no input, no output, no clock."""

from streams.reading.draft import Signal
from streams.reading.reader import Reader
from streams.reading.rules import REASONS

__all__ = ["REASONS", "Reader", "Signal"]
