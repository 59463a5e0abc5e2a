import math

import pytest

from streams.model import Status
from streams.reading.decision import decide
from streams.reading.features import SIZE, facts, named, stem, tag_masks, words
from streams.reading.model import COLUMNS, KINDS, STATUSES, Model, Opinion, alert_odds, load_weights, pack
from streams.reading.tags import NAMES


@pytest.fixture(scope="module")
def draft(reader, article):
    one = article(
        "Gunman opens fire in mall, five people shot", "Police told shoppers to stay inside on Monday. Two died."
    )
    return reader.draft(one, reader.scan(one))


def test_the_packed_sum_is_the_plain_sum(draft):
    columns = [[math.sin(at * (column + 1)) for at in range(SIZE)] for column in range(len(COLUMNS))]
    weights = pack(columns, [math.cos(column) for column in range(len(COLUMNS))], (1.0, 0.5, 0.0))
    model = Model(weights)
    numbers = [*facts(draft), *words(draft)]
    for zone, bits in enumerate(tag_masks(draft)):
        numbers += [zone * len(NAMES) + at for at in range(len(NAMES)) if bits >> at & 1]
    for column, value in enumerate(model.logits(draft)):
        plain = sum(model.weight(number, column) for number in numbers) + weights.bias[column]
        assert value == pytest.approx(plain)


def test_forms_of_a_word_are_one_feature():
    assert stem("shooting") == stem("shoots") == b"shoot"
    assert stem("gas") == b"gas"
    assert (stem("7"), stem("2016")) == (b"#", b"##")


def test_the_odds_of_an_alert_are_those_of_its_two_statuses():
    values = [math.log(2.0) if status.is_alert else 0.0 for status in STATUSES]
    assert alert_odds([*values, 9.0]) == pytest.approx(math.log(4 / 10))


def test_weights_survive_their_file_form():
    weights = load_weights()
    assert load_weights(weights.dump()) == weights


def test_names_cover_every_feature(draft):
    numbers = sorted([number for _, number in named(draft)])
    expected = [*facts(draft), *words(draft)]
    for zone, bits in enumerate(tag_masks(draft)):
        expected += [zone * len(NAMES) + at for at in range(len(NAMES)) if bits >> at & 1]
    assert numbers == sorted(expected)


def opinion(alert, status=Status.UNRELATED):
    rest = 0.1 / (len(STATUSES) - 1)
    return Opinion(alert, tuple(0.9 if one is status else rest for one in STATUSES), tuple(0.1 for _ in KINDS))


def test_a_certain_rule_stands_against_the_model(reader, article):
    drill = article("Police hold active shooter drill at school", "The exercise takes place on Monday.")
    assert decide(reader.draft(drill, reader.scan(drill)), opinion(0.99)).status is Status.DRILL
    level = article("Terror threat level raised to severe", "The government said so.")
    assert decide(reader.draft(level, reader.scan(level)), opinion(0.01)).status is Status.CURRENT


def test_a_model_that_is_sure_of_the_end_closes_what_the_rules_leave_open(reader, article):
    one = article("Man with knife arrested at Senn mall", "Shops were locked down for an hour.")
    draft = reader.draft(one, reader.scan(one))
    assert decide(draft, opinion(0.9, Status.ALL_CLEAR)).status is Status.ALL_CLEAR
    search = article("Police still hunting gunman at Senn mall", "Shops are locked down and shots were fired.")
    draft = reader.draft(search, reader.scan(search))
    assert decide(draft, opinion(0.9, Status.ALL_CLEAR)).status is Status.CURRENT


def test_without_an_opinion_the_rules_decide(draft):
    decision = decide(draft, None)
    assert decision.status is draft.ruling.status
    assert decision.confidence == draft.ruling.sure
