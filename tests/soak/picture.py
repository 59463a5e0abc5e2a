"""Picture: the looks of a run over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from tests.soak.watch import Sample

_COLOURS = ("#b3361d", "#4c6a92", "#6b8f3d", "#9aa5b1")


def draw(samples: Sequence[Sample], warm_up_s: float, title: str, path: Path) -> None:
    """Write the picture of ``samples``; the warm-up is shaded."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - the backend is chosen first

    minutes = [each.at_s / 60 for each in samples]
    workers = list(samples[-1].looks)
    rows: list[tuple[str, dict[str, list[float]]]] = [
        ("resident memory, MB", {name: [each.looks[name].rss_mb for each in samples] for name in workers}),
        (
            "open file descriptors",
            {name: [float(each.looks[name].descriptors) for each in samples] for name in workers},
        ),
        (
            "lag, records",
            {
                name: [float(each.looks[name].lag or 0) for each in samples]
                for name in workers
                if samples[-1].looks[name].lag is not None
            },
        ),
        ("open incidents", {"consolidate": [float(each.open_incidents) for each in samples]}),
        ("load of the machine", {"all": [each.load for each in samples]}),
    ]
    figure, grid = plt.subplots(len(rows), 1, figsize=(9, 2.2 * len(rows)), sharex=True)
    colour_of = dict(zip([*workers, "all"], _COLOURS, strict=False))
    for axes, (name, lines) in zip(grid, rows, strict=True):
        _panel(axes, minutes, lines, colour_of)
        axes.axvspan(0, warm_up_s / 60, color="#9aa5b1", alpha=0.2)
        axes.set_ylim(bottom=0)
        axes.set_title(name, loc="left", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    grid[-1].set_xlabel("minutes (the warm-up is shaded)")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _panel(axes: Any, minutes: list[float], lines: dict[str, list[float]], colour_of: dict[str, str]) -> None:
    for name, values in lines.items():
        axes.plot(minutes, values, color=colour_of.get(name, _COLOURS[-1]), linewidth=1.2, label=name)
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize=8, ncols=len(lines), loc="lower right")
