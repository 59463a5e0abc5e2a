"""One gazetteer and one locator for all tests of the room: both are read-only."""

import pytest

from streams.places import Gazetteer, Locator


@pytest.fixture(scope="session")
def locator() -> Locator:
    return Locator()


@pytest.fixture(scope="session")
def gazetteer(locator: Locator) -> Gazetteer:
    return locator.gazetteer
