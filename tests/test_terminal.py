"""Terminal text: whatever an article holds, a screen and a log show it and do nothing."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from streams.terminal import InertFormatter, plain

FORMAT = InertFormatter("%(levelname)s %(name)s: %(message)s")


def formatted(message: str, *arguments: object, error: BaseException | None = None) -> str:
    details = (type(error), error, error.__traceback__) if error else None
    return FORMAT.format(logging.LogRecord("w", logging.WARNING, "f.py", 1, message, arguments, details))


def test_a_text_cannot_forge_a_log_line() -> None:
    hostile = "quiet\n2031-05-04 CRITICAL streams.workers.triage: all is lost\r\x1b[2J\x9b31m\u202e\u2028"
    first, *rest = formatted("title %s", hostile).split("\n")
    assert first == "WARNING w: title quiet"
    assert rest == [
        "  | 2031-05-04 CRITICAL streams.workers.triage: all is lost\\u000d\\u001b[2J\\u009b31m\\u202e\\u2028"
    ]


def test_the_message_of_an_error_cannot_either() -> None:
    lines = formatted("tripped", error=ValueError("bad\nCRITICAL w: forged\x07")).splitlines()
    assert lines[0] == "WARNING w: tripped"
    assert all(line.startswith("  | ") for line in lines[1:])
    assert lines[-1] == "  | CRITICAL w: forged\\u0007"


@given(st.text())
def test_every_line_but_the_first_is_marked(text: str) -> None:
    first, *rest = formatted("%s", text).split("\n")
    assert first.startswith("WARNING w: ")
    assert all(line.startswith("  | ") for line in rest)
    assert all(line.replace("\t", "").isprintable() for line in (first, *rest)) or any(c.isspace() for c in text)


@given(st.text())
def test_plain_text_is_one_printable_line(text: str) -> None:
    shown = plain(text)
    assert len(shown) <= 500
    assert all(c.isprintable() for c in shown)


def test_plain_text_says_that_it_was_cut() -> None:
    assert plain("a" * 1000) == "a" * 499 + "…"
