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
        ("Nine shot, two of them dead", None, 9),
        ("6 shot, 1 dead in parking lot", 1, 5),
        ("1 dead, 2 shot at party", 1, 2),
        ("Five people have been shot, one fatally", 1, 4),
        ("The death toll rose to 32 on Friday", 32, None),
        ("The number of dead is 18", 18, None),
        ("Four members of one family shot to death", 4, None),
        ("Two gunmen were shot dead; no guest was hurt", None, None),
        ("A woman was killed by a letter bomb", 1, None),
        ("Three people were killed, not four as reported, and two were wounded, not three", 3, 2),
        ("The blast killed more than 200 people", 200, None),
        ("An aide, 34, was hurt at 9 p.m. in room 12", None, None),
        ("The attack left 14 people dead and eleven wounded", 14, 11),
        ("No one was killed", None, None),
        ("A nurse and a driver talked", None, None),
        ("Children -- including two girls -- ran away", None, None),
        ("In 2015, 130 people were killed", 130, None),
        ("A quadruple homicide", 4, None),
        ("Young teacher, student killed in market blast", 2, None),
    ],
)
def test_counts(claims, sentence, killed, injured):
    claim = claims.read(sentence)
    assert (claim.killed, claim.injured) == (killed, injured)


@pytest.mark.parametrize(
    ("sentence", "bound"),
    [
        ("At least 12 people were killed", Bound.AT_LEAST),
        ("About 60 people were killed", Bound.ABOUT),
        ("Dozens of people were killed", Bound.AT_LEAST),
        ("12 people were killed", Bound.EXACT),
    ],
)
def test_bounds(claims, sentence, bound):
    assert claims.read(sentence).killed_bound is bound


def test_a_sentence_without_a_claim_says_nothing(claims):
    assert claims.read("The mayor thanked the firefighters.") is NOTHING
