"""A console and a browser for each test."""

from collections.abc import AsyncIterator

import pytest
from console_stand_in import StandIn
from console_stories import put_aside, stories
from playwright.async_api import Browser
from visits import open_chromium

from streams.console.server import Console
from streams.settings import load_settings


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("chromium")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser."""
    async with open_chromium() as browser:
        yield browser


@pytest.fixture
def source() -> StandIn:
    """The night of the stories, told in this process."""
    return StandIn(stories(), put_aside(40))


@pytest.fixture
async def console(source: StandIn) -> AsyncIterator[Console]:
    """A console that follows the source."""
    async with Console(load_settings({}, console_port=0), source) as served:
        yield served
