"""The bench's own parts, without any timing: what it writes, counts and shows."""

from io import StringIO
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rich.console import Console

from streams.model import decode_article
from tests.bench.__main__ import main
from tests.bench.footprint import Footprint
from tests.bench.latency import Latency
from tests.bench.machine import this_machine
from tests.bench.meter import Sample
from tests.bench.plan import QUICK
from tests.bench.plot import draw
from tests.bench.prose import Newsroom, cities, records
from tests.bench.race import CONTESTANTS
from tests.bench.report import report
from tests.bench.results import Results, percentile, ratios, spread, step_costs
from tests.bench.rooms import STEPS, Folding, Rooms, Round, Step

SEED = 11


def sample(records: int, cpu_s: float) -> Sample:
    return Sample(records=records, wall_s=2 * cpu_s, cpu_s=cpu_s, rss_mb=100.0)


def results() -> Results:
    one = Round(
        steps={step: Step(us=float(number), calls=1.0) for number, step in enumerate(STEPS)},
        opened_share=0.22,
        sighted_share=0.02,
        whole_us=30.0,
        full=9000.0,
        gated=20_000.0,
        calm=70_000.0,
        places=26_000.0,
        folds=31_000.0,
    )
    return Results(
        machine=this_machine(),
        plan=QUICK,
        seconds=1.0,
        race={
            contestant.name: [sample(1000, 0.01 * (number + 1)), sample(1000, 0.02 * (number + 1))]
            for number, contestant in enumerate(CONTESTANTS)
        },
        consolidation=[sample(500, 0.5)],
        latency=Latency(
            rate=999.0,
            articles=8000,
            behind_s=0.2,
            milliseconds=[10.0, 20.0, 30.0],
            opened=[],
            triage_share=0.3,
            consolidate_share=0.1,
        ),
        rooms=Rooms(
            rounds=[one],
            articles=100,
            mean_bytes=3600.0,
            folding=Folding(
                speed=31_000.0, open_before=5000, open_after=5010, decisions={"attached": 90, "opened": 10}
            ),
        ),
        footprint=[
            Footprint(import_s=0.1, import_mb=50.0, reader_s=0.2, reader_mb=60.0, locator_s=0.3, locator_mb=70.0)
        ],
    )


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (list(records(300, seed, 200)) for seed in (SEED, SEED, SEED + 1))
    assert first == again
    assert not set(first) & set(other)


def test_articles_have_the_asked_sizes_and_mix_and_decode() -> None:
    made = list(Newsroom(SEED).articles(500))
    sizes = [len(each.record) for each in made]
    assert 3400 < sum(sizes) / len(sizes) < 3900
    assert min(sizes) > 2800
    assert max(sizes) < 4800
    roles = [each.role for each in made]
    assert [roles.count(role) for role in ("alert", "hard", "plain")] == [10, 100, 390]
    for each in made:
        article = decode_article(each.record)
        assert article.id == each.article_id
        assert "{" not in article.title + article.text
        assert "[" not in article.title + article.text
        assert article.published_at is not None
    texts = [decode_article(each.record).text for each in made]
    assert 0.2 < sum(not text.isascii() for text in texts) / len(texts) < 0.7
    assert len(set(texts)) == len(texts)


def test_records_beyond_the_distinct_ones_repeat_their_texts_under_other_ids() -> None:
    made = [decode_article(record) for record in records(150, SEED, 100)]
    assert len({article.id for article in made}) == 150
    assert len({article.text for article in made}) == 100


def test_the_share_of_alerts_can_be_set() -> None:
    assert {each.role for each in Newsroom(SEED).articles(50, alert_share=1.0, hard_share=0.0)} == {"alert"}


def test_an_event_keeps_its_town_from_article_to_article() -> None:
    newsroom = Newsroom(SEED)
    event = newsroom.event(cities(20)[7])
    told = [newsroom.article(number, "alert", event) for number in range(5)]
    assert {each.city for each in told} == {cities(20)[7]}
    assert all(event.city.name in decode_article(each.record).text for each in told)


def test_spreads_ratios_and_percentiles() -> None:
    assert (spread([3.0, 1.0, 2.0]).low, spread([3.0, 1.0, 2.0]).mid, spread([3.0, 1.0, 2.0]).high) == (1.0, 2.0, 3.0)
    assert ratios([sample(100, 2.0)], [sample(100, 1.0)]).mid == 0.5
    figures = [float(number) for number in range(1, 101)]
    assert [percentile(figures, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 50.0, 99.0, 100.0]
    assert percentile([7.0], 0.5) == 7.0
    for nothing in (lambda: spread([]), lambda: percentile([], 0.5)):
        with pytest.raises(ValueError, match="no figures"):
            nothing()


def test_step_costs_end_with_the_rest_of_the_whole() -> None:
    rooms = results().rooms
    assert rooms is not None
    costs = step_costs(rooms.rounds)
    assert list(costs) == [*STEPS, "rest"]
    assert sum(cost.mid for cost in costs.values()) == pytest.approx(30.0)


def test_results_are_shown_drawn_and_come_back_from_their_file(tmp_path: Path) -> None:
    whole = results()
    screen = Console(width=140, record=True, file=StringIO())
    screen.print(report(whole))
    shown = screen.export_text()
    for expected in (*(contestant.name for contestant in CONTESTANTS), "p99", "5000 incidents open", "locator"):
        assert expected in shown
    draw(whole, tmp_path / "results.png")
    assert (tmp_path / "results.png").read_bytes().startswith(b"\x89PNG")
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Results) == whole


def test_a_part_alone_is_shown_without_the_others(tmp_path: Path) -> None:
    part = msgspec.structs.replace(results(), race=None, rooms=None, latency=None, consolidation=None)
    screen = Console(width=140, record=True, file=StringIO())
    screen.print(report(part))
    assert "reader" in screen.export_text()
    draw(part, tmp_path / "results.png")
    assert not (tmp_path / "results.png").exists()


def test_without_java_the_bench_says_so_and_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    done = CliRunner().invoke(main, ["--quick", "--only", "race", "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "Java" in done.output
