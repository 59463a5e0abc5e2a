"""Plot: a run's results as one picture."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

from tests.bench.meter import Sample
from tests.bench.race import CONTESTANTS
from tests.bench.results import Results, percentile, spread, step_costs

_OURS, _OTHERS, _QUIET = "#b3361d", "#4c6a92", "#9aa5b1"


def draw(results: Results, path: Path) -> None:
    """Write the picture of what ``results`` hold; nothing where they hold nothing that can be drawn."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - the backend is chosen first

    panels: list[Callable[[Any], None]] = []
    if results.race:
        race = results.race
        panels.append(lambda axes: _race(axes, race))
    if results.rooms:
        costs = {step: cost.mid for step, cost in step_costs(results.rooms.rounds).items()}
        panels.append(lambda axes: _steps(axes, costs))
    if results.latency:
        figures = results.latency.milliseconds
        panels.append(lambda axes: _latency(axes, figures, results.plan.rate))
    if not panels:
        return
    figure, grid = plt.subplots(len(panels), 1, figsize=(9, 2.9 * len(panels)), squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        panel(axes)
        axes.spines[["top", "right"]].set_visible(False)
    machine = results.machine
    figure.text(0.01, 0.005, f"{machine.processor} · {machine.python} · commit {machine.commit}", color=_QUIET, size=7)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _race(axes: Any, race: dict[str, list[Sample]]) -> None:
    for row, contestant in enumerate(reversed(CONTESTANTS)):
        found = spread(each.per_cpu_s for each in race[contestant.name])
        reach = [[found.mid - found.low], [found.high - found.mid]]
        colour = _OURS if contestant.name == "triage" else _QUIET if contestant.name == "bare" else _OTHERS
        # A point, not a bar: on a scale of powers of ten the length of a bar says nothing.
        axes.errorbar(found.mid, row, xerr=reach, fmt="o", color=colour, markersize=9, capsize=4)
        axes.text(found.mid, row + 0.22, f"{found.mid:,.0f}", ha="center", va="bottom")
    axes.set_yticks(range(len(CONTESTANTS)), [f"{c.name}: {c.says}" for c in reversed(CONTESTANTS)])
    axes.set_xscale("log")
    axes.margins(x=0.15, y=0.25)
    axes.grid(axis="x", color=_QUIET, alpha=0.3)
    axes.set_title("Articles per second of processor time (median; least to most)", loc="left")


def _steps(axes: Any, costs: dict[str, float]) -> None:
    names = list(reversed(costs))
    axes.barh(names, [costs[name] for name in names], color=_OURS, height=0.6)
    for row, name in enumerate(names):
        axes.text(costs[name], row, f" {costs[name]:.1f}", va="center")
    axes.set_title("Triage without Kafka: µs of processor time per article of the mix", loc="left")


def _latency(axes: Any, ordered: Sequence[float], rate: int) -> None:
    axes.step(ordered, [(rank + 1) / len(ordered) for rank in range(len(ordered))], where="post", color=_OURS)
    for share in (0.5, 0.99):
        at = percentile(ordered, share)
        axes.axvline(at, color=_QUIET, linewidth=0.8)
        axes.text(at, 0.02, f" p{share * 100:.0f}: {at:.0f} ms", color=_OTHERS)
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds")
    axes.set_title(f"Article to alert at {rate} articles/s: share that has arrived", loc="left")
