import json
from importlib import resources

import pytest

from streams.console.projection import HEIGHT, NORTH, SOUTH, WIDTH, project


@pytest.mark.parametrize(
    ("lat", "lon", "spot"),
    [(NORTH, -180, (0, 0)), (SOUTH, 180, (WIDTH, HEIGHT)), (90, 0, (500, 0)), (-90, 0, (500, HEIGHT))],
)
def test_corners_and_beyond(lat: float, lon: float, spot: tuple[float, float]) -> None:
    assert project(lat, lon) == pytest.approx(spot, abs=0.5)


def test_north_is_up_and_east_is_right() -> None:
    x, y = project(61.5, 23.8)
    east, _ = project(61.5, 24.8)
    _, south = project(60.5, 23.8)
    assert east > x
    assert south > y


def test_the_outlines_are_of_this_projection() -> None:
    world = json.loads(resources.files("streams.console").joinpath("static", "world.json").read_text("utf-8"))
    assert (world["width"], world["height"]) == (WIDTH, HEIGHT)
    assert {"FI", "CL", "US", "DK", "BR", "SG"} <= {country["code"] for country in world["countries"]}
