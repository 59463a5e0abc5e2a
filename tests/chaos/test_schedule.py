"""The schedule: the same seed strikes alike, in order, within the time, and never removes what was not added."""

import itertools

import pytest

from tests.chaos.schedule import OF_BROKERS, Fault, lanes

COUNTS = {fault: number + 1 for number, fault in enumerate(Fault)} | {Fault.WORKER_ADD: 4, Fault.WORKER_REMOVE: 4}


def test_the_same_seed_gives_the_same_strikes() -> None:
    assert lanes(7, COUNTS, 600.0) == lanes(7, COUNTS, 600.0)
    assert lanes(7, COUNTS, 600.0) != lanes(8, COUNTS, 600.0)


@pytest.mark.parametrize("seed", range(5))
def test_every_strike_is_there_in_order_and_in_time(seed: int) -> None:
    workers, brokers = lanes(seed, COUNTS, 600.0)
    assert all(each.fault in OF_BROKERS for each in brokers)
    assert not any(each.fault in OF_BROKERS for each in workers)
    faults = [each.fault for each in (*workers, *brokers)]
    assert {fault: faults.count(fault) for fault in Fault} == COUNTS
    for lane in (workers, brokers):
        times = [each.at_s for each in lane]
        assert times == sorted(times)
        assert all(0 < at < 600 for at in times)
        slot = 600 / len(lane)
        assert all(later - earlier > 0.2 * slot for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize("seed", range(5))
def test_a_worker_is_removed_only_after_one_was_added(seed: int) -> None:
    extra = 0
    for strike in lanes(seed, COUNTS, 600.0)[0]:
        extra += {Fault.WORKER_ADD: 1, Fault.WORKER_REMOVE: -1}.get(strike.fault, 0)
        assert extra >= 0
    assert extra == 0


def test_nothing_to_do_is_nothing_done() -> None:
    assert lanes(1, {}, 60.0) == ([], [])
