import tomllib
from pathlib import Path

import pytest

from streams.reading import cases, score_families

FILES = sorted((Path(__file__).parent / "families").glob("*.toml"))
TABLES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES]
EVERY = list(cases(TABLES))
NAMES = list(dict.fromkeys(case.family for case in EVERY))
LEAST_CASES = 6
LEAST = 0.95


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_of_a_family_are_told_apart(reader, name):
    (score,) = score_families(reader, [case for case in EVERY if case.family == name])
    assert score.recall >= LEAST, [case.title for case in score.missed]
    assert score.precision >= LEAST, [case.title for case in score.wrong]


@pytest.mark.parametrize("name", NAMES)
def test_a_family_has_enough_cases_on_both_sides(name):
    sides = [case.yes for case in EVERY if case.family == name]
    assert sides.count(True) >= LEAST_CASES
    assert sides.count(False) >= LEAST_CASES
