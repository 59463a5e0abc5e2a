"""Build deploy/grafana/dashboards/ with Grafana's own SDK, from the panels in dashboard_panels.py.

Run it after a change there: ``python scripts/build_dashboards.py``. A test compares the files with what this builds.
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dashboard_panels import DASHBOARDS, Spec
from grafana_foundation_sdk.builders import common as options
from grafana_foundation_sdk.builders import dashboard, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

FOLDER: Final = Path(__file__).resolve().parent.parent / "deploy" / "grafana" / "dashboards"
SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")


def build() -> dict[str, str]:
    """The text of every dashboard file, by its name."""
    return {
        f"{uid}.json": json.dumps(_dashboard(uid, *about).build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"
        for uid, about in DASHBOARDS.items()
    }


def main() -> None:
    """Write the dashboards."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in build().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _dashboard(uid: str, title: str, description: str, rows: dict[str, tuple[Spec, ...]]) -> dashboard.Dashboard:
    built = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags(["tocsin"])
        .readonly()
        .refresh("30s")
        .time("now-6h", "now")
        .timezone("browser")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus").label("Prometheus"))
        .link(
            dashboard.DashboardLink("Tocsin")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags(["tocsin"])
            .keep_time(keep_time=True)
        )
    )
    number = itertools.count(1)
    for name, panels in rows.items():
        built = built.with_row(dashboard.Row(name).id(next(number)))
        for spec in panels:
            built = built.with_panel(_panel(spec).id(next(number)))
    return built


def _panel(spec: Spec) -> Any:
    panel = _BUILDERS[spec.kind](spec)
    for target in _targets(spec):
        panel = panel.with_target(target)
    return panel.title(spec.title).description(spec.description).datasource(SOURCE).span(spec.width).height(spec.height)


def _targets(spec: Spec) -> Iterator[prometheus.Dataquery]:
    for letter, query in zip("ABCDEF", spec.queries, strict=False):
        target = prometheus.Dataquery().ref_id(letter).expr(query.expr).datasource(SOURCE)
        if spec.kind == "table":
            yield target.instant().format(PromQueryFormat.TABLE)
        elif spec.kind == "stat":
            yield target.instant()
        else:
            yield target.range().legend_format(query.legend).exemplar(spec.exemplars)


def _stat(spec: Spec) -> stat.Panel:
    return (
        stat.Panel()
        .unit(spec.unit)
        .thresholds(_thresholds(spec))
        .color_mode(common.BigValueColorMode.BACKGROUND)
        .graph_mode(common.BigValueGraphMode.NONE)
        .reduce_options(options.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _lines(spec: Spec) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .unit(spec.unit)
        .min(0)
        .line_width(1)
        .fill_opacity(20 if spec.stacked else 5)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            options.VizLegendOptions()
            .show_legend(show_legend=True)
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
            .calcs(["lastNotNull"])
        )
        .tooltip(options.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    )
    if spec.stacked:
        panel = panel.stacking(options.StackingConfig().mode(common.StackingMode.NORMAL).group("all"))
    for name, colour in spec.colours.items():
        fixed = models.DynamicConfigValue(id_val="color", value={"mode": "fixed", "fixedColor": colour})
        panel = panel.override_by_name(name, [fixed])
    return panel


def _bars(spec: Spec) -> timeseries.Panel:
    return _lines(spec).draw_style(common.GraphDrawStyle.BARS).fill_opacity(60)


def _states(spec: Spec) -> statetimeline.Panel:
    return (
        statetimeline.Panel()
        .thresholds(_thresholds(spec))
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
        .show_value(common.VisibilityMode.NEVER)
    )


def _table(spec: Spec) -> table.Panel:
    """One row for each set of labels, with a column for each query, called by its legend."""
    names = {_value_column(spec, letter): query.legend for letter, query in zip("ABCDEF", spec.queries, strict=False)}
    return (
        table.Panel()
        .with_transformation(models.DataTransformerConfig(id_val="merge", options={}))
        .with_transformation(
            models.DataTransformerConfig(
                id_val="organize", options={"excludeByName": {"Time": True, "__name__": True}, "renameByName": names}
            )
        )
    )


def _value_column(spec: Spec, letter: str) -> str:
    """Grafana calls the value of a query by its letter where there are several."""
    return f"Value #{letter}" if len(spec.queries) > 1 else "Value"


def _thresholds(spec: Spec) -> dashboard.ThresholdsConfig:
    steps = [models.Threshold(value=value, color=colour) for value, colour in spec.steps]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


_BUILDERS: Final = {"stat": _stat, "lines": _lines, "bars": _bars, "states": _states, "table": _table}


if __name__ == "__main__":
    main()
