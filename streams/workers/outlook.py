"""Outlook: the open incidents as metrics: how many, how well supported, and the threat levels in force."""

from collections import Counter
from collections.abc import Iterable

from streams.metrics import Metrics
from streams.model import Incident, Phase


def show_incidents(metrics: Metrics, incidents: Iterable[Incident]) -> None:
    """Bring the gauges about ``incidents``, those that are not closed, up to date.

    A threat level counts while its incident is active. Of several in one country, for its areas say, the highest is
    shown.
    """
    severities: Counter[tuple[str, str]] = Counter()
    supported: Counter[tuple[str, str]] = Counter()
    levels: dict[str, tuple[int, int]] = {}
    for incident in incidents:
        sources = "3+" if incident.sources.independent >= 3 else str(max(1, incident.sources.independent))
        for kind in incident.kinds:
            severities[kind.value, incident.severity.value] += 1
            supported[kind.value, sources] += 1
        level = incident.threat_level
        if incident.phase is Phase.ACTIVE and level is not None and level.country_code and level.rank and level.of:
            levels[level.country_code] = max(levels.get(level.country_code, (0, 0)), (level.rank, level.of))
    for gauge in (metrics.open_incidents, metrics.corroboration, metrics.threat_level_rank, metrics.threat_level_steps):
        gauge.clear()
    for labels, count in severities.items():
        metrics.open_incidents.labels(*labels).set(count)
    for labels, count in supported.items():
        metrics.corroboration.labels(*labels).set(count)
    for country, (rank, of) in levels.items():
        metrics.threat_level_rank.labels(country).set(rank)
        metrics.threat_level_steps.labels(country).set(of)
