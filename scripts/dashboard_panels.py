"""Dashboard panels: what each panel shows, in which unit, and the queries behind it. Built by build_dashboards.py."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

GREEN, YELLOW, ORANGE, RED, BLUE = "#009E73", "#F0E442", "#E69F00", "#D55E00", "#0072B2"
"""Okabe and Ito's palette, which people with any kind of colour vision can tell apart."""
SEVERITY_COLOURS: Final = {"Minor": BLUE, "Moderate": YELLOW, "Severe": ORANGE, "Extreme": RED}


class Query(NamedTuple):
    """A PromQL expression and how its series are called."""

    expr: str
    legend: str = ""


class Spec(NamedTuple):
    """One panel. ``steps`` are thresholds, each the value from which on a colour holds, the first from -infinity."""

    kind: str
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    width: int = 8
    height: int = 8
    steps: tuple[tuple[float | None, str], ...] = ()
    colours: Mapping[str, str] = {}
    stacked: bool = False
    exemplars: bool = False


def _rate(metric: str, by: str, where: str = "") -> str:
    return (
        f"sum by ({by}) (rate({metric}{{{where}}}[$__rate_interval]))"
        if where
        else (f"sum by ({by}) (rate({metric}[$__rate_interval]))")
    )


def _quantiles(metric: str, by: str, where: str = "") -> tuple[Query, ...]:
    inner = f"sum by ({by}, le) (rate({metric}_bucket{where}[$__rate_interval]))"
    names = " ".join(f"{{{{{label}}}}}" for label in by.split(", "))
    return tuple(Query(f"histogram_quantile({q}, {inner})", f"p{round(100 * q)} {names}") for q in (0.5, 0.99))


def _lamp(title: str, description: str, expr: str, **more: Any) -> Spec:
    return Spec("stat", title, description, (Query(expr),), width=4, height=4, **more)


OVERVIEW: Final = {
    "Now": (
        _lamp(
            "Extreme incidents open",
            "Incidents of severity Extreme that are not closed; one of two kinds counts twice.",
            'sum(kind_severity:tocsin_open_incidents:sum{severity="Extreme"}) or vector(0)',
            steps=((None, GREEN), (1, RED)),
        ),
        _lamp(
            "Incidents open",
            "All that are not closed; one of two kinds counts twice.",
            "sum(kind_severity:tocsin_open_incidents:sum) or vector(0)",
            steps=((None, BLUE),),
        ),
        _lamp(
            "Newest article",
            "Age of the newest article of all. Quiet is not safe: beyond 15 minutes there is an alarm.",
            'source_group:tocsin_last_article_age:seconds{source_group="any"}',
            unit="s",
            steps=((None, GREEN), (300, ORANGE), (900, RED)),
        ),
        _lamp(
            "Alerts out within",
            "99 of 100 alerts of the last 5 minutes were published within this time of their article's arrival.",
            "max(kind:tocsin_article_to_alert_seconds:p99_5m > 0) or vector(0)",
            unit="s",
            steps=((None, GREEN), (5, ORANGE), (30, RED)),
        ),
        _lamp(
            "Records to do",
            "Lag of all groups of workers together.",
            "sum(topic:tocsin_consumer_lag_records:sum)",
            steps=((None, GREEN), (5000, ORANGE), (50000, RED)),
        ),
        _lamp(
            "Alarms firing",
            "Alarms of the rules, the watchdog left out.",
            'count(ALERTS{alertname=~"Tocsin.+",alertname!="TocsinWatchdog",alertstate="firing"}) or vector(0)',
            steps=((None, GREEN), (1, RED)),
        ),
    ),
    "Incidents": (
        Spec(
            "lines",
            "Open incidents by severity",
            "Incidents not closed, counted once per kind.",
            (Query("sum by (severity) (kind_severity:tocsin_open_incidents:sum)", "{{severity}}"),),
            colours=SEVERITY_COLOURS,
            stacked=True,
        ),
        Spec(
            "lines",
            "Open incidents by kind",
            "An incident of two kinds counts in both.",
            (Query("sum by (kind) (kind_severity:tocsin_open_incidents:sum)", "{{kind}}"),),
        ),
        Spec(
            "lines",
            "Corroboration",
            "Open incidents by how many independent sources say so. Copies of one wire story are one source.",
            (Query("sum by (sources) (tocsin_open_incidents_by_sources)", "{{sources}}"),),
            stacked=True,
        ),
        Spec(
            "bars",
            "Alert events",
            "Revisions published, by what changed, in each interval.",
            (Query("sum by (change) (increase(tocsin_alert_events_total[$__rate_interval]))", "{{change}}"),),
            stacked=True,
        ),
        Spec(
            "lines",
            "From article to alert",
            "From the Kafka timestamp of an article to the acknowledgement of its revision.",
            _quantiles("tocsin_article_to_alert_seconds", "kind"),
            unit="s",
            exemplars=True,
        ),
        Spec(
            "lines",
            "From publication to alert",
            "From the publication of an article, where it was told to the second. Mostly the time of others.",
            _quantiles("tocsin_publication_to_alert_seconds", "kind"),
            unit="s",
        ),
    ),
    "The world": (
        Spec(
            "table",
            "Threat levels in force",
            "The highest by country, and how many levels its scale has.",
            (
                Query("country:tocsin_threat_level_rank:max", "level"),
                Query("max by (country) (tocsin_threat_level_steps)", "of"),
            ),
        ),
        Spec(
            "lines",
            "Articles by outcome",
            "Per second.",
            (Query("outcome:tocsin_articles:rate5m", "{{outcome}}"),),
            unit="cps",
            stacked=True,
        ),
        Spec(
            "lines",
            "Silence by source group",
            "Age of the newest article of each group of the setting source_groups; `any` has all.",
            (Query("source_group:tocsin_last_article_age:seconds", "{{source_group}}"),),
            unit="s",
        ),
    ),
}

WORKERS: Final = {
    "Health": (
        Spec(
            "states",
            "Ready",
            "1 when a worker has its partitions and its state.",
            (Query("max by (worker, instance) (tocsin_ready)", "{{worker}} {{instance}}"),),
            width=12,
            steps=((None, RED), (1, GREEN)),
        ),
        Spec(
            "lines",
            "Lag by topic",
            "Records between the end of a topic and what is committed.",
            (Query("topic:tocsin_consumer_lag_records:sum", "{{topic}}"),),
            width=12,
        ),
        Spec(
            "lines",
            "Commits",
            "Per second. They follow batches in triage, and the commit interval in consolidation.",
            (Query(_rate("tocsin_commits_total", "worker"), "{{worker}}"),),
            unit="cps",
        ),
        Spec(
            "bars",
            "Rebalances",
            "Assignments received in each interval, over all workers.",
            (Query("sum by (worker) (increase(tocsin_rebalances_total[$__rate_interval]))", "{{worker}}"),),
        ),
        Spec(
            "lines",
            "Calls to the brokers tried again",
            "Per second, by operation.",
            (Query(_rate("tocsin_retries_total", "job, operation"), "{{job}} {{operation}}"),),
            unit="cps",
        ),
    ),
    "Triage": (
        Spec(
            "lines",
            "Articles by outcome and reason",
            "Per second: the ten most frequent.",
            (Query(f"topk(10, {_rate('tocsin_articles_total', 'outcome, reason')})", "{{outcome}} {{reason}}"),),
            unit="cps",
        ),
        Spec("lines", "Bytes read", "Per second.", (Query("tocsin:article_bytes:rate5m", "read"),), unit="Bps"),
        Spec(
            "lines",
            "Records per batch",
            "Full batches mean that there is more to do.",
            (
                Query(
                    "histogram_quantile(0.5, sum by (le) (rate(tocsin_batch_records_bucket[$__rate_interval])))", "p50"
                ),
                Query(
                    "histogram_quantile(0.99, sum by (le) (rate(tocsin_batch_records_bucket[$__rate_interval])))", "p99"
                ),
            ),
        ),
        Spec(
            "lines",
            "Dead letters",
            "Records that could not be read or decided about, in each interval.",
            (
                Query(
                    "sum by (origin, reason) (increase(tocsin_dead_letters_total[$__rate_interval]))",
                    "{{origin}} {{reason}}",
                ),
            ),
        ),
        Spec(
            "lines",
            "Dead letters of all articles",
            "The share over 15 minutes; beyond 1 % there is an alarm.",
            (Query("tocsin:dead_letters:ratio_rate15m", "share"),),
            unit="percentunit",
        ),
        Spec(
            "lines",
            "Time per batch, by stage",
            "What a worker spends its time on.",
            _quantiles("tocsin_stage_seconds", "worker, stage"),
            unit="s",
        ),
    ),
    "Consolidation": (
        Spec(
            "lines",
            "Sightings by decision",
            "Per second: what became of alertable articles.",
            (Query(_rate("tocsin_decisions_total", "decision"), "{{decision}}"),),
            unit="cps",
            width=12,
        ),
        Spec(
            "lines",
            "Why",
            "Per second: the ten most frequent reasons.",
            (Query(f"topk(10, {_rate('tocsin_decisions_total', 'decision, reason')})", "{{decision}} {{reason}}"),),
            unit="cps",
            width=12,
        ),
    ),
    "Processes": (
        Spec(
            "lines",
            "Processor time",
            "Cores in use by each worker.",
            (Query(_rate("process_cpu_seconds_total", "job, instance", 'job=~"tocsin-.+"'), "{{job}} {{instance}}"),),
        ),
        Spec(
            "lines",
            "Memory",
            "Resident memory of each worker.",
            (Query('process_resident_memory_bytes{job=~"tocsin-.+"}', "{{job}} {{instance}}"),),
            unit="bytes",
        ),
        Spec(
            "table",
            "Versions",
            "How many processes run each version.",
            (Query("count by (version, job) (tocsin_build_info)", "processes"),),
        ),
    ),
}

EDGES: Final = {
    "Notifications": (
        Spec(
            "bars",
            "Messages by outcome",
            "In each interval, by receiver. A dead letter means that people were not told on this way.",
            (
                Query(
                    "sum by (receiver, outcome) (increase(tocsin_notifications_total[$__rate_interval]))",
                    "{{receiver}} {{outcome}}",
                ),
            ),
            stacked=True,
        ),
        Spec(
            "lines",
            "Alerts waiting",
            "In retry, in quiet hours or in a storm.",
            (Query("sum by (receiver) (tocsin_notifications_pending)", "{{receiver}}"),),
        ),
        Spec(
            "lines",
            "From alert to delivery",
            "Quiet hours included.",
            _quantiles("tocsin_alert_to_notification_seconds", "receiver"),
            unit="s",
        ),
    ),
    "Feeds": (
        Spec(
            "bars",
            "Polls by outcome",
            "In each interval.",
            (Query("sum by (outcome) (increase(tocsin_feed_polls_total[$__rate_interval]))", "{{outcome}}"),),
            stacked=True,
        ),
        Spec(
            "bars",
            "Entries by outcome",
            "In each interval: published, seen before, or without use.",
            (Query("sum by (outcome) (increase(tocsin_feed_articles_total[$__rate_interval]))", "{{outcome}}"),),
            stacked=True,
        ),
        Spec(
            "lines",
            "Feeds that fail",
            "Feeds whose last poll failed.",
            (Query("sum by (instance) (tocsin_feeds_failing)", "{{instance}}"),),
        ),
    ),
}

PEOPLE: Final = {
    "Console": (
        Spec(
            "lines",
            "Browsers",
            "Live connections to each console.",
            (Query('sum by (instance) (tocsin_console_clients{job="tocsin-console"})', "{{instance}}"),),
        ),
        Spec(
            "lines",
            "Behind",
            "Records that each console has not read yet: what it shows is as old as they are.",
            (Query('sum by (instance) (tocsin_console_lag_records{job="tocsin-console"})', "{{instance}}"),),
        ),
        Spec(
            "bars",
            "Turned away",
            "In each interval: sign-ins with a wrong token, and requests without one, by a strange name, or sent by "
            "another site.",
            (
                Query(
                    'sum(increase(tocsin_console_sign_ins_total{outcome="refused"}[$__rate_interval]))', "wrong token"
                ),
                Query("sum by (reason) (increase(tocsin_console_refusals_total[$__rate_interval]))", "{{reason}}"),
            ),
            stacked=True,
        ),
        Spec(
            "bars",
            "Orders",
            "Acknowledgements, silences, merges and splits given at a console, in each interval.",
            (Query("sum by (outcome) (increase(tocsin_console_orders_total[$__rate_interval]))", "{{outcome}}"),),
            stacked=True,
        ),
    ),
}

DASHBOARDS: Final = {
    "tocsin-overview": ("Tocsin: overview", "Is anything open, is anything silent, and are alerts in time?", OVERVIEW),
    "tocsin-workers": ("Tocsin: workers", "How the workers get on, stage by stage.", WORKERS),
    "tocsin-edges": (
        "Tocsin: notifications, feeds and console",
        "What goes out to receivers, comes in from feeds, and is asked for by people.",
        EDGES | PEOPLE,
    ),
}
"""By uid: title, description, and rows of panels by their names."""
