import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.model import Article
from streams.reading.page import MAX_CHARS, Page

AWKWARD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("e\u0301\u200b\ufeff\u00ad\u2019\u201c\u00a0<>/pscript \n.\ud800\x00a"),
    ),
    max_size=120,
)


def page(title="", text=""):
    return Page(Article(id="p", title=title, text=text))


@settings(max_examples=150, deadline=None)
@given(AWKWARD, AWKWARD)
def test_every_position_leads_back_into_the_article(title, text):
    one = page(title, text)
    for position in range(len(one.flat) + 1):
        span = one.span(position, min(position + 3, len(one.flat)))
        source = title if span.where == "title" else text
        assert 0 <= span.start <= span.end <= len(source) or span.where == "title"


def test_composed_text_points_at_the_decomposed_original():
    text = "Cafe\u0301 attacked: gun\u200bman flees"
    one = page("T", text)
    at = one.flat.index("gunman")
    span = one.span(at, at + 6)
    assert text[span.start : span.end] == "gun\u200bman"


def test_typography_is_evened_out_in_place():
    one = page("\u201cShots\u201d", "don\u2019t\u00a0go \u2014 stay")
    assert one.flat == '"Shots"\n\ndon\'t go - stay'


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("<p>News here.</p><script>var bomb=1;</script><p>More.</p>", "bomb", "News here."),
        ("<!-- attack --><div>Calm</div>", "attack", "Calm"),
        ("<style>p{color:red}</style><b>Bold</b> words", "color", "Bold"),
        ("<script>never closed bomb", "bomb", ""),
    ],
)
def test_markup_is_blanked_without_moving_text(text, gone, kept):
    one = page("", text)
    assert len(one.flat) == len(text) + 2
    assert gone not in one.flat
    assert kept in one.flat


def test_plain_angle_brackets_are_left_alone():
    assert "3 < 5 and 7 > 2" in page("", "3 < 5 and 7 > 2").flat


def test_only_the_beginning_of_a_giant_is_read():
    assert len(page("t", "a" * 1_000_000).flat) <= MAX_CHARS + 2


def test_control_characters_are_blanks():
    one = page("a\x00b", "c\x7fd\te")
    assert one.flat == "a b\n\nc d\te"


@pytest.mark.parametrize("filler", ["", "взрыв " * 200])
def test_odd_characters_are_evened_out_however_many_others_there_are(filler):
    one = page("", f"{filler}\u2018ёлка\u2019 Cafe\u0301\u200b")
    assert one.flat.endswith("'елка' Caf\u00e9")
    assert one.data == one.flat.encode()
