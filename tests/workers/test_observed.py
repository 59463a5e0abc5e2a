"""What workers observe: silence by source group, open incidents, exemplars, and series that begin at nought."""

import json

from workers_doubles import record, sighting, sighting_record

from streams.analysis import Analysis
from streams.metrics import Metrics
from streams.model import Article, Kind, Placing, Reading, Status, Suppressed
from streams.settings import Settings
from streams.workers.desk import Desk, Folded
from streams.workers.health import HealthServer, Progress
from streams.workers.intake import Intake, Sorted
from streams.workers.tally import count_folded

SETTINGS = Settings(source_groups="wires=Harbour Wire", metrics_port=0)


class Quiet:
    """Suppresses everything."""

    def triage(self, article: Article) -> Analysis:
        suppressed = Suppressed(article_id=article.id, status="unrelated", reason="no_signal")
        return Analysis(article=article, reading=Reading(), placing=Placing(), suppressed=suppressed)


def line(source: str) -> bytes:
    return json.dumps({"id": "a1", "title": "quiet", "source": source}).encode()


def test_the_newest_article_of_each_group_is_noted_and_dead_letters_are_none() -> None:
    intake, done = Intake(SETTINGS, Quiet()), Sorted()
    told = [record(line("Harbour Wire"), timestamp=5_000), record(line("x.example"), timestamp=7_000)]
    intake.sort([*told, record(b"no article", timestamp=9_000)], done)
    assert done.newest == {"any": 7_000, "wires": 5_000}
    assert intake.source_groups == ("any", "wires")


def test_open_incidents_are_those_that_are_not_closed() -> None:
    desk, done = Desk(SETTINGS), Folded()
    desk.take_over(0, [])
    told = [sighting(1), sighting(2, town=9, minute=1), sighting(3, minute=9, status=Status.ALL_CLEAR)]
    for offset, each in enumerate(told):
        desk.fold(sighting_record(each, offset), done)
    assert sorted(incident.phase for incident in desk.open_incidents()) == ["active", "all_clear"]


def test_a_lag_names_the_alert_that_it_came_from() -> None:
    desk, done, metrics = Desk(SETTINGS), Folded(), Metrics()
    desk.take_over(0, [])
    desk.fold(sighting_record(sighting(1), 0, headers=(("tocsin-article-at", b"1000"),)), done)
    count_folded(metrics, done, 3.0)
    [(event, _, _)] = done.events
    [family] = metrics.article_to_alert.labels(Kind.ACTIVE_SHOOTER).collect()
    assert {sample.exemplar.labels["alert_id"] for sample in family.samples if sample.exemplar} == {event.id}


async def test_a_worker_begins_its_series_when_it_begins_to_serve() -> None:
    metrics = Metrics()
    health = HealthServer(SETTINGS, metrics, Progress("triage", 60.0, 0.0))
    await health.start()
    await health.stop()
    labels = {"outcome": "dead_letter", "reason": "not_json"}
    assert metrics.registry.get_sample_value("tocsin_articles_total", labels) == 0
