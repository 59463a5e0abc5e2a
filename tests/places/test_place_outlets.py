"""Where a publisher is at home."""

import pytest

from streams.places import Gazetteer
from streams.places.outlets import Outlets, domain_of


@pytest.fixture(scope="module")
def outlets(gazetteer: Gazetteer) -> Outlets:
    boise = next(i for i, gid in enumerate(gazetteer.gid) if gazetteer.names[i] == "Boise" and gid)
    return Outlets(gazetteer, {"kxyz.example": (43.6, -116.2, gazetteer.gid[boise], 0.8)})


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.example.com/a/b?c", "example.com"),
        ("example.com", "example.com"),
        ("The Example Times", ""),
        ("", ""),
    ],
)
def test_domain_of(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_learned_home_holds_for_its_subdomains_too(outlets: Outlets, gazetteer: Gazetteer) -> None:
    for source in ("kxyz.example", "m.kxyz.example"):
        home = outlets.home(source, "")
        assert home is not None
        assert gazetteer.names[home.place] == "Boise"


def test_a_town_in_the_name_is_a_home(outlets: Outlets, gazetteer: Gazetteer) -> None:
    for source, town in (("pittsburgh.cbslocal.com", "Pittsburgh"), ("dallasnews.com", "Dallas")):
        home = outlets.home(source, "")
        assert home is not None
        assert gazetteer.names[home.place] == town


def test_a_country_in_the_domain_is_a_home(outlets: Outlets, gazetteer: Gazetteer) -> None:
    home = outlets.home("abc.net.au", "")
    assert home is not None
    assert gazetteer.countries[home.country] == "AU"
    assert home.lat is None


def test_names_that_tell_nothing_give_no_home(outlets: Outlets) -> None:
    assert outlets.home("", "") is None
    assert outlets.home("twitter.com", "") is None
    assert outlets.home("A Wire Service", "") is None
