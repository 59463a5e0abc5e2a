import pytest

from streams.reading import lexicon
from streams.reading.matcher import Matcher, Stems
from streams.reading.spelling import Text, spell

MANY = "{" + ",".join(f"w{number}" for number in range(40)) + "}"


def phrase(text, tags=1):
    return lexicon.Phrase(lexicon.expression(text), tags, lexicon.runs_on(text))


def found(text, *phrases):
    hits = Matcher([phrase(each) for each in phrases]).find(Text(text.encode()))
    return [text[start:end] for start, end, _ in hits]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Shots\nfired at noon", ["Shots\nfired"]),
        ("shots-fired", ["shots-fired"]),
        ("shots\x00fired", ["shots\x00fired"]),
        ("shots, fired", []),
        ("shots,fired", []),
        ("shots  fired", []),
        ("_shots fired_", []),
        ("\u2022shots fired\u2026", ["shots fired"]),
        ("caf\u00e9shots fired", []),
        ("\u0130 shots fired", ["shots fired"]),
    ],
)
def test_a_space_is_one_blank_or_hyphen_between_whole_words(text, hits):
    assert found(text, "shots fired") == hits


def test_all_ends_of_a_phrase_are_found_from_its_first_start():
    assert found("the late shot dead man", "{late ,}{shot,shot dead}") == ["late shot", "late shot dead"]


def test_a_star_inside_stands_for_a_few_letters():
    assert found("counter terrorism raid", "counter terror* raid") == ["counter terrorism raid"]
    assert found("counter terror raid", "counter terror* raid") == ["counter terror raid"]
    assert found("counter terror5 raid", "counter terror* raid") == []
    assert found("захвачены заложники", "захва* заложник*") == ["захвачены заложник"]


def test_a_star_at_the_end_leaves_the_word_open():
    assert found("Terrorists and terror", "terror*") == ["Terror", "terror"]


@pytest.mark.parametrize("ending", ["бомба", "БОМБУ", "Бомбой"])
def test_alternatives_end_words_beyond_ascii_too(ending):
    assert found(f"там {ending}.", "бомб{а,у,ой}") == [ending]
    assert found(f"там {ending}рда", "бомб{а,у,ой}") == []


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("w3 w17 gunmen", ["w3 w17 gunmen"]),
        ("W39 the w0\ngunman!", ["W39 the w0\ngunman"]),
        ("xw3 w17 gunmen", []),
        ("w3 w17 gunmens", []),
        ("w3 w41 gunmen", []),
        ("gunmen", []),
    ],
)
def test_too_many_alternatives_are_looked_at_around_a_part(text, hits):
    many = f"{MANY} {{the ,}}{MANY} gunm{{a,e}}n"
    assert len(list(spell(0, phrase(many)))) <= 300
    assert found(text, many) == hits


def test_marks_inside_and_at_the_end_of_a_phrase_are_taken_as_they_are():
    assert found("the u.n. said", "u.n.") == ["u.n."]
    assert found("the u,n, said", "u.n.") == []


def test_each_phrase_has_its_own_tags():
    matcher = Matcher([phrase("gun", 1), phrase("gun*", 2)])
    assert matcher.find(Text("é gun".encode())) == [(2, 5, 1), (2, 5, 2)]


@pytest.mark.parametrize("broken", ["{a,{b,c}} d", "{,a}"])
def test_phrases_that_cannot_be_written_out_are_refused(broken):
    with pytest.raises(ValueError, match="write"):
        list(spell(0, phrase(broken)))


def test_without_a_leading_phrase_the_others_do_not_count():
    matcher = Matcher([phrase("gun", 1), phrase(f"{MANY} {MANY} shots", 2), phrase("mayor", 4)], leading=2)
    assert matcher.find(Text(b"the mayor spoke")) == []
    assert matcher.find(Text(b"the mayor and w1 w2 guns")) == []
    assert matcher.find(Text(b"the mayor had a gun")) == [(4, 9, 4), (16, 19, 1)]
    assert matcher.find(Text(b"the mayor heard w3 w17 shots")) == [(4, 9, 4), (16, 28, 2)]
    assert Matcher([phrase("gun")], leading=1).find(Text(b"a gun")) == [(2, 5, 1)]


def test_stems_stand_anywhere_in_a_text():
    stems = Stems(["kill", "\u0443\u0431\u0438\u0442", " toll"])
    assert stems.stand_in("two were overkilled")
    assert stems.stand_in("\u0443\u0431\u0438\u0442\u044b \u0434\u0432\u043e\u0435")
    assert not stems.stand_in("Killing, extolled")
