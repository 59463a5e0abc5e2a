import msgspec
import pytest
from console_stories import TAMPERE

from streams.console.words import count_words, field_words, place_words, shown, span_words
from streams.model import Bound, Count


@pytest.mark.parametrize(
    ("count", "figure", "span"),
    [
        (Count(), "", ""),
        (Count(latest=0, min=0, max=0), "0", ""),
        (Count(latest=3, min=1, max=4), "3", "1 to 4"),
        (Count(latest=3, min=3, max=3, bound=Bound.AT_LEAST), "at least 3", ""),
        (Count(latest=12, bound=Bound.ABOUT), "about 12", ""),
        (Count(latest=12, bound=Bound.AT_MOST), "up to 12", ""),
    ],
)
def test_counts(count: Count, figure: str, span: str) -> None:
    assert (count_words(count), span_words(count)) == (figure, span)


def test_a_place_is_told_from_fine_to_coarse_without_repeats() -> None:
    station = msgspec.structs.replace(TAMPERE, detail="central station", admin1="Tampere")
    assert place_words(station) == "central station, Tampere, Finland"
    assert place_words(None) == ""


def test_fields_lose_their_shelf() -> None:
    assert field_words("kinds.terror_alert") == "terror alert"
    assert field_words("advisory") == "advisory"


def test_marks_are_not_piled_up_but_languages_stay_whole() -> None:
    assert shown("Z" + "\u0334" * 50 + "x") == "Z" + "\u0334" * 4 + "x"
    for words in ("Đặt bom ở Sài Gòn", "ירי בנמל", "हमला दिल्ली में", "سُلْطَان"):
        assert shown(words) == words
