"""What all tests share: brokers are real, and a machine that lacks their parts is told so loudly."""

from collections.abc import Iterator

import pytest
from chromium import find_chromium
from tools import find_prometheus

from streams.local.embedded import binary
from streams.local.errors import LocalError, ToolMissingError
from streams.local.jars import java, kafka_jars
from streams.native import compiled_rooms

LACKING = pytest.StashKey[dict[str, LocalError]]()
"""Marker to what its tests lack on this machine."""
REQUIRING = {
    "kafka": "--require-kafka",
    "tansu": "--require-kafka",
    "chromium": "--require-chromium",
    "prometheus": "--require-prometheus",
    "native": "--require-native",
}
"""Marker to the option under which its tests must not be skipped."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-kafka",
        action="store_true",
        help="fail, rather than skip, where Java, Maven or the embedded broker is missing (for CI)",
    )
    parser.addoption(
        "--require-chromium", action="store_true", help="fail, rather than skip, where Chromium is missing (for CI)"
    )
    parser.addoption(
        "--require-prometheus", action="store_true", help="fail, rather than skip, where Prometheus is missing (for CI)"
    )
    parser.addoption("--require-native", action="store_true", help="fail, rather than skip, where no room is compiled")


def find_compiled() -> None:
    """Raise where all rooms run pure."""
    if not compiled_rooms():
        raise ToolMissingError("no room is compiled here: run `make test-native`")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        if wanted & {"kafka", "kafka_settings"}:
            item.add_marker("kafka")
        if wanted & {"tansu", "tansu_settings"}:
            item.add_marker("tansu")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look once for what the chosen tests need. Here, for the first fetch of the jars may outlast a test's timeout."""
    lacking = session.config.stash.setdefault(LACKING, {})
    if session.config.option.collectonly:
        return
    for marker, find in (
        ("kafka", lambda: (java(), kafka_jars())),
        ("tansu", binary),
        ("chromium", find_chromium),
        ("prometheus", find_prometheus),
        ("native", find_compiled),
    ):
        if any(item.get_closest_marker(marker) for item in session.items):
            try:
                find()
            except LocalError as error:
                lacking[marker] = error


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, error in item.config.stash[LACKING].items():
        if item.get_closest_marker(marker):
            if item.config.getoption(REQUIRING[marker]) or not isinstance(error, ToolMissingError):
                pytest.fail(str(error), pytrace=False)
            pytest.skip(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    yield
    for marker, error in terminalreporter.config.stash.get(LACKING, {}).items():
        terminalreporter.write_line("")
        terminalreporter.write_line(
            f"!!! THE TESTS MARKED {marker.upper()!r} DID NOT RUN: {error}", red=True, bold=True
        )
