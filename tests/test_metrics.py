"""Metrics: named by the Prometheus conventions, explained, and with labels of bounded variety."""

import inspect
import re

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from streams import __version__
from streams.metrics import DEFECTS, Metrics
from streams.model import Severity, article

LABELS = {
    "outcome", "reason", "worker", "stage", "origin", "decision", "change", "notify", "kind", "severity", "topic",
    "partition", "operation", "receiver", "form", "source_group", "sources", "country",
}  # fmt: skip
"""Every label there may be: each takes codes, names of settings or numbers, never words of an article."""

UNBOUNDED = {"id", "article_id", "incident_id", "title", "text", "url", "source", "place", "headline", "message"}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def ours(metrics: Metrics) -> list[MetricWrapperBase]:
    return [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]


def families(metrics: Metrics) -> list[Metric]:
    """What a scraper reads."""
    return list(text_string_to_metric_families(generate_latest(metrics.registry).decode()))


def described(metric: MetricWrapperBase) -> Metric:
    [family] = metric.describe()
    return family


def test_there_are_metrics(metrics: Metrics) -> None:
    assert len(ours(metrics)) > 15


def test_every_metric_is_named_and_explained(metrics: Metrics) -> None:
    for metric in ours(metrics):
        family = described(metric)
        assert re.fullmatch(r"tocsin(_[a-z]+)+", family.name), family.name
        assert len(family.documentation) > 15, family.name
        assert not family.documentation.endswith("."), "all of them are phrases"


def test_counters_alone_end_in_total(metrics: Metrics) -> None:
    for metric in ours(metrics):
        family = described(metric)
        assert not family.name.endswith("_total"), "the client library adds it"
    for family in families(metrics):
        if family.type == "counter" and family.name.startswith("tocsin_"):
            assert all(sample.name.endswith(("_total", "_created")) for sample in family.samples)


def test_times_are_seconds_and_sizes_bytes(metrics: Metrics) -> None:
    for metric in ours(metrics):
        name = described(metric).name
        assert not re.search(r"_(ms|millis|milliseconds|minutes|hours|kb|mb|percent)(_|$)", name), name


def test_labels_are_of_a_closed_set(metrics: Metrics) -> None:
    assert not LABELS & UNBOUNDED
    for metric in ours(metrics):
        assert set(metric._labelnames) <= LABELS, described(metric).name
        assert len(metric._labelnames) <= 3, "series multiply"


def test_histograms_rise_and_reach_beyond_a_day_where_news_does(metrics: Metrics) -> None:
    for metric in ours(metrics):
        bounds = getattr(metric, "_upper_bounds", None)
        if bounds is not None:
            assert list(bounds) == sorted(set(bounds))
    assert metrics.publication_to_alert._upper_bounds[-2] >= 86_400, "old news must not fall into the last bucket"


def test_version_is_told(metrics: Metrics) -> None:
    assert metrics.registry.get_sample_value("tocsin_build_info", {"version": __version__}) == 1


def test_the_process_is_measured_too(metrics: Metrics) -> None:
    names = {family.name for family in families(metrics)}
    assert {"python_info", "python_gc_objects_collected"} <= names


def test_several_may_live_in_one_process() -> None:
    one, other = Metrics(), Metrics(CollectorRegistry())
    one.commits.labels("triage").inc()
    assert one.registry.get_sample_value("tocsin_commits_total", {"worker": "triage"}) == 1
    assert other.registry.get_sample_value("tocsin_commits_total", {"worker": "triage"}) is None


def test_counts_reach_the_page(metrics: Metrics) -> None:
    metrics.articles.labels("suppressed", "drill.exercise").inc(3)
    metrics.open_incidents.labels("terror_alert", Severity.EXTREME.value).set(2)
    metrics.article_to_alert.labels("terror_alert").observe(0.2)
    page = generate_latest(metrics.registry).decode()
    assert 'tocsin_articles_total{outcome="suppressed",reason="drill.exercise"} 3.0' in page
    assert 'tocsin_open_incidents{kind="terror_alert",severity="Extreme"} 2.0' in page
    assert 'tocsin_article_to_alert_seconds_bucket{kind="terror_alert",le="0.25"} 1.0' in page


@pytest.mark.parametrize("worker", ["triage", "consolidate", "notify", "feed"])
def test_what_is_known_beforehand_begins_at_nought(metrics: Metrics, worker: str) -> None:
    metrics.begin(worker)
    value = metrics.registry.get_sample_value
    assert value("tocsin_ready", {"worker": worker}) == 0
    assert value("tocsin_commits_total", {"worker": worker}) == 0
    if worker == "consolidate":
        assert value("tocsin_dead_letters_total", {"origin": worker, "reason": "decision_failed"}) == 0
        assert value("tocsin_article_to_alert_seconds_count", {"kind": "terror_alert"}) == 0


def test_a_receiver_begins_at_nought(metrics: Metrics) -> None:
    metrics.begin_receiver("desk")
    labels = {"receiver": "desk", "outcome": "dead_letter", "form": "alert"}
    assert metrics.registry.get_sample_value("tocsin_notifications_total", labels) == 0
    assert metrics.registry.get_sample_value("tocsin_notifications_pending", {"receiver": "desk"}) == 0


def test_every_fault_of_an_article_begins_at_nought() -> None:
    source = inspect.getsource(article)
    assert set(re.findall(r'ArticleError\(\s*"(\w+)"', source)) < set(DEFECTS["triage"])
