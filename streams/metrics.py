"""Metric: every Prometheus metric of Tocsin once, typed, with what it counts and its labels.

Names follow the Prometheus conventions: base units, ``_total`` for counters. No label holds text from articles.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from streams import __version__
from streams.model import Kind

LAG_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0, 172800.0)
BATCH_BUCKETS: Final = (1.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0)
STAGE_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

OPERATIONS: Final = {"triage": ("read", "publish", "commit"), "consolidate": ("publish",)}
STAGES: Final = {"triage": ("decide", "publish", "commit"), "consolidate": ("decide", "publish", "state")}
DEFECTS: Final = {
    "triage": (
        *("tombstone", "too_large", "empty", "wrong_type", "not_utf8", "too_deep", "not_json", "duplicate_key"),
        *("byte_order_mark", "lone_surrogate", "bad_id", "no_text", "bad_time", "analysis_failed", "output_too_large"),
    ),
    "consolidate": ("bad_sighting", "bad_order", "decision_failed"),
    "notify": ("not_an_alert",),
}
"""By worker: its calls to the brokers that may be tried again, its stages, and its reasons for dead letters."""


class Metrics:
    """All metrics of one process, in a registry of its own so that tests and `tocsin up` can hold several."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        self.build = Info("tocsin_build", "Version of this process", registry=self.registry)
        self.build.info({"version": __version__})
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._triage()
        self._consolidation()
        self._kafka()
        self._edges()
        self._console()

    def begin(self, worker: str) -> None:
        """Begin the series of a ``worker`` whose labels are known beforehand at 0.

        What first appears with 1 has not risen, for Prometheus: the first dead letter would go unseen.
        """
        self.commits.labels(worker)
        self.rebalances.labels(worker)
        self.ready.labels(worker).set(0)
        for operation in OPERATIONS.get(worker, ()):
            self.retries.labels(operation)
        for stage in STAGES.get(worker, ()):
            self.stage_seconds.labels(worker, stage)
        for reason in DEFECTS.get(worker, ()):
            self.dead_letters.labels(worker, reason)
        if worker == "triage":
            self.breaker_open.labels(worker)
            for reason in DEFECTS[worker]:
                self.articles.labels("dead_letter", reason)
        if worker == "consolidate":
            for kind in Kind:
                self.article_to_alert.labels(kind.value)
                self.publication_to_alert.labels(kind.value)

    def begin_receiver(self, receiver: str) -> None:
        """Begin the series of a ``receiver`` at 0, for the same reason."""
        for outcome in ("delivered", "retried", "dead_letter"):
            self.notifications.labels(receiver, outcome, "alert")
        self.notifications_pending.labels(receiver)
        self.alert_to_notification.labels(receiver)

    def _triage(self) -> None:
        self.articles = Counter(
            "tocsin_articles",
            "Articles by outcome (sighting, suppressed, dead_letter) and reason code",
            ("outcome", "reason"),
            registry=self.registry,
        )
        self.last_article = Gauge(
            "tocsin_last_article_timestamp_seconds",
            "Kafka timestamp of the newest article of a source group (of the start, before the first one); the group "
            "any has them all",
            ("source_group",),
            registry=self.registry,
        )
        self.article_bytes = Counter("tocsin_article_bytes", "Bytes of article records read", registry=self.registry)
        self.batch_records = Histogram(
            "tocsin_batch_records", "Records per triage batch", buckets=BATCH_BUCKETS, registry=self.registry
        )
        self.stage_seconds = Histogram(
            "tocsin_stage_seconds",
            "Time per batch or group of sightings in one stage (decide, publish, state, commit)",
            ("worker", "stage"),
            buckets=STAGE_BUCKETS,
            registry=self.registry,
        )
        self.breaker_open = Gauge(
            "tocsin_breaker_open",
            "1 where the breaker has stopped a worker, because nearly nothing could be read",
            ("worker",),
            registry=self.registry,
        )
        self.dead_letters = Counter(
            "tocsin_dead_letters", "Dead letters by origin and reason", ("origin", "reason"), registry=self.registry
        )

    def _consolidation(self) -> None:
        self.decisions = Counter(
            "tocsin_decisions",
            "Sightings and orders of operators by what became of them and why",
            ("decision", "reason"),
            registry=self.registry,
        )
        self.alerts = Counter(
            "tocsin_alert_events", "Revisions published, by change", ("change", "notify"), registry=self.registry
        )
        self.open_incidents = Gauge(
            "tocsin_open_incidents",
            "Incidents not yet closed, by kind (one may count in several) and severity",
            ("kind", "severity"),
            registry=self.registry,
        )
        self.corroboration = Gauge(
            "tocsin_open_incidents_by_sources",
            "Incidents not yet closed, by kind and by how many independent sources say so (1, 2, 3+)",
            ("kind", "sources"),
            registry=self.registry,
        )
        self.threat_level_rank = Gauge(
            "tocsin_threat_level_rank",
            "Highest threat level in force by country, counted from 1, the lowest of its scale",
            ("country",),
            registry=self.registry,
        )
        self.threat_level_steps = Gauge(
            "tocsin_threat_level_steps",
            "How many levels the scale of that threat level has",
            ("country",),
            registry=self.registry,
        )
        self.article_to_alert = Histogram(
            "tocsin_article_to_alert_seconds",
            "From the Kafka timestamp of an article to its published revision",
            ("kind",),
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        self.publication_to_alert = Histogram(
            "tocsin_publication_to_alert_seconds",
            "From the publication of an article, where told to the second, to its published revision",
            ("kind",),
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )

    def _kafka(self) -> None:
        self.lag = Gauge(
            "tocsin_consumer_lag_records",
            "Records between the end of a partition and the commit of this worker's group",
            ("topic", "partition"),
            registry=self.registry,
        )
        self.commits = Counter("tocsin_commits", "Offset commits that succeeded", ("worker",), registry=self.registry)
        self.rebalances = Counter("tocsin_rebalances", "Assignments received", ("worker",), registry=self.registry)
        self.retries = Counter(
            "tocsin_retries", "Broker calls tried again, by operation", ("operation",), registry=self.registry
        )
        self.ready = Gauge("tocsin_ready", "1 when assigned and recovered", ("worker",), registry=self.registry)

    def _edges(self) -> None:
        self.notifications = Counter(
            "tocsin_notifications",
            "Messages to receivers by outcome (delivered, retried, dead_letter) and form (alert, digest, reminder)",
            ("receiver", "outcome", "form"),
            registry=self.registry,
        )
        self.notifications_pending = Gauge(
            "tocsin_notifications_pending",
            "Alerts that a receiver is still to be told of: in retry, in quiet hours or in a storm",
            ("receiver",),
            registry=self.registry,
        )
        self.alert_to_notification = Histogram(
            "tocsin_alert_to_notification_seconds",
            "From the publication of a revision to its delivery, quiet hours included",
            ("receiver",),
            buckets=LAG_BUCKETS,
            registry=self.registry,
        )
        self.feed_polls = Counter(
            "tocsin_feed_polls",
            "Polls of feeds by outcome (fresh, unchanged, failed)",
            ("outcome",),
            registry=self.registry,
        )
        self.feed_articles = Counter(
            "tocsin_feed_articles",
            "Entries of feeds by what became of them (published, seen, useless)",
            ("outcome",),
            registry=self.registry,
        )
        self.feeds_failing = Gauge("tocsin_feeds_failing", "Feeds whose last poll failed", registry=self.registry)

    def _console(self) -> None:
        self.console_clients = Gauge(
            "tocsin_console_clients", "Browsers with a live connection to this console", registry=self.registry
        )
        self.console_lag = Gauge(
            "tocsin_console_lag_records", "Records that this console has not read yet", registry=self.registry
        )
        self.console_sign_ins = Counter(
            "tocsin_console_sign_ins",
            "Sign-ins with the console's token, by outcome (accepted, refused)",
            ("outcome",),
            registry=self.registry,
        )
        self.console_refusals = Counter(
            "tocsin_console_refusals",
            "Requests to the console that were turned away, by reason (strange_host, other_site, not_signed_in)",
            ("reason",),
            registry=self.registry,
        )
        self.console_orders = Counter(
            "tocsin_console_orders",
            "Orders given at the console, by outcome (published, faulty, failed)",
            ("outcome",),
            registry=self.registry,
        )

    def begin_console(self) -> None:
        """Begin the series of a console at 0, for the same reason."""
        for outcome in ("accepted", "refused"):
            self.console_sign_ins.labels(outcome)
        for reason in ("strange_host", "other_site", "not_signed_in"):
            self.console_refusals.labels(reason)
        for outcome in ("published", "faulty", "failed"):
            self.console_orders.labels(outcome)
