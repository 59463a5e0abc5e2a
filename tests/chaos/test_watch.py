"""Recovery times: from the fault until all that was there is done, and not before."""

from tests.chaos.watch import Sample, recovery_s

TOPIC, OTHER = "articles", "sightings"


def sample(at: float, committed: tuple[int, int], ends: tuple[int, int]) -> Sample:
    return Sample(
        at=at,
        committed={(TOPIC, 0): committed[0], (OTHER, 0): committed[1]},
        ends={(TOPIC, 0): ends[0], (OTHER, 0): ends[1]},
    )


def test_recovery_ends_when_what_was_there_is_done_and_more() -> None:
    samples = [
        sample(0, (90, 5), (100, 5)),
        sample(1, (90, 5), (110, 5)),
        sample(2, (99, 5), (120, 5)),
        sample(3, (100, 5), (130, 5)),
        sample(4, (125, 5), (140, 5)),
    ]
    assert recovery_s(samples, 0.5, [TOPIC]) == 3.5
    assert recovery_s(samples, 0.5, [TOPIC, OTHER]) == 3.5


def test_a_group_that_had_done_all_must_go_on_where_there_is_more() -> None:
    samples = [sample(0, (100, 0), (100, 0)), sample(1, (100, 0), (105, 0)), sample(2, (104, 0), (110, 0))]
    assert recovery_s(samples, 0.0, [TOPIC]) == 2


def test_with_nothing_to_do_there_is_nothing_to_recover() -> None:
    assert recovery_s([sample(0, (7, 0), (7, 0)), sample(1, (7, 0), (7, 0))], 0.2, [TOPIC]) == 0.8


def test_a_group_that_stands_still_never_recovers() -> None:
    samples = [sample(at, (90, 0), (100 + at, 0)) for at in range(9)]
    assert recovery_s(samples, 1.0, [TOPIC]) is None
    assert recovery_s([], 1.0, [TOPIC]) is None


def test_what_is_behind_counts_over_topics() -> None:
    assert sample(0, (90, 3), (100, 5)).behind([TOPIC, OTHER]) == 12
    assert sample(0, (90, 3), (100, 5)).behind([OTHER]) == 2
