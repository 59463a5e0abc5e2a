import pytest

from streams.model import Bound
from streams.reading.claims import NOTHING, ClaimReader


@pytest.fixture(scope="module")
def claims():
    return ClaimReader()


@pytest.mark.parametrize(
    ("sentence", "killed", "injured"),
    [
        ("Two teachers and one student were killed and five other people are in critical condition", 3, 5),
        ("Bomb kills nine, wounds 41", 9, 41),
        ("Nine shot, two of them dead", 2, 7),
        ("6 shot, 1 dead in parking lot", 1, 5),
        ("1 dead, 2 shot at party", 1, 2),
        ("Five people have been shot, one fatally", 1, 4),
        ("The death toll rose to 32 on Friday", 32, None),
        ("The number of dead is 18", 18, None),
        ("Four members of one family shot to death", 4, None),
        ("Two gunmen were shot dead; no guest was hurt", None, 0),
        ("A woman was killed by a letter bomb", 1, None),
        ("Three people were killed, not four as reported, and two were wounded, not three", 3, 2),
        ("The blast killed more than 200 people", 200, None),
        ("An aide, 34, was hurt at 9 p.m. in room 12", None, None),
        ("The attack left 14 people dead and eleven wounded", 14, 11),
        ("No one was killed", 0, None),
        ("A nurse and a driver talked", None, None),
        ("Children -- including two girls -- ran away", None, None),
        ("In 2015, 130 people were killed", 130, None),
        ("A quadruple homicide", 4, None),
        ("A child younger than 11 was shot", None, None),
        ("Sixth and 7th-grader hurt in crash - 12 News", None, None),
        ("Young teacher, student killed in market blast", 2, None),
        ("Two teachers and a student were killed", 3, None),
        ("A bystander and three constables died", 4, None),
        ("The driver and two passengers were killed on the bridge", 3, None),
        ("Gunmen killed a lawyer and four others", 5, None),
        ("A Danish woman, believed to be a nurse, and a young village boy died", 2, None),
        ("12 people, including 3 children, were killed and 30 wounded", 12, 30),
        ("Twelve people including three children were killed", 12, None),
        ("The bomb killed 12 people, 3 of them children", 12, None),
        ("Six were killed in the blast, among them two children", 6, None),
        ("Five members of one family, including three children, were found shot dead", 5, None),
        ("One police officer and two gunmen were killed", 1, None),
        ("Three people, including the gunman, were killed", 3, None),
        ("A man killed four people before he fled", 4, None),
        ("The man fatally shot his wife and two daughters", 3, None),
        ("The attack has killed 12 people and wounded 30", 12, 30),
        ("Blast kills 3, 5 injured", 3, 5),
        ("Half a dozen people were injured", None, 6),
        ("Two dozen shoppers were wounded", None, 24),
        ("Two are in critical condition, four others hurt", None, 6),
        ("Both guards were killed", 2, None),
        ("Both the nurse and the driver were killed", 2, None),
        ("He was pronounced dead at 8:32 p.m.", 1, None),
        ("A 9-year-old died of her wounds", 1, None),
        ("The clash claimed the lives of seven villagers", 7, None),
        ("Her 9- and 7-year-old nieces were killed", None, None),
        ("Two children, ages 3 and 5, and their mother were found dead", 3, None),
        ("Fox 5 News: girl killed", 1, None),
        ("The coroner said the boy died at 308 Mill Lane", 1, None),
        ("Two women were hurt in the fire.The 17 of them had been at a party", None, 2),
        ("Police corrected the toll from five to four dead", 4, None),
        ("The toll rose from 8 to 11", 11, None),
        ("The girl who was killed was 17", 1, None),
        ("Six people were shot, one of them fatally", 1, 5),
        ("Twelve people were wounded, two of whom later died", 2, 12),
        ("Six guests, two guards and a cook died", 9, None),
        ("Nobody was hurt", None, 0),
        ("There were no injuries", None, 0),
        ("No deaths or injuries were reported", 0, 0),
        ("No casualties were reported", 0, 0),
        ("No one else was hurt", None, None),
        ("No serious injuries were reported", None, None),
        ("There were no immediate reports of casualties", None, None),
    ],
)
def test_counts(claims, sentence, killed, injured):
    claim = claims.read(sentence)
    assert (claim.killed, claim.injured) == (killed, injured)


@pytest.mark.parametrize(
    ("sentence", "killed", "injured"),
    [
        ("Погибли четыре человека, семь ранены", 4, 7),
        ("Двое полицейских и мирный житель убиты", 3, None),
        ("Полицейский и трое прохожих погибли", 4, None),
        ("Погибли не менее 12 человек, еще 30 получили ранения", 12, 30),
        ("Число погибших выросло до 31", 31, None),
        ("Убиты 7 человек, в том числе двое детей", 7, None),
        ("Никто не пострадал", None, 0),
        ("Погибших и пострадавших нет", 0, 0),
        ("Au moins douze personnes ont été tuées et trente blessées", 12, 30),
        ("L'explosion fait trois morts et cinq blessés", 3, 5),
        ("Deux gendarmes et un passant ont été tués", 3, None),
        ("Un homme a tué trois passants", 3, None),
        ("Le bilan passe à neuf morts", 9, None),
        ("Sept personnes tuées près de la gare", 7, None),
        ("Personne n'a été blessé", None, 0),
        ("Mueren tres personas y siete resultan heridas", 3, 7),
        ("La explosión deja al menos tres muertos y cinco heridos", 3, 5),
        ("Dos policías y un civil fueron asesinados", 3, None),
        ("No hubo heridos", None, 0),
        ("Drei Menschen getötet, fünf verletzt", 3, 5),
        ("Mindestens vier Tote nach Schüssen am Bahnhof", 4, None),
        ("Zwei Polizisten und eine Frau wurden getötet, sechs Menschen wurden verletzt", 3, 6),
        ("Niemand wurde verletzt", None, 0),
    ],
)
def test_counts_in_other_languages(claims, sentence, killed, injured):
    claim = claims.read(sentence)
    assert (claim.killed, claim.injured) == (killed, injured)


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("At least 12 people were killed", Bound.AT_LEAST),
        ("About 60 people were killed", Bound.ABOUT),
        ("Dozens of people were killed", Bound.AT_LEAST),
        ("12 people were killed", Bound.EXACT),
        ("As many as 15 people were killed", Bound.AT_MOST),
        ("Up to 15 people were killed", Bound.AT_MOST),
        ("Fewer than 15 people were killed", Bound.AT_MOST),
        ("No fewer than 15 people were killed", Bound.AT_LEAST),
        ("More than 15 people were killed", Bound.AT_LEAST),
        ("Погибли не менее 15 человек", Bound.AT_LEAST),
        ("Около 15 человек погибли", Bound.ABOUT),
        ("Au moins 15 personnes ont été tuées", Bound.AT_LEAST),
        ("Al menos 15 personas fueron asesinadas", Bound.AT_LEAST),
        ("Mindestens 15 Menschen wurden getötet", Bound.AT_LEAST),
    ],
)
def test_bounds(claims, sentence, bound):
    assert claims.read(sentence).killed_bound is bound


def test_a_sentence_without_a_claim_says_nothing(claims):
    assert claims.read("The mayor thanked the firefighters.") is NOTHING


def test_words_are_spelled_alike_however_many_came_between(claims):
    sentence = "Two 9-year-olds and a 9-year-old were killed, at least 12 hurt, no one else"
    first = claims.speller.spell(sentence)
    for number in range(10_000):
        claims.speller.spell(f"word{number}, {number} more{number}")
    assert claims.speller.spell(sentence) == first


@pytest.mark.parametrize(
    "sentence",
    ["Shots rang out near the school", "The mayor counted 12 officers", "Two men and a woman came to the market"],
)
def test_a_sentence_without_a_verb_of_harm_may_be_passed_over(claims, sentence):
    assert claims.read(sentence, briefly=True) is NOTHING
    assert claims.read(sentence) == NOTHING


def test_harm_is_told_by_parts_of_words(claims):
    assert claims.harm.is_told("The KILLING of two")
    assert claims.harm.is_told("\u041f\u043e\u0433\u0438\u0431\u043b\u0438 \u0434\u0432\u043e\u0435")
    assert not claims.harm.is_told("The mayor spoke")
