from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from prometheus_client import generate_latest

from streams.local.counters import Counters, Settling, scrape
from streams.local.ports import free_ports
from streams.metrics import Metrics


def exposition(*, articles: int = 0, alerts: int = 0) -> str:
    metrics = Metrics()
    metrics.articles.labels("sighting", "terror_alert").inc(articles)
    metrics.articles.labels("suppressed", "sport").inc(2 * articles)
    metrics.dead_letters.labels("triage", "not_json").inc(articles)
    metrics.alerts.labels("opened", "true").inc(alerts)
    metrics.lag.labels("articles", "0").set(3)
    metrics.lag.labels("articles", "1").set(4)
    metrics.ready.labels("triage").set(1)
    return generate_latest(metrics.registry).decode()


def test_the_metrics_of_all_workers_are_summed_up() -> None:
    counters = Counters.of([exposition(articles=5), exposition(alerts=2)])
    assert counters == Counters(articles=15, sightings=5, suppressed=10, dead_letters=5, alerts=2, lag=14, ready=2)
    assert counters.sentence() == ("15 articles: 5 sightings, 10 suppressed, 5 dead letters; 2 alerts")


async def test_scrape_asks_every_worker_and_knows_nothing_while_one_is_silent() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=exposition(articles=1))

    app = web.Application()
    app.router.add_get("/metrics", answer)
    async with TestServer(app) as server, ClientSession() as session:
        address = f"{server.host}:{server.port}"
        found = await scrape(session, [address, address])
        assert found is not None
        assert found.articles == 6
        assert await scrape(session, [address, f"127.0.0.1:{free_ports(1)[0]}"]) is None


def test_a_run_is_settled_when_all_is_accounted_for_and_nothing_moves() -> None:
    settling = Settling(5.0)
    done = Counters(articles=10)
    assert not settling.settled(Counters(articles=9), 10, 0, 0.0)
    assert not settling.settled(done, 10, 0, 100.0)
    assert not settling.settled(done, 10, 0, 104.0)
    assert not settling.settled(done, 10, 1, 105.0), "an alert was shown meanwhile"
    assert not settling.settled(Counters(articles=10, lag=1), 10, 1, 106.0)
    assert not settling.settled(done, 10, 1, 112.0)
    assert settling.settled(done, 10, 1, 117.0)


def test_a_run_is_not_settled_while_articles_are_missing_or_lag_is_left() -> None:
    settling = Settling(5.0)
    for counters in (Counters(articles=9), Counters(articles=10, lag=1)):
        assert not any(settling.settled(counters, 10, 0, now) for now in (0.0, 50.0, 100.0))
