"""Terminal text: words from articles made inert before they reach a screen or a log line."""

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
