import pytest

from streams.model import Article
from streams.reading.noise import Noise
from streams.reading.page import Page
from streams.reading.sentences import BODY, LEAD, MAX_SENTENCES, TAIL, TITLE, choose


def chosen(text, *words, title="Calm day"):
    page = Page(Article(id="s", title=title, text=text))
    flat = page.flat
    hits = sorted((flat.index(word), flat.index(word) + len(word), 1) for word in words)
    return [
        (flat[each.start : each.end].strip(), each.zone) for each in choose(flat, page.body, page.noise_in_text(), hits)
    ]


FILLER = "Nothing else of note was told by anyone in the quiet harbour that day. " * 24


def test_headline_lead_and_sentences_with_hits_are_read():
    text = (
        f"The mayor of Port Ellery opened a long awaited bridge this morning.\n\n{FILLER}\n\nA robber fled. All slept."
    )
    told = chosen(text, "robber")
    assert told[0] == ("Calm day", TITLE)
    assert told[1] == ("The mayor of Port Ellery opened a long awaited bridge this morning.", LEAD)
    assert told[-1] == ("A robber fled.", TAIL)
    assert [zone for _, zone in told] == [TITLE, LEAD, LEAD, LEAD, TAIL]


def test_several_hits_of_a_sentence_make_one():
    text = f"{FILLER}\nThe robber met the guard. Both ran."
    assert [each for each in chosen(text, "robber", "guard") if each[1] == TAIL] == [
        ("The robber met the guard.", TAIL)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "He was seen at St. Bride's by Lt. Orla Venn at 5 p.m. with a robber.",
        "The U.S.\nembassy saw a robber.",
        'They called it "the end of the Ave."\nand a robber ran.',
    ],
)
def test_an_abbreviation_ends_no_sentence_even_at_the_end_of_a_line(sentence):
    assert (sentence, TAIL) in chosen(f"{FILLER}\n{sentence} Then it was quiet.", "robber")


def test_a_line_break_ends_a_sentence_without_a_stop():
    assert ("A robber ran along the quay", TAIL) in chosen(
        f"{FILLER}\nCalm streets\nA robber ran along the quay\nMore to come", "robber"
    )


def test_hits_before_the_news_are_read_as_its_body():
    text = "Robber sought.\nThe mayor of Port Ellery opened a long awaited bridge to the islands this morning."
    assert chosen(text, "Robber")[1] == ("Robber sought.", BODY)


def test_noise_is_passed_over():
    text = f"{FILLER}\nRead more: robber caught in Ellery\nThe guard slept well."
    assert all("robber" not in sentence for sentence, _ in chosen(text, "robber", "guard"))


def test_so_many_sentences_are_enough():
    text = "\n".join(f"Robber number x{number}y ran away from the guards again." for number in range(40))
    assert len(chosen(text, *(f"x{number}y" for number in range(40)))) == MAX_SENTENCES


def test_lines_are_noise_from_their_first_character_to_their_last():
    flat = "T\n\nSubscribe to our letters\nPolice closed the bridge at noon after a robbery.\nHome | News | World"
    noise = Noise(flat, 3)
    assert [position for position in range(len(flat)) if noise.covers(position)] == [
        *range(3, flat.index("\nPolice")),
        *range(flat.index("Home"), len(flat)),
    ]


def test_a_text_of_one_line_has_no_noise():
    assert not Noise("T\n\nSubscribe now", 3).covers(3)
