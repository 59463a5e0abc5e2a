"""Report: a run's results as tables for people."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tests.bench.latency import Latency
from tests.bench.meter import Sample
from tests.bench.race import CONTESTANTS
from tests.bench.results import Results, Spread, percentile, ratios, spread, step_costs
from tests.bench.rooms import Rooms


def report(results: Results) -> RenderableType:
    """All tables of ``results``."""
    return Group(*_parts(results))


def _parts(results: Results) -> Iterator[RenderableType]:
    machine = results.machine
    yield Text(
        f"{machine.processor}, {machine.cores} cores · {machine.python} · Apache Kafka {machine.kafka}, 1 node · "
        f"commit {machine.commit} · load before the run {machine.load:.1f} · {results.seconds:.0f} s",
        style="dim",
    )
    if results.race:
        yield _race(results.race)
    if results.consolidation:
        yield _consolidation(results.consolidation)
    if results.latency:
        yield _latency(results.latency, results.plan.rate)
    if results.rooms:
        yield _steps(results.rooms)
        yield _speeds(results.rooms)
    if results.footprint:
        yield _footprint(results)


def _race(race: dict[str, list[Sample]]) -> Table:
    table = _table(
        "The firehose: the same articles on the same topic (median, least–most of the rounds)",
        "reader", "records / s of CPU", "records / s", "CPU ratio to bare", "µs CPU a record", "memory MB",
    )  # fmt: skip
    yardstick = race[CONTESTANTS[0].name]
    for contestant in CONTESTANTS:
        samples = race[contestant.name]
        ratio = ratios(samples, yardstick)
        table.add_row(
            f"[bold]{contestant.name}[/]\n[dim]{contestant.says}[/]",
            _shown(spread(each.per_cpu_s for each in samples)),
            _shown(spread(each.per_wall_s for each in samples)),
            f"{ratio.mid:.3f}  [dim]{ratio.low:.3f}–{ratio.high:.3f}[/]",
            f"{1e6 / spread(each.per_cpu_s for each in samples).mid:.1f}",
            f"{spread(each.rss_mb for each in samples).mid:.0f}",
        )
    return table


def _consolidation(samples: list[Sample]) -> Table:
    table = _table(
        "Consolidation: sightings through one worker", "worker", "sightings / s of CPU", "sightings / s", "memory MB"
    )
    table.add_row(
        "[bold]consolidate[/] fold, publish, state, commit",
        _shown(spread(each.per_cpu_s for each in samples)),
        _shown(spread(each.per_wall_s for each in samples)),
        f"{spread(each.rss_mb for each in samples).mid:.0f}",
    )
    return table


def _latency(latency: Latency, rate: int) -> Table:
    table = _table(
        f"Article to alert at {rate} articles/s (sent: {latency.rate:.0f}/s; at the end triage was "
        f"{latency.behind_s:.1f} s behind; of a core: triage {latency.triage_share:.0%}, consolidate "
        f"{latency.consolidate_share:.0%})",
        "alerts", "count", "p50 ms", "p90 ms", "p99 ms", "most ms",
    )  # fmt: skip
    for name, figures in (("every revision", latency.milliseconds), ("opened", latency.opened)):
        if figures:
            table.add_row(
                name,
                str(len(figures)),
                *(f"{percentile(figures, share):.0f}" for share in (0.5, 0.9, 0.99)),
                f"{figures[-1]:.0f}",
            )
    return table


def _steps(rooms: Rooms) -> Table:
    last = rooms.rounds[-1]
    table = _table(
        f"Triage without Kafka, step by step: {rooms.articles} articles of {rooms.mean_bytes:.0f} bytes, "
        f"{last.opened_share:.1%} open the gate, {last.sighted_share:.1%} become sightings",
        "step", "µs a call", "calls an article", "µs an article", "share",
    )  # fmt: skip
    costs = step_costs(rooms.rounds)
    total = sum(cost.mid for cost in costs.values())
    for step, cost in costs.items():
        measured = [one.steps[step] for one in rooms.rounds if step in one.steps]
        table.add_row(
            step,
            _shown(spread(each.us for each in measured), 1) if measured else "",
            f"{measured[-1].calls:.3f}" if measured else "",
            _shown(cost, 1),
            f"{cost.mid / total:.1%}",
        )
    table.add_section()
    whole = spread(one.whole_us for one in rooms.rounds)
    table.add_row("whole", "", "", _shown(whole, 1), f"{1e6 / whole.mid:,.0f} articles/s")
    return table


def _speeds(rooms: Rooms) -> Table:
    table = _table("One core, without Kafka", "what", "per s of CPU", "asked for")
    folding = rooms.folding
    rows = (
        ("articles read in full (scan and read, gate open)", [one.full for one in rooms.rounds], 10_000),
        ("articles read behind the gate, 2 % alerts, no near misses", [one.calm for one in rooms.rounds], 60_000),
        ("the same at the mix, with 20 % near misses", [one.gated for one in rooms.rounds], 60_000),
        ("articles with all places found, resolved, chosen", [one.places for one in rooms.rounds], 25_000),
        (
            f"sightings folded, {folding.open_before} incidents open before, {folding.open_after} after",
            [one.folds for one in rooms.rounds],
            30_000,
        ),
    )
    for what, figures, asked in rows:
        found = spread(figures)
        table.add_row(what, _shown(found), f"[{'green' if found.mid >= asked else 'red'}]{asked:,}[/]")
    return table


def _footprint(results: Results) -> Table:
    table = _table("Loading, each in a fresh process", "what", "seconds", "MB resident")
    found = results.footprint or []
    for what in ("import", "reader", "locator"):
        table.add_row(
            what,
            _shown(spread(getattr(each, f"{what}_s") for each in found), 2),
            _shown(spread(getattr(each, f"{what}_mb") for each in found)),
        )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="", min_width=80)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _shown(found: Spread, digits: int = 0) -> str:
    low, mid, high = (f"{figure:,.{digits}f}" for figure in (found.low, found.mid, found.high))
    return f"{mid}  [dim]{low}–{high}[/]"
