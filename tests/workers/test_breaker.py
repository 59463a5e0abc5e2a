"""Breaker: when a flood of what cannot be read stops triage, and that it is then counted to the record."""

from workers_doubles import record

from streams.analysis import Analysis
from streams.model import Article, Placing, Reading, Suppressed
from streams.settings import Settings
from streams.workers.breaker import Breaker
from streams.workers.health import Progress
from streams.workers.intake import Intake, Sorted


def trips_at(settings: Settings, refusals: str) -> int | None:
    """At which of ``refusals`` (x: refused) the breaker trips, counted from 1."""
    breaker = Breaker(settings)
    return next((at for at, each in enumerate(refusals, 1) if breaker.note(refused=each == "x")), None)


def test_a_run_trips_it_at_its_length_and_not_before() -> None:
    settings = Settings(breaker_run=4, breaker_share=1)
    assert trips_at(settings, "xxx.xxx.xx") is None
    assert trips_at(settings, ".xxx.xxxx..") == 9


def test_a_share_is_counted_over_a_full_window() -> None:
    settings = Settings(breaker_run=0, breaker_share=0.5, breaker_window=4)
    assert trips_at(settings, "xxx") is None
    assert trips_at(settings, "x.x.x.x.") is None
    assert trips_at(settings, "..xx.xx") == 6


def test_it_can_be_switched_off() -> None:
    assert trips_at(Settings(breaker_run=0, breaker_share=1, breaker_window=2), "x" * 5000) is None


def test_once_tripped_it_stays_so_and_says_why() -> None:
    breaker = Breaker(Settings(breaker_run=2))
    assert [breaker.note(refused=each) for each in (True, True, False)] == [False, True, True]
    assert breaker.reason == "2 records in a row cannot be read (breaker_run)"


class Quiet:
    def triage(self, article: Article) -> Analysis:
        suppressed = Suppressed(article_id=article.id, status="unrelated", reason="no_signal")
        return Analysis(article=article, reading=Reading(), placing=Placing(), sightings=(), suppressed=suppressed)


def test_the_intake_deals_with_no_record_after_the_one_that_trips_it() -> None:
    intake, done = Intake(Settings(breaker_run=3), Quiet()), Sorted()
    records = [record(b'{"id":"a","title":"t"}'), *(record(b"poison") for _ in range(7))]
    assert intake.sort(records, done) == 4
    assert len(done.records) == 4
    assert dict(done.tally) == {("suppressed", "unrelated.no_signal"): 1, ("dead_letter", "not_json"): 3}
    assert intake.sort(records[:2], Sorted()) == 1


def test_a_stopped_worker_is_alive_and_not_ready() -> None:
    progress = Progress("triage", 10.0, 0.0)
    progress.assigned = progress.recovered = True
    progress.observe(1.0, {("articles", 0): 5}, {("articles", 0): 900})
    progress.stopped = "stopped by the breaker: all poison"
    assert progress.alive(5000.0) == (True, "stopped by the breaker: all poison")
    assert progress.ready(5000.0) == (False, "stopped by the breaker: all poison")
    assert not progress.stuck(5000.0, 2)
