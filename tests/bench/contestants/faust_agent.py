"""The same classification inside a Faust agent, as its documentation shows one: a value in, `send` for what follows."""

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

import faust
from mode import Worker
from yarl import URL

from streams.settings import Settings, load_settings
from streams.workers.triage import FETCH_BYTES
from tests.bench.contestants.decide import Decider


def new_app(settings: Settings, folder: Path) -> faust.App:
    """A Faust app with the settings that speed and fairness ask for: raw bytes, large fetches, no web server."""
    app = faust.App(
        settings.group_triage,
        broker=URL(f"aiokafka://{settings.kafka_bootstrap_servers}"),
        broker_commit_interval=settings.commit_interval_s,
        broker_max_poll_records=settings.batch_records,
        consumer_max_fetch_size=FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        stream_publish_on_commit=False,
        topic_disable_leader=True,
        web_enabled=False,
        datadir=folder,
        autodiscover=False,
    )
    decider = Decider(settings)
    gc.freeze()
    topics = {
        name: app.topic(name, key_type=bytes, value_type=bytes)
        for name in (settings.topic_articles, settings.topic_sightings, settings.topic_suppressed)
    }

    @app.agent(topics[settings.topic_articles])
    async def triage(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            for out in decider.decide(value):
                await topics[out.topic].send(key=out.key, value=out.value)

    return app


if __name__ == "__main__":
    with TemporaryDirectory(prefix="tocsin-bench-faust-") as datadir:
        Worker(new_app(load_settings(), Path(datadir)), loglevel="WARNING").execute_from_commandline()
