"""Freshness: which group an article counts for, and times that never go back."""

import pytest

from streams.metrics import Metrics
from streams.model import Article
from streams.settings import SettingsError, load_settings
from streams.workers.freshness import Freshness, FreshnessGauge

GROUPS = "wires=Harbour Wire,fjordpress.example; local=marsh-gazette.example"


def freshness(groups: str = GROUPS) -> Freshness:
    return Freshness(load_settings({}, source_groups=groups))


def noted(source: str, url: str = "", groups: str = GROUPS) -> set[str]:
    newest: dict[str, int] = {}
    freshness(groups).note(Article(id="a", title="t", text="", source=source, url=url), 5_000, newest)
    assert set(newest.values()) == {5_000}
    return set(newest)


@pytest.mark.parametrize(
    ("source", "group"),
    [
        ("Harbour Wire", "wires"),
        ("the harbour wire", "wires"),
        ("fjordpress.example", "wires"),
        ("https://www.fjordpress.example/", "wires"),
        ("marsh-gazette.example", "local"),
    ],
)
def test_a_publisher_is_in_its_group_however_it_is_written(source: str, group: str) -> None:
    assert noted(source) == {"any", group}


def test_an_article_without_a_source_goes_by_its_address() -> None:
    assert noted("", "https://news.fjordpress.example/a/1") == {"any", "wires"}


@pytest.mark.parametrize(("source", "url"), [("someone else", ""), ("", ""), ("", "http://[broken")])
def test_others_count_for_any_alone(source: str, url: str) -> None:
    assert noted(source, url) == {"any"}


def test_without_groups_there_is_any() -> None:
    assert freshness("").groups == ("any",)
    assert noted("Harbour Wire", groups="") == {"any"}


def test_times_never_go_back() -> None:
    newest: dict[str, int] = {}
    for milliseconds in (9_000, 4_000):
        freshness().note(Article(id="a", title="t", text="", source="Harbour Wire"), milliseconds, newest)
    assert newest == {"any": 9_000, "wires": 9_000}
    metrics = Metrics()
    gauge = FreshnessGauge(metrics, ("any", "wires"), 1.0)
    value = metrics.registry.get_sample_value
    assert value("tocsin_last_article_timestamp_seconds", {"source_group": "any"}) == 1.0, "the start, at first"
    gauge.advance(newest)
    gauge.advance({"any": 8_000})
    assert value("tocsin_last_article_timestamp_seconds", {"source_group": "any"}) == 9.0
    assert value("tocsin_last_article_timestamp_seconds", {"source_group": "wires"}) == 9.0


@pytest.mark.parametrize(
    "wrong", ["wires", "wires=", "=x", "Wires=x", "any=x", "a=x;a=y", ";".join(f"g{n}=x" for n in range(51))]
)
def test_faults_are_told_at_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="source_groups"):
        load_settings({}, source_groups=wrong)
