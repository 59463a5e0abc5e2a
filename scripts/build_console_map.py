"""Write streams/console/static/world.json: the outlines of all countries as SVG paths, from npm's world-atlas.

The package (`npm pack world-atlas`, version 2) redistributes Natural Earth 1:50m, which is in the public domain.
Give its file ``countries-50m.json``. Outlines are projected here, so that a browser draws them as they are.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pycountry

from streams.console.projection import HEIGHT, WIDTH, project

OUT: Final = Path(__file__).resolve().parent.parent / "streams" / "console" / "static" / "world.json"
LEAST_STEP: Final = 0.7
"""Points nearer than this to the one before are left out, in units of the map (1000 across)."""

Point = tuple[float, float]


def arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs of a TopoJSON topology in degrees (TopoJSON specification 1.0, section 2.1.3: delta-encoded)."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        decoded.append(points)
    return decoded


def ring(indices: list[int], lines: list[list[Point]]) -> list[Point]:
    """One ring of a polygon: arcs joined end to end, those with a negative index (``~i``) backwards."""
    points: list[Point] = []
    for index in indices:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        points += line[1:] if points else line
    return points


def unwrapped(points: list[Point]) -> list[list[Point]]:
    """``points`` without jumps across the 180th meridian; twice where they reach over it, once at each edge."""
    straight = points[:1]
    for lon, lat in points[1:]:
        turns = round((lon - straight[-1][0]) / 360)
        straight.append((lon - 360 * turns, lat))
    west, east = min(lon for lon, _ in straight), max(lon for lon, _ in straight)
    copies = [0.0] + [360.0] * (west < -180) + [-360.0] * (east > 180)
    return [[(lon + shift, lat) for lon, lat in straight] for shift in copies]


def path(rings: list[list[Point]]) -> str:
    """SVG path data of ``rings`` in tenths of a map unit, relative and closed; empty where nothing is left."""
    parts = []
    for points in rings:
        thinned = _thin([project(lat, lon) for lon, lat in points])
        if len(thinned) < 3:
            continue
        steps = [(round(10 * x), round(10 * y)) for x, y in thinned]
        moves = [f"{bx - ax},{by - ay}" for (ax, ay), (bx, by) in pairwise(steps)]
        parts.append(f"M{steps[0][0]},{steps[0][1]}l{' '.join(moves)}z")
    return "".join(parts).replace(",-", "-").replace(" -", "-")


def _thin(points: list[Point]) -> list[Point]:
    kept = points[:1]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= LEAST_STEP:
            kept.append(point)
    return kept


def countries(topology: dict[str, Any]) -> list[dict[str, str]]:
    """Every country with ISO 3166-1 alpha-2 code (empty where it has none) and path."""
    lines = arcs(topology)
    found = []
    for shape in topology["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [copy for polygon in polygons for indices in polygon for copy in unwrapped(ring(indices, lines))]
        outline = path(rings)
        known = pycountry.countries.get(numeric=shape.get("id", ""))
        if outline and shape["properties"]["name"] != "Antarctica":
            found.append({"code": known.alpha_2 if known else "", "path": outline})
    return sorted(found, key=lambda country: (country["code"], country["path"]))


def main() -> None:
    """Read the topology named on the command line and write the asset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topology", type=Path, help="countries-50m.json of the npm package world-atlas")
    topology = json.loads(parser.parse_args().topology.read_text(encoding="utf-8"))
    world = {
        "source": "Natural Earth 1:50m (public domain), by way of world-atlas",
        "width": WIDTH,
        "height": HEIGHT,
        "countries": countries(topology),
    }
    OUT.write_text(json.dumps(world, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(world['countries'])} countries, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
