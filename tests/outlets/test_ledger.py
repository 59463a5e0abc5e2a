"""The ledger: a restart repeats nothing that was done, and misses nothing that was not."""

from hypothesis import given
from hypothesis import strategies as st

from streams.outlets.ledger import METADATA_MOST, Ledger


def test_in_order_it_is_a_plain_offset() -> None:
    ledger = Ledger(10)
    for offset in (10, 11, 12):
        assert ledger.begin(offset)
    ledger.done((10, 11))
    assert ledger.commit() == (12, "")


def test_out_of_order_the_metadata_tells_the_rest() -> None:
    ledger = Ledger(10)
    for offset in range(10, 20):
        ledger.begin(offset)
    ledger.done((11, 12, 13, 17))
    assert ledger.commit() == (10, "done:1-3,7")
    again = Ledger(10, "done:1-3,7")
    assert [offset for offset in range(10, 20) if again.begin(offset)] == [10, 14, 15, 16, 18, 19]
    again.done((10,))
    assert again.commit() == (14, "done:3")


def test_offsets_that_never_come_hold_nothing_up() -> None:
    ledger = Ledger(10)
    ledger.begin(15)
    ledger.done((15,))
    assert ledger.commit() == (16, "")


def test_strange_metadata_is_nobodys() -> None:
    for metadata in ("hello", "done:", "done:x,1-,-3,4-z", "done:2"):
        ledger = Ledger(0, metadata)
        assert ledger.begin(0)


def test_the_metadata_stays_within_what_brokers_take() -> None:
    ledger = Ledger(0)
    for offset in range(20_000):
        ledger.begin(offset)
    ledger.done(range(1, 20_000, 2))
    offset, metadata = ledger.commit()
    assert offset == 0
    assert len(metadata) <= METADATA_MOST
    again = Ledger(offset, metadata)
    assert again.begin(0)
    assert not again.begin(1)


@given(st.sets(st.integers(0, 60)), st.integers(0, 60), st.integers(0, 60))
def test_any_history_survives_any_number_of_restarts(done: set[int], read: int, restart: int) -> None:
    ledger = Ledger(0)
    for offset in range(read):
        ledger.begin(offset)
    finished = {offset for offset in done if offset < read}
    ledger.done(finished)
    for _ in range(restart % 3):
        ledger = Ledger(*ledger.commit())
    start, _ = ledger.commit()
    again = Ledger(*ledger.commit())
    left = {offset for offset in range(start, 60) if again.begin(offset)}
    assert left == set(range(60)) - finished
