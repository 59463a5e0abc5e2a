"""The families of hard cases under "Where", each with its positive and negative twins."""

from collections import Counter

import pytest
from twins import cases, scores

from streams.places import REASONS, Locator

LEAST = 0.95


def test_every_family_has_at_least_six_cases() -> None:
    assert min(Counter(case.family for case in cases()).values()) >= 6


def test_families_are_read_right(locator: Locator) -> None:
    found = scores(locator)
    faults = {family: score.faults for family, score in found.items() if min(score.precision, score.recall) < LEAST}
    assert not faults


@pytest.mark.parametrize("anchored", [True, False])
def test_reasons_are_of_the_closed_set(locator: Locator, *, anchored: bool) -> None:
    said = {locator.locate(case.article, case.anchors() if anchored else ()).reason for case in cases()}
    assert said <= set(REASONS)


def test_without_anchors_most_cases_hold_too(locator: Locator) -> None:
    told = [(case, locator.locate(case.article).place) for case in cases() if case.place]
    right = sum(place is not None and place.name == case.place for case, place in told)
    assert right >= 0.9 * len(told)
