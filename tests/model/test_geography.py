"""Distance and containment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.model import Place, Precision
from streams.model.geography import Relation, distance_km, relation

ALMATY = Place(
    name="Almaty", admin1="Almaty", admin1_code="02", country="Kazakhstan", country_code="KZ",
    lat=43.25, lon=76.92, precision=Precision.CITY, geoname_id=1526384,
)  # fmt: skip
KAZAKHSTAN = Place(
    name="Kazakhstan", country="Kazakhstan", country_code="KZ", lat=48.0, lon=68.0, precision=Precision.COUNTRY
)
ALMATY_REGION = Place(
    name="Almaty", admin1="Almaty", admin1_code="02", country="Kazakhstan", country_code="KZ",
    lat=44.0, lon=77.0, precision=Precision.ADMIN1,
)  # fmt: skip
ASTANA = Place(
    name="Astana",
    admin1_code="05",
    country_code="KZ",
    lat=51.18,
    lon=71.45,
    precision=Precision.CITY,
    geoname_id=1526273,
)
BISHKEK = Place(name="Bishkek", admin1_code="01", country_code="KG", lat=42.87, lon=74.59, precision=Precision.CITY)
PARIS = Place(name="Paris", admin1_code="11", country_code="FR", lat=48.8534, lon=2.3488, precision=Precision.CITY)
SAINT_DENIS = Place(
    name="Saint-Denis", admin1_code="11", country_code="FR", lat=48.9356, lon=2.3539, precision=Precision.CITY
)
BATACLAN = Place(name="Paris", admin1_code="11", country_code="FR", lat=48.863, lon=2.3706, precision=Precision.POINT)
PARIS_TEXAS = Place(
    name="Paris", admin1_code="TX", country_code="US", lat=33.6609, lon=-95.5555, precision=Precision.CITY
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (ALMATY, ALMATY, Relation.SAME),
        (KAZAKHSTAN, ALMATY, Relation.CONTAINS),
        (ALMATY, KAZAKHSTAN, Relation.INSIDE),
        (KAZAKHSTAN, ALMATY_REGION, Relation.CONTAINS),
        (KAZAKHSTAN, KAZAKHSTAN, Relation.SAME),
        (KAZAKHSTAN, BISHKEK, Relation.APART),
        (ALMATY_REGION, ALMATY, Relation.CONTAINS),
        (ALMATY_REGION, ASTANA, Relation.APART),
        (ALMATY, ASTANA, Relation.APART),
        (PARIS, SAINT_DENIS, Relation.NEAR),
        (PARIS, BATACLAN, Relation.CONTAINS),
        (BATACLAN, PARIS, Relation.INSIDE),
        (PARIS, PARIS_TEXAS, Relation.APART),
    ],
)
def test_relation(a: Place, b: Place, expected: Relation) -> None:
    assert relation(a, b) is expected


def test_a_venue_without_coordinates_of_its_own_is_inside_its_city() -> None:
    venue = Place(
        name="Almaty", country_code="KZ", lat=43.25, lon=76.92, precision=Precision.POINT, geoname_id=1526384,
        detail="Central Market",
    )  # fmt: skip
    assert relation(venue, ALMATY) is Relation.INSIDE
    assert relation(ALMATY, venue) is Relation.CONTAINS


def test_without_coordinates_the_name_and_region_decide() -> None:
    here = Place(name="Springfield", admin1_code="IL", country_code="US", precision=Precision.CITY)
    same = Place(name="SPRINGFIELD", country_code="US", precision=Precision.CITY)
    other = Place(name="Springfield", admin1_code="MO", country_code="US", precision=Precision.CITY)
    assert distance_km(here, same) is None
    assert relation(here, same) is Relation.SAME
    assert relation(here, other) is Relation.APART


def test_unknown_countries_contain_nothing() -> None:
    nowhere = Place(name="?", precision=Precision.COUNTRY)
    assert relation(nowhere, ALMATY) is Relation.APART


def test_distance_is_the_great_circle() -> None:
    assert distance_km(PARIS, SAINT_DENIS) == pytest.approx(9.15, abs=0.1)
    antipode = Place(name="-", lat=-48.8534, lon=2.3488 - 180, precision=Precision.POINT)
    assert distance_km(PARIS, antipode) == pytest.approx(20015.1, abs=1)


def test_only_apart_is_incompatible() -> None:
    assert [r for r in Relation if not r.compatible] == [Relation.APART]


points = st.builds(
    Place,
    name=st.sampled_from(["A", "B"]),
    country_code=st.sampled_from([None, "US", "FR"]),
    admin1_code=st.sampled_from([None, "01", "02"]),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    precision=st.sampled_from(list(Precision)),
)
INVERSE = {Relation.CONTAINS: Relation.INSIDE, Relation.INSIDE: Relation.CONTAINS}


@given(points, points)
def test_relation_turns_round(a: Place, b: Place) -> None:
    assert relation(b, a) is INVERSE.get(relation(a, b), relation(a, b))
