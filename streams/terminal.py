"""Terminal text: words from articles made inert before they reach a screen or a log line."""

import logging
import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, limit: int = 500) -> str:
    """``text`` on one line, at most ``limit`` characters, with nothing that a terminal or a log would act on.

    Control characters (escape sequences, newlines, bells), bidirectional overrides, zero-width and unassigned
    characters become a space or vanish; runs of white space become one space.
    """
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    if shown.isascii() and shown.isprintable():
        return " ".join(shown.split())
    kept = ("" if unicodedata.category(c) == "Cf" else " " if unicodedata.category(c) in _HIDDEN else c for c in shown)
    return " ".join("".join(kept).split())


class InertFormatter(logging.Formatter):
    """Formats log records so that no text in them can pass for another record or steer a terminal.

    Signs that are not shown are escaped, and whatever comes after the first line is marked at its beginning.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, its first line as the format wants it."""
        return "".join(map(_escaped, super().format(record))).replace("\n", "\n  | ")


def _escaped(sign: str) -> str:
    if sign in "\n\t" or unicodedata.category(sign) not in _HIDDEN:
        return sign
    return f"\\u{ord(sign):04x}"
