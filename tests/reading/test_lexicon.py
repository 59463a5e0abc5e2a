import pytest

from streams.reading import lexicon
from streams.reading.matcher import Matcher
from streams.reading.spelling import Text
from streams.reading.tags import NAMES, mask, names_of


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("shots fired", r"\bshots[\s\-]fired\b"),
        ("terroris*", r"\bterroris"),
        ("open{s,ed} fire", r"\bopen(?:s|ed)[\s\-]fire\b"),
        ("u.n.", r"\bu\.n\."),
        ("теракт*", "теракт"),
    ],
)
def test_phrases_become_expressions(phrase, expected):
    assert lexicon.expression(phrase) == expected


@pytest.mark.parametrize("phrase", ["", "*", "open{s fire"])
def test_broken_phrases_are_refused(phrase):
    with pytest.raises(ValueError, match="write words"):
        lexicon.expression(phrase)


@pytest.mark.parametrize(
    "source",
    [
        "[[group]]\ntags = ['nonsense']\nphrases = ['a']",
        "not toml",
        "x = 1",
        "[[group]]\ntags = ['gunman']\nphrases = ['{a']",
    ],
)
def test_broken_files_are_named(source):
    with pytest.raises(lexicon.LexiconError, match=r"test\.toml"):
        lexicon._collect("test.toml", source, {}, {})


def test_shipped_lexicons_load_and_use_most_tags():
    loaded = lexicon.load()
    used = 0
    for phrase in (*loaded.triggers, *loaded.anywhere, *loaded.near):
        used |= phrase.tags
    assert set(NAMES) - set(names_of(used)) <= {"few_shot"}
    assert loaded.triggers
    assert loaded.anywhere


@pytest.fixture(scope="module")
def phrases():
    rows = [("bomb", "blast"), ("теракт*", "terror"), ("don't", "negated"), ("взрыв", "explosion")]
    return [lexicon.Phrase(lexicon.expression(text), mask(tag), lexicon.runs_on(text)) for text, tag in rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A BOMB went off", ["BOMB"]),
        ("bombastic", []),
        ("«Теракт» в центре", ["Теракт"]),
        ("о теракте", ["теракт"]),
        ("взрывотехник", []),
        ("после взрыв.", ["взрыв"]),
        ("é bomb é", ["bomb"]),
        ("don't", ["don't"]),
        ("", []),
    ],
)
def test_hits_stand_alone_and_count_characters(phrases, text, found):
    matcher = Matcher(phrases)
    assert [text[start:end] for start, end, _ in matcher.find(Text(text.encode()))] == found
