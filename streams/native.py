"""Native: which of the pure rooms run as compiled code here. ``make native`` and the image compile them with mypyc."""

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

ROOMS: Final = ("reading", "places", "incidents")
"""The rooms that may be compiled."""


def compiled_rooms() -> tuple[str, ...]:
    """The rooms whose modules lie compiled beside their sources: Python prefers those."""
    here = Path(__file__).parent
    return tuple(room for room in ROOMS if any((here / room).glob(f"*{EXTENSION_SUFFIXES[0]}")))


def described() -> str:
    """``compiled: reading, places``, or ``pure``."""
    rooms = compiled_rooms()
    return f"compiled: {', '.join(rooms)}" if rooms else "pure"
