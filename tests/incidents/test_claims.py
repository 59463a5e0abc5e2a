"""The ledger of claims, and the toll that follows from it in whatever order the claims came."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.incidents.claims import claims_of, record, spell, toll_of, unspell
from streams.model import Bound, Claim, Count
from tests.incidents.build import at, danger, toll


def said(
    killed: int,
    hours: float,
    source: str = "a",
    *,
    bound: Bound = Bound.EXACT,
    official: bool = False,
    corrects: bool = False,
) -> Claim:
    reading = danger(casualties=toll(killed=killed, bound=bound), official=official)
    (claim,) = claims_of(reading, at(hours), f"{source}{hours}", source, corrects=corrects)
    return claim


def killed(*claims: Claim) -> Count:
    ledger: tuple[Claim, ...] = ()
    for claim in claims:
        ledger = record(ledger, (claim,), 64)
    return toll_of(ledger).killed


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(Bound))
def test_a_count_is_spelled_and_read_back(count: int, bound: Bound) -> None:
    assert unspell(spell(count, bound)) == (count, bound)


def test_nothing_said_is_nothing_known() -> None:
    assert toll_of(()).killed == Count()


def test_the_toll_rises() -> None:
    assert killed(said(2, 0), said(4, 1), said(6, 2)) == Count(latest=6, min=2, max=6)


def test_a_report_that_lags_lowers_nothing() -> None:
    assert killed(said(4, 0), said(2, 0.5, "b")).latest == 4
    assert killed(said(4, 0), said(2, 0.5, "b", official=True)).latest == 4
    assert killed(said(4, 0), said(2, 5, "b", bound=Bound.AT_LEAST)).latest == 4


@pytest.mark.parametrize(
    "lower",
    [
        (said(3, 0.2, "b", corrects=True),),
        (said(3, 3, "b", official=True),),
        (said(3, 1, "b"), said(3, 2, "c")),
    ],
)
def test_a_correction_lowers(lower: tuple[Claim, ...]) -> None:
    assert killed(said(4, 0), *lower) == Count(latest=3, min=3, max=4)


def test_who_repeats_the_corrected_figure_is_not_believed() -> None:
    assert killed(said(4, 0), said(3, 1, "b", corrects=True), said(4, 2, "c")).latest == 3
    assert killed(said(9, 0), said(3, 1, "b", corrects=True), said(5, 2, "c")).latest == 5


def test_origins_that_differ_are_in_conflict_until_they_agree() -> None:
    differ = (said(4, 0), said(2, 0.5, "b"))
    assert killed(*differ).conflict
    assert killed(*differ) == Count(latest=4, min=2, max=4, conflict=True)
    assert not killed(*differ, said(4, 1, "b")).conflict
    assert not killed(*differ, said(6, 1)).conflict
    assert not killed(*differ, said(2, 1, "c")).conflict


def test_who_says_at_least_is_in_conflict_with_nobody() -> None:
    assert not killed(said(4, 0), said(2, 0.5, "b", bound=Bound.AT_LEAST)).conflict
    assert not killed(said(2, 0), said(4, 0.5, "b")).conflict


def test_up_to_so_many_raises_nothing() -> None:
    assert killed(said(3, 0), said(9, 1, "b", bound=Bound.AT_MOST)).latest == 3


def test_the_same_claims_in_any_order_give_the_same_ledger() -> None:
    claims = [
        said(2, 0),
        said(4, 1),
        said(4, 1.5, "b"),
        said(3, 2, "c", corrects=True),
        said(4, 2.5, "d"),
        said(4, 3, "e"),
    ]
    results = set()
    for order in permutations(claims):
        ledger: tuple[Claim, ...] = ()
        for claim in order:
            ledger = record(ledger, (claim,), 64)
        results.add(ledger)
    assert len(results) == 1


claim_values = st.tuples(
    st.integers(min_value=0, max_value=400),
    st.integers(min_value=0, max_value=200),
    st.sampled_from("abcdefgh"),
    st.sampled_from(Bound),
    st.booleans(),
)


@given(st.lists(claim_values, max_size=120))
def test_a_ledger_is_bounded_and_holds_its_extremes(values: list[tuple[int, int, str, Bound, bool]]) -> None:
    ledger: tuple[Claim, ...] = ()
    for count, quarter, source, bound, corrects in values:
        ledger = record(ledger, (said(count, quarter / 4, source, bound=bound, corrects=corrects),), 24)
        assert len(ledger) <= 24
    found = toll_of(ledger).killed
    if values:
        assert (found.min, found.max) == (min(v[0] for v in values), max(v[0] for v in values))
        assert found.latest is not None
        assert found.min is not None
        assert found.max is not None
        assert found.min <= found.latest <= found.max
