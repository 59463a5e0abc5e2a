"""The schema of an article and the decoder agree: what the schema allows is read, what the decoder refuses it forbids.

The decoder is the more lenient one with times (a time without offset is taken as UTC); the schema says what to send.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schema_files import SCHEMAS, load, validator

from streams.model import ArticleError, decode_article
from streams.model.versions import SCHEMA_VERSIONS

CHECK = validator(load(SCHEMAS / "article" / SCHEMA_VERSIONS["article"] / "schema.json"))

TEXT = st.text(max_size=30)
FULL_TEXT = TEXT.filter(lambda text: bool(text.strip()))
IDS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=64)
OFFSETS = st.sampled_from(["Z", "z", "+00:00", "-11:30", "+14:00"])
MOMENTS = st.builds(
    lambda moment, separator, offset: moment.isoformat(separator, "seconds") + offset,
    st.datetimes().filter(lambda moment: 1900 < moment.year < 2199),
    st.sampled_from("Tt"),
    OFFSETS,
)
DAYS = st.dates().filter(lambda day: 1900 <= day.year < 2200).map(lambda day: day.isoformat())
TIMES = st.none() | MOMENTS | DAYS

ARTICLES = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "published_at": TIMES,
        "arrived_at": TIMES,
        **dict.fromkeys(("source", "url", "language"), st.none() | TEXT),
        "x_unknown": st.none() | st.integers() | st.lists(TEXT, max_size=2) | st.dictionaries(TEXT, TEXT, max_size=2),
    },
).flatmap(
    lambda article: st.one_of(
        st.fixed_dictionaries({"title": FULL_TEXT}, optional={"text": st.none() | TEXT}),
        st.fixed_dictionaries({"text": FULL_TEXT}, optional={"title": st.none() | TEXT}),
    ).map(lambda words: article | words)
)


@given(ARTICLES, st.booleans())
def test_what_the_schema_allows_is_read(article: dict[str, Any], ascii_only: bool) -> None:
    CHECK.validate(article)
    assert decode_article(json.dumps(article, ensure_ascii=ascii_only).encode()).id == article["id"]


@pytest.mark.parametrize(
    "article",
    [
        {},
        {"title": "t"},
        {"id": "", "title": "t"},
        {"id": " ", "title": "t"},
        {"id": "a\u0000", "title": "t"},
        {"id": "a\u0085", "title": "t"},
        {"id": "a" * 513, "title": "t"},
        {"id": None, "title": "t"},
        {"id": 7, "title": "t"},
        {"id": "a"},
        {"id": "a", "title": "", "text": " \n"},
        {"id": "a", "title": None, "text": None},
        {"id": "a", "title": ["t"]},
        {"id": "a", "title": "t", "published_at": "yesterday"},
        {"id": "a", "title": "t", "published_at": "2016-02-30"},
        {"id": "a", "title": "t", "arrived_at": 1468800000},
        {"id": "a", "title": "t", "url": {}},
        [],
        "a",
        None,
    ],
)
def test_what_is_wrong_is_wrong_for_both(article: Any) -> None:
    assert not CHECK.is_valid(article)
    with pytest.raises(ArticleError):
        decode_article(json.dumps(article).encode())
