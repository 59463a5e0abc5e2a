import pytest

from streams.reading.people import Speller
from streams.reading.sentences import LEAD, Sentence
from streams.reading.suspects import SuspectReader
from streams.reading.tags import mask

STATES = mask("at_large", "caught", "attacker_dead")


@pytest.fixture(scope="module")
def suspects():
    return SuspectReader(Speller())


def told(reader, *texts, tags=STATES):
    """The counts at large, detained and dead of sentences that all have ``tags``, where an article has none."""
    flat = " ".join(texts)
    sentences, at = [], 0
    for text in texts:
        sentence = Sentence(at, at + len(text), LEAD)
        sentence.tags = tags
        sentences.append(sentence)
        at += len(text) + 1
    found = reader.read(flat, sentences, 0)
    return found.at_large, found.detained, found.dead


@pytest.mark.parametrize(
    ("text", "at_large", "detained", "dead"),
    [
        ("Two gunmen are at large", 2, None, None),
        ("Three attackers, two of whom were shot dead, stormed the clinic", None, None, 2),
        ("One suspect is in custody, another is at large", 1, 1, None),
        ("Police shot dead two attackers and arrested a third", None, 1, 2),
        ("Two gunmen were killed and one was arrested", None, 1, 2),
        ("Three gunmen came; two were shot dead and one escaped", 1, None, 2),
        ("Two of the attackers were shot dead and one of them was captured", None, 1, 2),
        ("Police have arrested three men", None, 3, None),
        ("Police are hunting two suspects who fled in a van", 2, None, None),
        ("Both gunmen were killed", None, None, 2),
        ("The gunman was killed by police", None, None, 1),
        ("The gunman shot himself", None, None, 1),
        ("The gunman killed four people before he was arrested", None, 1, None),
        ("Four people were killed by a gunman who is on the run", 1, None, None),
        ("Gunmen killed 12 villagers", None, None, None),
        ("No arrests have been made", None, None, None),
        ("Nobody is in custody", None, None, None),
        ("Police detained 300 suspects in raids across the country", None, None, None),
        ("Двое нападавших убиты, третий скрылся", 1, None, 2),
        ("Двое подозреваемых задержаны", None, 2, None),
        ("Deux assaillants abattus, un troisième en fuite", 1, None, 2),
        ("Dos atacantes detenidos", None, 2, None),
        ("Zwei Angreifer festgenommen, ein weiterer auf der Flucht", 1, 2, None),
    ],
)
def test_each_state_has_its_count(suspects, text, at_large, detained, dead):
    assert told(suspects, text) == (at_large, detained, dead)


def test_the_first_count_of_a_state_holds(suspects):
    assert told(suspects, "Two gunmen are at large.", "A gunman is at large.") == (2, None, None)


def test_a_state_without_a_count_is_one(suspects):
    found = suspects.read("", [], mask("at_large"))
    assert (found.at_large, found.detained, found.dead) == (1, None, None)


def test_ambiguous_words_need_a_phrase_of_the_lexicon(suspects):
    assert told(suspects, "Two suspects wanted tea", tags=mask("gunman")) == (None, None, None)


def test_an_article_tells_each_state(read):
    reading = read(
        "Two gunmen open fire at station, killing five",
        "Two gunmen opened fire at the station of Orrin on Tuesday, killing five people, police said. "
        "One attacker was shot dead and the other is at large, police said.",
    )
    assert (reading.suspects.at_large, reading.suspects.detained, reading.suspects.dead) == (1, None, 1)
