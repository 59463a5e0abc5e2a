"""A console for each test, and a browser for each module: to start one takes longer than most tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A browser; each visit has a context of its own."""
    async with open_chromium() as browser:
        yield browser


@pytest.fixture
def source() -> StandIn:
    """The night of the stories, told in this process."""
    return StandIn(stories(), put_aside(40))


@pytest_asyncio.fixture(loop_scope="module")
async def console(source: StandIn) -> AsyncIterator[Console]:
    """A console that follows the source."""
    async with Console(load_settings({}, console_port=0), source) as served:
        yield served
